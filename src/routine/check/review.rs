//! What a file says of its review is whole, or not there at all.

use super::{Checker, Review, RoutineFile, Spanned};

impl Checker<'_> {
    pub(super) fn review(&mut self, file: &RoutineFile) -> Option<Review> {
        let (by, on) = (file.reviewed_by.as_ref(), file.reviewed_on.as_ref());
        if by.is_none() && on.is_none() && file.reviewed.is_none() {
            return None;
        }
        let (Some(by), Some(on), Some(marks)) = (by, on, &file.reviewed) else {
            self.report(
                &by.map_or(file.title.span(), Spanned::span),
                "`reviewed_by`, `reviewed_on` and `reviewed` do not all stand here",
                "take out those that do, or let `softback check --sign --by NAME` write all three",
            );
            return None;
        };
        self.showable(&by.span(), by.get_ref(), "the name in `reviewed_by`");
        let day = on.get_ref().date.map(|date| date.to_string().parse());
        let Some(Ok(day)) = day else {
            self.report(
                &on.span(),
                "`reviewed_on` is no day",
                "write it like 2026-11-29",
            );
            return None;
        };
        Some(Review {
            by: by.get_ref().clone(),
            on: day,
            marks: marks.clone(),
        })
    }
}
