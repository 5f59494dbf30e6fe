//! Gaussian noise that is the same in every run.

use realfft::num_complex::Complex32;

/// Where every sentence's noise starts. Any number does, as long as it stays the same.
const SEED: u64 = 0x005e_ed0f_0b12_ea7b;

/// A stream of complex Gaussian numbers of unit variance in each component.
pub(super) struct Noise {
    state: u64,
}

impl Noise {
    /// The stream from its beginning.
    pub(super) fn new() -> Self {
        Self { state: SEED }
    }

    /// The next number: radius and angle of the Box-Muller transform, one draw of 64 bits for both.
    pub(super) fn next(&mut self) -> Complex32 {
        let bits = self.draw();
        let uniform = |bits: u64| (bits & 0xff_ffff) as f32 / 16_777_216.0;
        // 1 - uniform is never 0, so its logarithm is finite.
        let radius = (-2.0 * (1.0 - uniform(bits >> 40)).ln()).sqrt();
        Complex32::from_polar(radius, std::f32::consts::TAU * uniform(bits))
    }

    /// `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_unit_variance_and_no_bias() {
        let mut noise = Noise::new();
        let count = 200_000;
        let (mut sum, mut squares) = (Complex32::default(), Complex32::default());
        for _ in 0..count {
            let z = noise.next();
            sum += z;
            squares += Complex32::new(z.re * z.re, z.im * z.im);
        }
        let count = count as f32;
        assert!((sum / count).norm() < 0.01);
        assert!((squares.re / count - 1.0).abs() < 0.02);
        assert!((squares.im / count - 1.0).abs() < 0.02);
    }

    #[test]
    fn repeats_itself() {
        let (mut one, mut two) = (Noise::new(), Noise::new());
        assert!((0..100).all(|_| one.next() == two.next()));
    }
}
