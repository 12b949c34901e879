//! How the window was left: its colours, the size of its text, the widths of its panels. Kept in the
//! workspace, so that the desk looks the same the next day.

use std::io;
use std::ops::RangeInclusive;

use eframe::egui::{Context, ThemePreference};
use serde::{Deserialize, Serialize};

use super::kept;
use super::theme::{self, Contrast};
use crate::config::Workspace;

/// What is kept. A file that is missing, damaged or from elsewhere counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Light, dark or as the system.
    pub colours: Colours,
    /// How far text stands out.
    pub contrast: Contrast,
    /// The size of everything, 0.5 to 3.
    pub zoom: f32,
    /// The queue's width in points.
    pub queue_width: f32,
    /// The width of the panel of checks in points.
    pub checks_width: f32,
    /// Whether the outline of the document is drawn.
    pub outline: bool,
    /// Whether a case opens with the lens that suits its worst check.
    pub suit_lens: bool,
}

/// Which colours the window wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// As the system says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            colours: Colours::System,
            contrast: Contrast::Normal,
            zoom: 1.0,
            queue_width: theme::QUEUE_WIDTH,
            checks_width: theme::CHECKS_WIDTH,
            outline: true,
            suit_lens: false,
        }
    }
}

impl Layout {
    /// As the window over this workspace was left, or as it is at first.
    #[must_use]
    pub fn read(workspace: &Workspace) -> Self {
        let read: Self = kept::read(&workspace.layout());
        let within =
            |value: f32, range: RangeInclusive<f32>| value.clamp(*range.start(), *range.end());
        Self {
            zoom: within(read.zoom, 0.5..=3.0),
            queue_width: within(read.queue_width, theme::QUEUE_WIDTHS),
            checks_width: within(read.checks_width, theme::CHECKS_WIDTHS),
            ..read
        }
    }

    /// Keeps it for the next time.
    ///
    /// # Errors
    ///
    /// What kept the file from being written; the one before it is then still there.
    pub fn write(&self, workspace: &Workspace) -> io::Result<()> {
        kept::write(&workspace.layout(), self)
    }

    /// Gives the window these colours and this size.
    pub fn apply(&self, ctx: &Context) {
        theme::apply(ctx, self.contrast);
        ctx.set_theme(match self.colours {
            Colours::System => ThemePreference::System,
            Colours::Light => ThemePreference::Light,
            Colours::Dark => ThemePreference::Dark,
        });
        ctx.set_zoom_factor(self.zoom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_comes_back_and_nonsense_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path());
        assert_eq!(Layout::read(&workspace), Layout::default());
        let left = Layout {
            colours: Colours::Dark,
            contrast: Contrast::High,
            zoom: 1.5,
            queue_width: 400.0,
            outline: false,
            ..Layout::default()
        };
        left.write(&workspace).unwrap();
        assert_eq!(Layout::read(&workspace), left);
        let huge = Layout { zoom: 90.0, ..left };
        huge.write(&workspace).unwrap();
        assert_eq!(Layout::read(&workspace).zoom, 3.0);
        for nonsense in ["", "{", "[1]", r#"{"zoom":"big"}"#] {
            std::fs::write(workspace.layout(), nonsense).unwrap();
            assert_eq!(Layout::read(&workspace), Layout::default(), "{nonsense}");
        }
    }
}
