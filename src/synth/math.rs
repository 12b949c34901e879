//! The few transcendental functions the simulator needs, built from +, −, × and ÷ alone.
//!
//! `f32::sin` and its kin call the platform's mathematics library, whose last bits differ from
//! machine to machine; these do not, so a seed gives the same bytes everywhere. IEEE arithmetic
//! and the square root are exact by standard and used as they are.

use std::f64::consts::LN_2;

/// 1.5 · 2²³: a number of at most four million added to it is rounded to a whole one, which then
/// stands in the lowest bits. Rust's own conversion also minds NaN and what is too large, which
/// costs more than the rest of a loop.
const ROUNDER: f32 = 12_582_912.0;

/// The largest whole number not above `x`, for |x| below four million. `f32::floor` is a call where
/// the processor's baseline has no rounding instruction.
#[inline]
#[must_use]
pub fn floor(x: f32) -> f32 {
    let near = (x + ROUNDER) - ROUNDER;
    if near > x { near - 1.0 } else { near }
}

/// The whole number nearest to `x`, for |x| below four million; a half goes to the even one.
#[inline]
#[must_use]
pub fn nearest(x: f32) -> i32 {
    (x + ROUNDER).to_bits() as i32 - ROUNDER.to_bits() as i32
}

/// `x` less its floor: [0, 1).
#[inline]
#[must_use]
pub fn fract(x: f32) -> f32 {
    x - floor(x)
}

/// The sine of `turns` whole turns, right to about 0.001: for patterns, not for geometry.
#[inline]
#[must_use]
pub fn sin_turns(turns: f32) -> f32 {
    let x = fract(turns) - 0.5;
    let y = -8.0 * x + 16.0 * x * x.abs();
    0.225 * (y * y.abs() - y) + y
}

/// The cosine of `turns` whole turns, right to about 0.001.
#[inline]
#[must_use]
pub fn cos_turns(turns: f32) -> f32 {
    sin_turns(turns + 0.25)
}

/// Sine and cosine of `degrees`, to the precision of f32: for geometry.
#[must_use]
pub fn sin_cos_degrees(degrees: f32) -> (f32, f32) {
    let x = f64::from(degrees).rem_euclid(360.0) / 180.0 * std::f64::consts::PI;
    // Eight halvings bring the argument under 0.025, where four terms suffice; doubling undoes it.
    let t = x / 256.0;
    let t2 = t * t;
    let mut sin = t * (1.0 - t2 / 6.0 * (1.0 - t2 / 20.0 * (1.0 - t2 / 42.0)));
    let mut cos = 1.0 - t2 / 2.0 * (1.0 - t2 / 12.0 * (1.0 - t2 / 30.0 * (1.0 - t2 / 56.0)));
    for _ in 0..8 {
        (sin, cos) = (2.0 * sin * cos, cos * cos - sin * sin);
    }
    (sin as f32, cos as f32)
}

/// The angle of (x, y) in turns, [0, 1), right to about 0.0003.
#[inline]
#[must_use]
pub fn angle_turns(x: f32, y: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let r = ax.min(ay) / ax.max(ay).max(f32::MIN_POSITIVE);
    let mut turns = r * (0.125 + (1.0 - r) * (0.038_95 + 0.010_55 * r));
    if ay > ax {
        turns = 0.25 - turns;
    }
    if x < 0.0 {
        turns = 0.5 - turns;
    }
    if y < 0.0 {
        turns = 1.0 - turns;
    }
    fract(turns)
}

/// e to the power of `x`.
#[must_use]
pub fn exp(x: f32) -> f32 {
    let x = f64::from(x).clamp(-87.0, 88.0) / LN_2;
    let whole = (x + 1024.5) as i32 - 1024;
    let part = (x - f64::from(whole)) * LN_2;
    let mut sum = 1.0;
    for n in (1..=9).rev() {
        sum = 1.0 + sum * part / f64::from(n);
    }
    let scale = f64::from_bits(((1023 + i64::from(whole)) as u64) << 52);
    (sum * scale) as f32
}

/// The natural logarithm of `x`; for `x` at or below 0 that of the smallest positive number.
#[must_use]
pub fn ln(x: f32) -> f32 {
    let bits = f64::from(x.max(f32::MIN_POSITIVE)).to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let s2 = s * s;
    let mut sum = 0.0;
    for n in (0..8).rev() {
        sum = sum * s2 + 1.0 / f64::from(2 * n + 1);
    }
    (2.0 * s * sum + f64::from(exponent) * LN_2) as f32
}

/// `base` to the power of `exponent`; 0 for a base at or below 0.
#[must_use]
pub fn pow(base: f32, exponent: f32) -> f32 {
    if base <= 0.0 {
        0.0
    } else {
        exp(exponent * ln(base))
    }
}

/// 0 at and below `low`, 1 at and above `high`, smooth between.
#[inline]
#[must_use]
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `a` at 0, `b` at 1.
#[inline]
#[must_use]
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// sRGB's decoding of one value in [0, 1] into linear light.
#[must_use]
pub fn linear_from_srgb(v: f32) -> f32 {
    if v <= 0.040_45 {
        v / 12.92
    } else {
        pow((v + 0.055) / 1.055, 2.4)
    }
}

