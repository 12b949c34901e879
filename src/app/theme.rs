//! All colours, type sizes and distances of the window, light and dark.
//!
//! Nothing else names a colour. Colour never says anything alone: whatever it marks has a word or a
//! shape as well.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where colours are made"
)]

use std::ops::RangeInclusive;

use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Frame, Margin, Shadow, Stroke, Style,
    TextStyle, Theme, Ui, Visuals, style::WidgetVisuals, vec2,
};

use serde::{Deserialize, Serialize};

use crate::case::{Live, Route};

/// Between things that belong together, in points.
pub const GAP_SMALL: f32 = 4.0;
/// Between things of one group, in points.
pub const GAP: f32 = 8.0;
/// Between groups, in points.
pub const GAP_LARGE: f32 = 16.0;
/// The margin of a panel, in points.
pub const PANEL_MARGIN: i8 = 12;
/// The queue's width at first, in points.
pub const QUEUE_WIDTH: f32 = 288.0;
/// The width of the panel of checks at first, in points.
pub const CHECKS_WIDTH: f32 = 328.0;
/// The least and the greatest width of the queue, in points.
pub const QUEUE_WIDTHS: RangeInclusive<f32> = 220.0..=480.0;
/// The least and the greatest width of the panel of checks, in points.
pub const CHECKS_WIDTHS: RangeInclusive<f32> = 260.0..=560.0;
/// Narrower than this a window has no room for queue, picture and checks side by side, in points.
pub const NARROW: f32 = 900.0;
/// The least height of each of these where they stand one below the other, in points.
pub const LEAST_HEIGHT: f32 = 280.0;
/// The height of a row of the queue at normal text size, in points.
pub const ROW_HEIGHT: f32 = 60.0;
/// A thumbnail in the queue, in points.
pub const THUMBNAIL: [f32; 2] = [64.0, 44.0];
/// The height of a probability's bar, in points.
pub const BAR_HEIGHT: f32 = 14.0;

/// The name of a case, larger than the text around it.
#[must_use]
pub fn title_style() -> TextStyle {
    TextStyle::Name("title".into())
}

/// One number that matters most, in large digits.
#[must_use]
pub fn figure_style() -> TextStyle {
    TextStyle::Name("figure".into())
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Behind panels.
    pub panel: Color32,
    /// Behind the picture, neutral grey so that it does not tint what is judged by colour.
    pub canvas: Color32,
    /// Behind fields, cards and bars.
    pub surface: Color32,
    /// Lines between things.
    pub line: Color32,
    /// The edge of what is pressed, ticked or written in, and a slider's track; 3 to 1 against what they lie on.
    pub control: Color32,
    /// Text.
    pub text: Color32,
    /// Text that matters less; still 4.5 to 1 against the panel.
    pub weak: Color32,
    /// The one accent: selection, focus, links.
    pub accent: Color32,
    /// Behind what is selected.
    pub selected: Color32,
    /// Passed, accepted.
    pub good: Color32,
    /// Failed, rejected.
    pub bad: Color32,
    /// For review; warnings.
    pub caution: Color32,
    /// The review band on a bar.
    pub band: Color32,
    /// The outline of the document over the picture.
    pub outline: Color32,
    /// What a reviewer drew over the picture.
    pub mark: Color32,
    /// The dark edge that keeps the outline visible on bright pictures, and text readable.
    pub outline_edge: Color32,
    /// Text over the picture, on that dark edge.
    pub on_picture: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const LIGHT: Palette = Palette {
    panel: rgb(0xf5_f6f8),
    canvas: rgb(0xd5_d5d5),
    surface: rgb(0xff_ffff),
    line: rgb(0xd6_dae0),
    control: rgb(0x7d_8591),
    text: rgb(0x1b_222c),
    weak: rgb(0x56_6170),
    accent: rgb(0x1f_5fbf),
    selected: rgb(0xdc_e8f8),
    good: rgb(0x1a_7444),
    bad: rgb(0xb4_2318),
    caution: rgb(0x8a_5a00),
    band: rgb(0xf3_dfae),
    outline: rgb(0x4d_d2ff),
    mark: rgb(0xff_d33d),
    outline_edge: Color32::from_rgba_premultiplied(0, 0, 0, 150),
    on_picture: rgb(0xff_ffff),
};

const DARK: Palette = Palette {
    panel: rgb(0x1b_1e23),
    canvas: rgb(0x12_1212),
    surface: rgb(0x25_2930),
    line: rgb(0x3a_404a),
    control: rgb(0x75_7e8c),
    text: rgb(0xe8_ebf0),
    weak: rgb(0xa4_adba),
    accent: rgb(0x7f_b0ff),
    selected: rgb(0x2b_3b55),
    good: rgb(0x63_cb94),
    bad: rgb(0xff_8f84),
    caution: rgb(0xe8_b955),
    band: rgb(0x75_5e24),
    outline: rgb(0x4d_d2ff),
    mark: rgb(0xff_d33d),
    outline_edge: Color32::from_rgba_premultiplied(0, 0, 0, 150),
    on_picture: rgb(0xff_ffff),
};

/// Black on white, and dark colours: 7 to 1 and more for all text.
const LIGHT_HIGH: Palette = Palette {
    panel: rgb(0xff_ffff),
    canvas: rgb(0xd5_d5d5),
    surface: rgb(0xff_ffff),
    line: rgb(0x00_0000),
    control: rgb(0x00_0000),
    text: rgb(0x00_0000),
    weak: rgb(0x2a_2f36),
    accent: rgb(0x00_2f80),
    selected: rgb(0xd5_e4fb),
    good: rgb(0x00_4521),
    bad: rgb(0x80_0f08),
    caution: rgb(0x50_3300),
    band: rgb(0xe8_c97a),
    ..LIGHT
};

/// White on black, and bright colours.
const DARK_HIGH: Palette = Palette {
    panel: rgb(0x00_0000),
    canvas: rgb(0x12_1212),
    surface: rgb(0x00_0000),
    line: rgb(0xff_ffff),
    control: rgb(0xff_ffff),
    text: rgb(0xff_ffff),
    weak: rgb(0xdd_e2e8),
    accent: rgb(0xa9_cbff),
    selected: rgb(0x12_2a4d),
    good: rgb(0x8e_f0b8),
    bad: rgb(0xff_b3ab),
    caution: rgb(0xff_d87f),
    band: rgb(0x8a_6d22),
    ..DARK
};

/// What a dialog lies on.
pub fn dialog_frame(ctx: &Context) -> Frame {
    Frame::popup(&ctx.global_style()).inner_margin(Margin::same(20))
}

/// The colours in use where `ui` draws.
#[must_use]
pub fn palette(ui: &Ui) -> &'static Palette {
    let visuals = ui.visuals();
    // The panel's colour tells them apart, and is the only mark that a style can carry.
    let high = palette_of(visuals.dark_mode, Contrast::High);
    if visuals.panel_fill == high.panel {
        high
    } else {
        palette_of(visuals.dark_mode, Contrast::Normal)
    }
}

