//! Points, angles and joints. Lengths are in units of the picture, which is [`SIDE`] wide and high; angles are in
//! degrees, clockwise from upright.

/// Width and height of a picture.
pub(super) const SIDE: f64 = 320.0;

/// A place in the picture, from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

pub(super) const fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    /// So far to the right and down.
    pub(super) const fn on(self, right: f64, down: f64) -> Self {
        at(self.x + right, self.y + down)
    }

    /// So far in a direction.
    pub(super) fn polar(self, angle: f64, length: f64) -> Self {
        let (sin, cos) = angle.to_radians().sin_cos();
        self.on(length * sin, -length * cos)
    }

    /// On the way to another: 0 here, 1 there.
    pub(super) const fn toward(self, there: Self, share: f64) -> Self {
        self.on((there.x - self.x) * share, (there.y - self.y) * share)
    }

    pub(super) fn distance(self, there: Self) -> f64 {
        (there.x - self.x).hypot(there.y - self.y)
    }

    /// The direction to another.
    pub(super) fn angle(self, there: Self) -> f64 {
        (there.x - self.x).atan2(self.y - there.y).to_degrees()
    }
}

/// To which side a joint bends, seen from its root.
#[derive(Clone, Copy)]
pub(super) enum Bend {
    Clockwise,
    Against,
}

/// The joint of a limb of two bones between its root and its end: straight where the end is too far.
pub(super) fn joint(root: Point, end: Point, bones: [f64; 2], bend: Bend) -> Point {
    let [first, second] = bones;
    let far = root.distance(end).max(1.0);
    let cos = (first * first + far * far - second * second) / (2.0 * first * far);
    let opened = cos.clamp(-1.0, 1.0).acos().to_degrees();
    let angle = root.angle(end);
    match bend {
        Bend::Clockwise => root.polar(angle + opened, first),
        Bend::Against => root.polar(angle - opened, first),
    }
}