/// sRGB's encoding of linear light in [0, 1].
#[must_use]
pub fn srgb_from_linear(v: f32) -> f32 {
    if v <= 0.003_130_8 {
        v * 12.92
    } else {
        1.055 * pow(v, 1.0 / 2.4) - 0.055
    }
}

/// sRGB's encoding of linear light in [0, 1], right to a twentieth of a level of 255, from
/// square roots, which a processor takes of several values at once.
#[inline]
#[must_use]
pub fn srgb_from_linear_fast(v: f32) -> f32 {
    let root = v.sqrt().sqrt();
    // Fitted for the least error over the curved part.
    let curved = -0.064_624_49
        + root * (0.196_215_47 + root * (1.122_524 + root * (-0.335_385_97 + root * 0.081_306_66)));
    if v <= 0.003_130_8 { v * 12.92 } else { curved }
}

/// Linear light for each of the 256 sRGB values.
#[must_use]
pub fn srgb_table() -> [f32; 256] {
    std::array::from_fn(|i| linear_from_srgb(i as f32 / 255.0))
}

/// A function over [0, 1] as a table of 4,096 steps, read without interpolation.
#[derive(Clone, Debug)]
pub struct Curve(Vec<f32>);

impl Curve {
    /// Tabulates `f`.
    pub fn new(f: impl Fn(f32) -> f32) -> Self {
        Self((0..=4096).map(|i| f(i as f32 / 4096.0)).collect())
    }

    /// The sRGB encoding.
    #[must_use]
    pub fn srgb() -> Self {
        Self::new(srgb_from_linear)
    }

    /// The value at `x`, which is clamped to [0, 1].
    #[inline]
    #[must_use]
    pub fn at(&self, x: f32) -> f32 {
        let place = x.clamp(0.0, 1.0) * 4096.0;
        let i = (place as usize).min(4095);
        let (a, b) = (self.0[i], self.0[i + 1]);
        a + (b - a) * (place - i as f32)
    }
}

/// Eight bits for a value in [0, 1], rounded.
#[inline]
#[must_use]
pub fn byte(v: f32) -> u8 {
    nearest(v.clamp(0.0, 1.0) * 255.0) as u8
}

/// A hash of a lattice point into [0, 1): noise that needs no table.
#[inline(always)]
#[must_use]
pub fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x8da6_b343)
        ^ (y as u32).wrapping_mul(0xd816_3841)
        ^ seed.wrapping_mul(0xcb1a_b31f);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2c1b_3c6d);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297a_2d39);
    h ^= h >> 15;
    (h >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Smooth noise of mean 0.5 in [0, 1), one bump a unit. Always inlined, so that a loop over a row
/// works it out for several places at a time.
#[inline(always)]
#[must_use]
pub fn value_noise(x: f32, y: f32, seed: u32) -> f32 {
    let (fx, fy) = (floor(x), floor(y));
    let (ix, iy) = (nearest(fx), nearest(fy));
    let (tx, ty) = (x - fx, y - fy);
    let (sx, sy) = (tx * tx * (3.0 - 2.0 * tx), ty * ty * (3.0 - 2.0 * ty));
    let top = mix(lattice(ix, iy, seed), lattice(ix + 1, iy, seed), sx);
    let bottom = mix(lattice(ix, iy + 1, seed), lattice(ix + 1, iy + 1, seed), sx);
    mix(top, bottom, sy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        for i in -400..400 {
            let x = i as f32 * 0.037;
            assert!((exp(x) - x.exp()).abs() <= x.exp() * 1e-6, "exp {x}");
            let (sin, cos) = sin_cos_degrees(x * 20.0);
            assert!(
                (sin - (x * 20.0).to_radians().sin()).abs() < 2e-5,
                "sin {x}"
            );
            assert!(
                (cos - (x * 20.0).to_radians().cos()).abs() < 2e-5,
                "cos {x}"
            );
            assert!((sin_turns(x) - (x * std::f32::consts::TAU).sin()).abs() < 2e-3);
            assert_eq!(floor(x), x.floor());
            assert!((nearest(x) as f32 - x).abs() <= 0.5);
            if x > 0.0 {
                assert!((ln(x) - x.ln()).abs() < 1e-5, "ln {x}");
                assert!((pow(x, 2.4) / x.powf(2.4) - 1.0).abs() < 1e-5, "pow {x}");
            }
            let (s, c) = (x.sin(), x.cos());
            let turns = angle_turns(c, s) - (x / std::f32::consts::TAU).rem_euclid(1.0);
            assert!(
                turns.abs() < 2e-3 || turns.abs() > 0.998,
                "angle {x} {turns}"
            );
        }
    }

    #[test]
    fn srgb_goes_there_and_back() {
        for (i, linear) in srgb_table().into_iter().enumerate() {
            assert_eq!(byte(srgb_from_linear(linear)) as usize, i);
            assert_eq!(byte(Curve::srgb().at(linear)) as usize, i);
            assert!((srgb_from_linear_fast(linear) * 255.0 - i as f32).abs() < 0.05);
        }
    }
}