fn palette_of(dark: bool, contrast: Contrast) -> &'static Palette {
    match (dark, contrast) {
        (false, Contrast::Normal) => &LIGHT,
        (true, Contrast::Normal) => &DARK,
        (false, Contrast::High) => &LIGHT_HIGH,
        (true, Contrast::High) => &DARK_HIGH,
    }
}

impl Palette {
    /// The colour beside the words "passed", "failed" and "not performed".
    #[must_use]
    pub fn of_live(&self, live: Live) -> Color32 {
        match live {
            Live::Live => self.good,
            Live::NotLive => self.bad,
            Live::NotPerformed => self.weak,
        }
    }

    /// The colour beside a route's word.
    #[must_use]
    pub fn of_route(&self, route: Route) -> Color32 {
        match route {
            Route::Accept => self.good,
            Route::Review => self.caution,
            Route::Reject => self.bad,
            Route::Retake => self.accent,
        }
    }
}

/// How far text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    /// 4.5 to 1 at the least.
    #[default]
    Normal,
    /// 7 to 1 at the least, and every field has an edge.
    High,
}

/// Lets the tracks of the sliders in `ui` be seen: they have no edge of their own.
pub fn plain_tracks(ui: &mut Ui) {
    let track = palette(ui).control;
    for state in states(ui) {
        state.bg_fill = track;
    }
}

/// Gives what is in `ui` its edge where a menu has taken all edges away.
pub fn plain_edges(ui: &mut Ui) {
    let edge = Stroke::new(1.0, palette(ui).control);
    for state in states(ui) {
        state.bg_stroke = edge;
    }
}

fn states(ui: &mut Ui) -> [&mut WidgetVisuals; 3] {
    let widgets = &mut ui.visuals_mut().widgets;
    [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
    ]
}

/// Gives `ctx` both themes; which one is in use follows the system until a person chooses.
pub fn apply(ctx: &Context, contrast: Contrast) {
    for (theme, dark) in [(Theme::Light, false), (Theme::Dark, true)] {
        ctx.style_mut_of(theme, |style| {
            style_type_and_spacing(style);
            style.visuals = visuals(dark, palette_of(dark, contrast));
        });
    }
}

