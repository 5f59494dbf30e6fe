//! The picture of each movement that a page shows.

use std::collections::BTreeMap;

use crate::base::{Pace, Posture};
use crate::picture;
use crate::plan::{Plan, PlannedMovement, Setting};
use crate::routine::{Companion, Routine};

/// By posture: the title of each movement that has a picture, and the picture as SVG, in order.
pub(super) type Pictures = BTreeMap<String, Vec<(String, String)>>;

/// Those of a session of full length, in each posture; another round looks like the first.
pub(super) fn pictures(routine: &Routine) -> Pictures {
    let companion = Companion::built_in();
    let drawn = |posture| {
        let plan = Plan::compile(routine, &companion, Setting::new(Pace::Standard, posture));
        let second = plan.second_round.clone().unwrap_or_default();
        let once = plan
            .movements
            .iter()
            .filter(|movement| !second.contains(&movement.first));
        (posture.to_string(), once.filter_map(picture_of).collect())
    };
    Posture::ALL.map(drawn).into()
}

fn picture_of(movement: &PlannedMovement) -> Option<(String, String)> {
    let posture = if movement.on_feet {
        Posture::Standing
    } else {
        Posture::Seated
    };
    let title = match &*movement.title {
        "" => &movement.section,
        title => title,
    };
    Some((title.to_string(), picture::of(movement.pose?, posture)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routine::built_in;

    #[test]
    fn each_posture_has_the_pictures_of_its_movements() {
        let drawn = pictures(&built_in("upper-back").expect("built in"));
        let (seated, standing) = (&drawn["seated"], &drawn["standing"]);
        assert!(seated.len() > 8 && standing.len() > 8);
        assert_ne!(seated, standing);
        assert!(
            seated
                .iter()
                .all(|(title, svg)| !title.is_empty() && svg.starts_with("<svg"))
        );
    }
}
