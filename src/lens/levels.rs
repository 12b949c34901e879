//! Levels and gamma: which brightness is shown as black, as white and as the middle.

/// How brightness is spread over what a screen can show, for each channel alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// What is shown as black, and all below it.
    pub black: u8,
    /// What is shown as white, and all above it.
    pub white: u8,
    /// Above 1 brightens the middle, below 1 darkens it.
    pub gamma: f32,
}

impl Default for Levels {
    /// Everything as it is.
    fn default() -> Self {
        Self {
            black: 0,
            white: 255,
            gamma: 1.0,
        }
    }
}

impl Levels {
    /// What each level is shown as.
    #[must_use]
    pub fn table(&self) -> [u8; 256] {
        let black = f32::from(self.black);
        let span = (f32::from(self.white) - black).max(1.0);
        std::array::from_fn(|level| {
            let part = ((level as f32 - black) / span).clamp(0.0, 1.0);
            (255.0 * part.powf(1.0 / self.gamma) + 0.5) as u8
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_levels_change_nothing_and_others_spread_what_lies_between() {
        let plain = Levels::default().table();
        assert!((0..256).all(|level| usize::from(plain[level]) == level));
        let shadows = Levels {
            black: 20,
            white: 70,
            gamma: 1.0,
        };
        let table = shadows.table();
        assert_eq!(
            [table[10], table[20], table[45], table[70], table[200]],
            [0, 0, 128, 255, 255]
        );
        let bright = Levels {
            gamma: 2.0,
            ..Levels::default()
        };
        assert_eq!(bright.table()[64], 128);
    }
}