fn style_type_and_spacing(style: &mut Style) {
    let sizes = [
        (TextStyle::Small, 12.5, FontFamily::Proportional),
        (TextStyle::Body, 14.0, FontFamily::Proportional),
        (TextStyle::Button, 14.0, FontFamily::Proportional),
        (TextStyle::Heading, 16.0, FontFamily::Proportional),
        (title_style(), 18.0, FontFamily::Proportional),
        (figure_style(), 30.0, FontFamily::Proportional),
        (TextStyle::Monospace, 13.0, FontFamily::Monospace),
    ];
    style.text_styles = sizes
        .into_iter()
        .map(|(name, size, family)| (name, FontId::new(size, family)))
        .collect();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(GAP, 6.0);
    spacing.button_padding = vec2(10.0, 5.0);
    spacing.interact_size.y = 26.0;
    spacing.menu_margin = Margin::same(6);
    spacing.window_margin = Margin::same(16);
    spacing.tooltip_width = 360.0;
    style.interaction.tooltip_delay = 0.6;
}

fn visuals(dark: bool, colours: &Palette) -> Visuals {
    let mut visuals = if dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    visuals.panel_fill = colours.panel;
    visuals.window_fill = colours.panel;
    visuals.window_stroke = Stroke::new(1.0, colours.line);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.window_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: Color32::from_black_alpha(if dark { 120 } else { 50 }),
    };
    visuals.extreme_bg_color = colours.surface;
    visuals.faint_bg_color = colours.surface;
    visuals.hyperlink_color = colours.accent;
    visuals.warn_fg_color = colours.caution;
    visuals.error_fg_color = colours.bad;
    visuals.weak_text_color = Some(colours.weak);
    visuals.selection.bg_fill = colours.selected;
    visuals.selection.stroke = Stroke::new(1.0, colours.accent);

    let widgets = &mut visuals.widgets;
    widgets.noninteractive.fg_stroke.color = colours.text;
    widgets.noninteractive.bg_stroke.color = colours.line;
    widgets.noninteractive.bg_fill = colours.panel;
    for (state, fill) in [
        (&mut widgets.inactive, colours.surface),
        (&mut widgets.hovered, colours.selected),
        (&mut widgets.active, colours.selected),
        (&mut widgets.open, colours.selected),
    ] {
        state.weak_bg_fill = fill;
        state.bg_fill = fill;
        state.fg_stroke = Stroke::new(1.0, colours.text);
        state.bg_stroke = Stroke::new(1.0, colours.control);
        state.corner_radius = CornerRadius::same(5);
        state.expansion = 0.0;
    }
    widgets.hovered.bg_stroke.color = colours.weak;
    widgets.active.bg_stroke = Stroke::new(1.5, colours.accent);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast as WCAG 2 defines it, 1 to 21.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let luminance = |colour: Color32| {
            let linear = |byte: u8| {
                let v = f32::from(byte) / 255.0;
                if v <= 0.04045 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn all_text_can_be_read_on_all_that_lies_behind_it() {
        for (colours, least) in [
            (LIGHT, 4.5),
            (DARK, 4.5),
            (LIGHT_HIGH, 7.0),
            (DARK_HIGH, 7.0),
        ] {
            let text = [
                colours.text,
                colours.weak,
                colours.accent,
                colours.good,
                colours.bad,
                colours.caution,
            ];
            for front in text {
                for behind in [colours.panel, colours.surface, colours.selected] {
                    let ratio = contrast(front, behind);
                    assert!(ratio >= least, "{front:?} on {behind:?}: {ratio}");
                }
            }
        }
    }

    #[test]
    fn what_can_be_pressed_ticked_and_moved_is_plain_to_see() {
        let ctx = Context::default();
        for high in [Contrast::Normal, Contrast::High] {
            apply(&ctx, high);
            for theme in [Theme::Light, Theme::Dark] {
                ctx.set_theme(theme);
                let input = eframe::egui::RawInput::default();
                let mut drawn = ctx.run_ui(input, |ui| {
                    plain_tracks(ui);
                    plain_edges(ui);
                    let visuals = ui.visuals();
                    let widgets = &visuals.widgets;
                    for state in [&widgets.inactive, &widgets.hovered, &widgets.active] {
                        for control in [state.bg_stroke.color, state.bg_fill] {
                            for behind in [visuals.panel_fill, visuals.extreme_bg_color] {
                                let ratio = contrast(control, behind);
                                assert!(ratio >= 3.0, "{theme:?} {high:?} {control:?}: {ratio}");
                            }
                        }
                    }
                });
                drawn.textures_delta.clear();
            }
        }
    }

    #[test]
    fn the_colours_in_use_are_those_that_were_applied() {
        let ctx = Context::default();
        for contrast in [Contrast::Normal, Contrast::High] {
            apply(&ctx, contrast);
            for (theme, dark) in [(Theme::Light, false), (Theme::Dark, true)] {
                ctx.set_theme(theme);
                let mut used = None;
                let input = eframe::egui::RawInput::default();
                drop(ctx.run_ui(input, |ui| used = Some(*palette(ui))));
                assert_eq!(used.as_ref(), Some(palette_of(dark, contrast)));
            }
        }
    }
}
