//! Every picture, looked at by a program. By eye they are looked at in `docs/pictures.png`.

use std::collections::HashSet;

use roxmltree::Document;
use strum::IntoEnumIterator;

use super::geometry::{Point, SIDE};
use super::scene;
use super::stroke::{Layer, Shape, Stroke};
use crate::base::{Pose, Posture};

mod directions;
#[cfg(feature = "program")]
mod sheet;

/// Each pose in each posture.
fn all() -> impl Iterator<Item = (Pose, Posture)> {
    Pose::iter().flat_map(|pose| Posture::ALL.map(|posture| (pose, posture)))
}

/// The points that a stroke is drawn through or bent by.
fn points(stroke: &Stroke) -> Vec<Point> {
    match &stroke.shape {
        Shape::Line(points) => points.clone(),
        Shape::Bow(points) => points.to_vec(),
        Shape::Belly(points) => points.to_vec(),
        Shape::Round(centre, radius) => [0.0, 90.0, 180.0, 270.0]
            .map(|angle| centre.polar(angle, *radius))
            .to_vec(),
    }
}

#[test]
fn each_is_small_valid_and_says_what_it_shows() {
    for (pose, posture) in all() {
        let picture = super::of(pose, posture);
        assert!(
            picture.len() <= 2000,
            "{pose:?}, {posture}: {} bytes",
            picture.len()
        );
        let read = Document::parse(&picture).expect("XML");
        let root = read.root_element();
        assert_eq!(root.tag_name().name(), "svg");
        assert_eq!(root.attribute("role"), Some("img"));
        for name in ["title", "desc"] {
            let text = root
                .children()
                .find(|child| child.has_tag_name((SVG, name)));
            let text = text.and_then(|child| child.text()).unwrap_or_default();
            assert!(text.len() >= 7, "{pose:?}, {posture}: {name}");
        }
        assert_eq!(picture, super::of(pose, posture));
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";

#[test]
fn no_two_poses_look_alike() {
    let mut seen = HashSet::new();
    for pose in Pose::iter() {
        let drawing = scene(pose, Posture::Seated).drawing;
        assert!(seen.insert(format!("{drawing:?}")), "{pose:?}");
    }
}

#[test]
fn each_lies_inside_its_frame() {
    // Half the width of a stroke, or of the head of an arrow.
    let (least, most) = (7.0, SIDE - 7.0);
    for (pose, posture) in all() {
        let drawing = scene(pose, posture).drawing;
        let strokes = drawing.strokes.iter().flat_map(points);
        let ways = drawing.motions.iter();
        let ways = ways.flat_map(|way| (0..=20).map(|step| way.place(f64::from(step) / 20.0)));
        for point in strokes.chain(ways) {
            let inside = [point.x, point.y]
                .iter()
                .all(|it| (least..=most).contains(it));
            assert!(inside, "{pose:?}, {posture}: {point:?}");
        }
    }
}

/// Whether two strokes touch, as far as the width of a line goes.
fn touch(one: &Stroke, other: &Stroke) -> bool {
    ends(one).into_iter().any(|end| distance(end, other) <= 7.0)
        || ends(other).into_iter().any(|end| distance(end, one) <= 7.0)
}

fn ends(stroke: &Stroke) -> Vec<Point> {
    match &stroke.shape {
        Shape::Round(..) => points(stroke),
        Shape::Line(points) => points.clone(),
        Shape::Bow([from, _, to]) | Shape::Belly([from, _, _, to]) => vec![*from, *to],
    }
}

/// From a point to the nearest place of a stroke.
fn distance(point: Point, stroke: &Stroke) -> f64 {
    if let Shape::Round(centre, radius) = stroke.shape {
        return (point.distance(centre) - radius).abs();
    }
    let along = |line: &[Point]| {
        let pieces = line.windows(2).flat_map(|pair| {
            let [from, to] = [pair[0], pair[1]];
            (0..=20).map(move |step| from.toward(to, f64::from(step) / 20.0))
        });
        pieces
            .map(|place| place.distance(point))
            .fold(f64::MAX, f64::min)
    };
    match &stroke.shape {
        Shape::Bow([from, past, to]) => {
            let curve: Vec<_> = (0..=20)
                .map(|step| {
                    let share = f64::from(step) / 20.0;
                    from.toward(*past, share)
                        .toward(past.toward(*to, share), share)
                })
                .collect();
            along(&curve)
        }
        Shape::Belly([from, .., to]) => point.distance(*from).min(point.distance(*to)),
        _ => along(&points(stroke)),
    }
}

#[test]
fn each_body_hangs_together() {
    for (pose, posture) in all() {
        let twice = [Pose::SitWellBack, Pose::SitOrLie, Pose::WalkOrLie].contains(&pose);
        let drawing = scene(pose, posture).drawing;
        let body = |stroke: &&Stroke| [Layer::Body, Layer::Far].contains(&stroke.layer);
        let mut apart: Vec<&Stroke> = drawing.strokes.iter().filter(body).collect();
        let mut bodies = 0;
        while let Some(first) = apart.pop() {
            bodies += 1;
            let mut joined = vec![first];
            while let Some(stroke) = joined.pop() {
                let (near, rest) = apart.into_iter().partition(|other| touch(stroke, other));
                apart = rest;
                joined.extend::<Vec<_>>(near);
            }
        }
        assert_eq!(bodies, 1 + usize::from(twice), "{pose:?}, {posture}");
    }
}

#[test]
fn no_arm_and_no_leg_is_longer_than_it_is() {
    // The longest bone, and what a picture may be out by.
    const LONGEST: f64 = 70.0;
    for (pose, posture) in all() {
        let drawing = scene(pose, posture).drawing;
        for stroke in drawing
            .strokes
            .iter()
            .filter(|it| it.layer == Layer::Far || it.layer == Layer::Body)
        {
            let Shape::Line(line) = &stroke.shape else {
                continue;
            };
            for pair in line.windows(2) {
                let long = pair[0].distance(pair[1]);
                // The side of her trunk is one line from shoulder to hip.
                let trunk = line.len() > 5;
                assert!(long <= LONGEST || trunk, "{pose:?}, {posture}: {long}");
            }
        }
    }
}

#[test]
fn each_looks_as_it_did() {
    for pose in Pose::iter() {
        let [sits, stands] = Posture::ALL.map(|posture| super::of(pose, posture));
        let both = if sits == stands {
            sits
        } else {
            sits + "\n" + &stands
        };
        let name: &str = pose.into();
        insta::assert_snapshot!(name, both);
    }
}

#[test]
fn every_pose_stands_in_the_manual() {
    let manual = include_str!("../../../docs/routines.md");
    for pose in Pose::iter() {
        let name: &str = pose.into();
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
}
