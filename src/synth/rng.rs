//! The simulator's only source of chance: SplitMix64, started from a seed and a path of numbers.
//!
//! Every picture, pair and image row gets a stream of its own, so that neither the number of
//! threads nor the order they run in can change a byte.

/// A stream of random numbers. The same seed and path give the same stream on every machine.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream for `path` under `seed`; streams with different paths are unrelated.
    #[must_use]
    pub fn new(seed: u64, path: &[u64]) -> Self {
        let mut state = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
        for step in path {
            state = mix(state ^ mix(step.wrapping_add(0x2545_f491_4f6c_dd1d)));
        }
        Self { state }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Evenly spread over [0, 1).
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// Evenly spread over [low, high).
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Spread over [low, high) so that every octave is as likely; both bounds must be above 0.
    pub fn log_range(&mut self, low: f32, high: f32) -> f32 {
        low * super::math::pow(high / low, self.unit())
    }

    /// A whole number in 0..n; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// True with the probability `p`.
    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// One of `items`, all as likely. `items` must not be empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// Near enough to a normal distribution of mean 0 and deviation 1 for sensor noise: the sum of
    /// four even ones, which needs no logarithm. It never exceeds 3.47.
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        (sum as f32 * (1.0 / 65_536.0) - 2.0) * 1.732_050_8
    }
}

/// SplitMix64's finaliser.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_fixed_for_all_time() {
        let mut rng = Rng::new(1, &[2, 3]);
        let first: Vec<u64> = (0..2).map(|_| rng.bits()).collect();
        let mut again = Rng::new(1, &[2, 3]);
        assert_eq!(first, [again.bits(), again.bits()]);
        assert_ne!(Rng::new(1, &[2, 3]).bits(), Rng::new(1, &[3, 2]).bits());
        assert_ne!(Rng::new(1, &[2]).bits(), Rng::new(2, &[2]).bits());
    }

    #[test]
    fn draws_keep_to_their_ranges() {
        let mut rng = Rng::new(7, &[]);
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for _ in 0..20_000 {
            let x = rng.range(-2.0, 3.0);
            assert!((-2.0..3.0).contains(&x));
            assert!(rng.below(5) < 5);
            let n = f64::from(rng.normal());
            sum += n;
            squares += n * n;
        }
        assert!((sum / 20_000.0).abs() < 0.03, "mean {sum}");
        assert!(
            (squares / 20_000.0 - 1.0).abs() < 0.03,
            "variance {squares}"
        );
    }
}
