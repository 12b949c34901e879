//! The panel at the right: score, route and reasons, one row per check, and what lies behind them.

use eframe::egui::{
    Align, Color32, CornerRadius, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::super::actions::{Action, Command};
use super::super::theme::{self, palette};
use super::findings;
use super::parts::{
    Mark, card, check_name, command_button_ui, heading_ui, mark_ui, marked_word_ui, weak_ui,
};
use crate::case::{
    Check, JudgedCheck, Live, Look, Outcome, Probability, Side, Threshold, ThresholdOrigin, Time,
};
use crate::clock;
use crate::routing::{Band, Policy, reason_title};
use crate::store::{CaseRecord, Run, Verdict, View};
use crate::words::words;

/// What a reviewer is not to see yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hides {
    /// Probabilities and what follows from them: a verdict comes first.
    pub numbers: bool,
    /// The first verdict: this reviewer gives the second.
    pub verdicts: bool,
}

/// Draws what was said of a case and may be seen.
#[must_use]
pub fn checks_ui(
    ui: &mut Ui,
    case: &CaseRecord,
    policy: &Policy,
    hides: Hides,
    now: Time,
) -> Vec<Action> {
    let mut actions = Vec::new();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        title_ui(ui, case, now);
        ui.add_space(theme::GAP_SMALL);
        remarks_ui(ui, case);
        if hides.numbers {
            card(ui).show(ui, |ui| ui.add(Label::new(words!("checks-hidden")).wrap()));
            return;
        }
        summary_ui(ui, case);
        for run in case.latest_runs() {
            run_ui(ui, case, run, policy);
        }
        if case.latest_runs().any(has_bar) {
            legend_ui(ui);
        }
        if hides.verdicts {
            ui.add_space(theme::GAP_SMALL);
            weak_ui(ui, words!("verdicts-hidden"));
        } else {
            verdicts_ui(ui, case);
        }
        ui.add_space(theme::GAP);
        actions.extend(command_button_ui(ui, Command::Details, true));
        ui.add_space(theme::GAP_LARGE);
    });
    actions
}

fn title_ui(ui: &mut Ui, case: &CaseRecord, now: Time) {
    let title = RichText::new(&case.label).text_style(theme::title_style());
    ui.add(Label::new(title).truncate());
    let (id, age_ms) = (case.id.to_string(), now.millis_since(case.created));
    let came_in = match age_ms < clock::MINUTE_MS {
        true => words!("checks-came-in.now", id = id),
        false => words!("checks-came-in", id = id, age = clock::age(age_ms)),
    };
    weak_ui(ui, came_in).on_hover_text(clock::local(case.created));
}

fn summary_ui(ui: &mut Ui, case: &CaseRecord) {
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let Some(route) = &case.route else {
            unrouted_ui(ui, case);
            return;
        };
        let colours = palette(ui);
        ui.horizontal(|ui| {
            let (text, name, style) = match route.score {
                Some(score) => (
                    score.to_string(),
                    words!("checks-score", score = score.to_string()),
                    theme::figure_style(),
                ),
                None => {
                    let none = words!("no-score").to_owned();
                    (none.clone(), none, theme::title_style())
                }
            };
            let figure = ui
                .label(RichText::new(text).text_style(style))
                .on_hover_text(words!("checks-score.tip"));
            // A label's name is its text; read out, the bare number would say nothing.
            ui.ctx()
                .accesskit_node_builder(figure.id, |node| node.set_value(name));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let colour = colours.of_route(route.route);
                ui.label(RichText::new(route.route.title()).heading().color(colour));
                mark_ui(ui, Mark::of_route(route.route), colour);
            });
        });
        for reason in &route.reasons {
            ui.add(Label::new(reason.explain()).wrap());
        }
        if let Some(failure) = &case.failure {
            ui.colored_label(colours.bad, words!("checks-last-run-failed", why = failure));
        }
    });
}

fn unrouted_ui(ui: &mut Ui, case: &CaseRecord) {
    use crate::case::Status;
    let colours = palette(ui);
    let text = match (case.status, &case.failure) {
        (Status::New, _) => words!("state-new").to_owned(),
        (Status::Processing, _) => words!("state-processing").to_owned(),
        (Status::Failed, Some(failure)) => words!("state-failed.why", why = failure),
        (Status::Failed, None) => words!("state-failed").to_owned(),
        (Status::Completed, _) => words!("checks-nothing-said").to_owned(),
    };
    let failed = case.status == Status::Failed;
    if failed {
        ui.colored_label(colours.bad, text);
    } else {
        ui.label(text);
    }
}

fn has_bar(run: &Run) -> bool {
    run.judgement.score.is_some()
}

fn run_ui(ui: &mut Ui, case: &CaseRecord, run: &Run, policy: &Policy) {
    let source = run.assessment.source;
    ui.add_space(theme::GAP_SMALL);
    heading_ui(ui, source.title());
    run_line_ui(ui, case, run);
    findings::errors_ui(ui, &run.assessment.errors);
    overall_ui(ui, run, policy);
    for side in Side::ALL {
        let of_side: Vec<(&Check, Option<&JudgedCheck>)> = run
            .assessment
            .checks
            .iter()
            .filter(|check| check.side == side)
            .map(|check| {
                let judged = run
                    .judgement
                    .checks
                    .iter()
                    .find(|judged| judged.side == side && judged.kind == check.kind);
                (check, judged)
            })
            .collect();
        if of_side.is_empty() {
            continue;
        }
        side_ui(ui, run, side);
        for (check, judged) in of_side {
            let band = policy.band_for(&run.assessment, Some(check.kind));
            check_ui(ui, check, judged, band);
        }
    }
    findings::findings_ui(ui, &run.assessment.findings);
}

fn run_line_ui(ui: &mut Ui, case: &CaseRecord, run: &Run) {
    let n_runs = case
        .runs
        .iter()
        .filter(|other| other.assessment.source == run.assessment.source)
        .count();
    let mut text = clock::local(run.at);
    if n_runs > 1 {
        text.push_str(", ");
        text.push_str(&words!("checks-latest-of", count = n_runs));
    }
    if let Some(engine) = &run.assessment.engine {
        text.push_str(&format!(", {} {}", engine.runtime, engine.runtime_version));
    }
    weak_ui(ui, text);
}

/// A result that judges the document as a whole.
fn overall_ui(ui: &mut Ui, run: &Run, policy: &Policy) {
    let Some(overall) = &run.assessment.overall else {
        return;
    };
    let Some(score) = overall.score else {
        return;
    };
    let source = run.assessment.source;
    let band = policy.band_for(&run.assessment, None);
    ui.horizontal(|ui| {
        ui.label(words!("fact-whole"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.monospace(score.to_string());
        });
    });
    bar_ui(
        ui,
        &words!(
            "bar-whole",
            source = source.title(),
            score = score.to_string(),
            band = band_words(band)
        ),
        Some((score, palette(ui).text)),
        overall.threshold.map(|threshold| threshold.value),
        band,
    );
    if let Some(said) = overall.said_live {
        weak_ui(ui, words!("checks-said", outcome = said.word()));
    }
    ui.add_space(theme::GAP_SMALL);
}

fn side_ui(ui: &mut Ui, run: &Run, side: Side) {
    let live = match side {
        Side::Front => run.judgement.front,
        Side::Back => run.judgement.back,
    };
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal(|ui| {
        ui.strong(side.title());
        if let Some(live) = live {
            let colour = palette(ui).of_live(live);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(live.word()).small().color(colour));
            });
        }
    });
}

fn check_ui(ui: &mut Ui, check: &Check, judged: Option<&JudgedCheck>, band: Band) {
    let colours = palette(ui);
    let live = judged.map_or(Live::NotPerformed, |judged| judged.live);
    let colour = colours.of_live(live);
    let broke = matches!(check.outcome, Outcome::Error { .. });
    let word = if broke {
        words!("checks-broken")
    } else {
        live.word()
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let mark = if broke {
            Mark::Warning
        } else {
            Mark::of_live(live)
        };
        mark_ui(ui, mark, if broke { colours.bad } else { colour });
        let name = ui.label(check.kind.title());
        if let Some(meaning) = &check.meaning {
            name.on_hover_text(meaning);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let word = RichText::new(word).color(if broke { colours.bad } else { colour });
            ui.label(word);
            if let Some(probability) = check.probability() {
                ui.monospace(probability.to_string());
            }
        });
    });
    match (&check.outcome, judged) {
        (Outcome::Performed { probability }, Some(judged)) => {
            let threshold = judged.threshold;
            let text = words!(
                "bar-check",
                check = check_name(check.side, check.kind),
                score = probability.to_string(),
                threshold = threshold.value.to_string(),
                outcome = word,
                band = band_words(band)
            );
            bar_ui(
                ui,
                &text,
                Some((*probability, colour)),
                Some(threshold.value),
                band,
            )
            .on_hover_text(format!(
                "{}; {}",
                threshold_hint(check, threshold),
                band_words(band)
            ));
            said_ui(ui, check, live);
        }
        (Outcome::NotPerformed { reason } | Outcome::Error { reason }, _) => {
            ui.indent(("reason", check.side, check.kind), |ui| weak_ui(ui, reason));
        }
        (Outcome::Performed { .. }, None) => {}
    }
    ui.add_space(theme::GAP_SMALL);
}

/// Where a source's own word differs from what its number and the threshold give.
fn said_ui(ui: &mut Ui, check: &Check, live: Live) {
    if let Some(said) = check.said_live
        && said != live
    {
        weak_ui(ui, words!("checks-said", outcome = said.word()));
    }
}

fn threshold_hint(check: &Check, threshold: Threshold) -> String {
    let value = threshold.value.to_string();
    let mut parts = vec![match threshold.origin {
        ThresholdOrigin::Record => words!("threshold.record", value = value),
        ThresholdOrigin::Manifest => words!("threshold.manifest", value = value),
        ThresholdOrigin::Policy => words!("threshold.policy", value = value),
        ThresholdOrigin::PolicyDefault => words!("threshold.policy-default", value = value),
    }];
    if let Some(level) = check.calibration {
        parts.push(words!("threshold.calibration", level = level.name()));
    }
    parts.extend(check.model.clone());
    if let Some(raw) = &check.raw {
        parts.push(words!(
            "threshold.written",
            scale = &raw.scale,
            number = &raw.text
        ));
    }
    parts.join("; ")
}

/// A bar from 0 to 1: the band shaded, the threshold a tick, the probability filled to its place.
pub fn bar_ui(
    ui: &mut Ui,
    name: &str,
    filled: Option<(Probability, Color32)>,
    threshold: Option<Probability>,
    band: Band,
) -> eframe::egui::Response {
    let size = vec2(ui.available_width(), theme::BAR_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(1.0);
        if let Some((probability, _)) = filled {
            node.set_numeric_value(probability.get());
        }
    });
    let colours = palette(ui);
    let track = rect.shrink2(vec2(1.0, 2.0));
    let at = |p: Probability| track.left() + track.width() * p.get() as f32;
    let painter = ui.painter();
    painter.rect_filled(track, 3.0, colours.surface);
    let shaded = Rect::from_min_max(
        pos2(at(band.from), track.top()),
        pos2(at(band.to), track.bottom()),
    );
    painter.rect_filled(shaded, 0.0, colours.band);
    if let Some((probability, colour)) = filled {
        let mut fill = track.shrink2(vec2(0.0, 2.5));
        fill.max.x = at(probability).max(track.left() + 2.0);
        painter.rect_filled(fill, CornerRadius::same(2), colour);
    }
    painter.rect_stroke(
        track,
        3.0,
        Stroke::new(1.0, colours.line),
        StrokeKind::Inside,
    );
    if let Some(threshold) = threshold {
        let x = at(threshold);
        painter.vline(x, rect.y_range(), Stroke::new(4.0, colours.panel));
        painter.vline(x, rect.y_range(), Stroke::new(2.0, colours.text));
    }
    response
}

fn band_words(band: Band) -> String {
    let (from, to) = (band.from.to_string(), band.to.to_string());
    words!("band", from = from, to = to)
}

/// What the marks on the bars are. The numbers are each bar's own.
fn legend_ui(ui: &mut Ui) {
    let colours = palette(ui);
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (swatch, _) = ui.allocate_exact_size(vec2(16.0, 10.0), Sense::hover());
        ui.painter().rect_filled(swatch, 2.0, colours.band);
        let edge = Stroke::new(1.0, colours.line);
        ui.painter()
            .rect_stroke(swatch, 2.0, edge, StrokeKind::Inside);
        weak_ui(ui, words!("band.legend"));
        ui.add_space(theme::GAP);
        let (tick, _) = ui.allocate_exact_size(vec2(4.0, 12.0), Sense::hover());
        ui.painter().vline(
            tick.center().x,
            tick.y_range(),
            Stroke::new(2.0, colours.text),
        );
        weak_ui(ui, words!("threshold"));
    });
}

fn verdicts_ui(ui: &mut Ui, case: &CaseRecord) {
    if case.verdicts.is_empty() {
        return;
    }
    ui.add_space(theme::GAP_SMALL);
    heading_ui(ui, words!("verdicts-title"));
    // Of two that differ neither settles the case.
    let settled = case.verdict().filter(|_| case.view != View::Adjudication);
    let standing = settled.map(|verdict| verdict.id);
    for verdict in case.verdicts.iter().rev() {
        let title = verdict.ruling.label.title();
        // Another person's look does not change what the first one said.
        let changed = case.verdicts.iter().any(|later| {
            later.replaces == Some(verdict.id)
                && later.undone.is_none()
                && later.look == Look::First
        });
        let text = match verdict.undone {
            Some(_) => words!("verdict-undone", verdict = title),
            None if changed => words!("verdict-changed", verdict = title),
            None => title.to_owned(),
        };
        verdict_ui(ui, verdict, &text, standing == Some(verdict.id));
    }
}

fn verdict_ui(ui: &mut Ui, verdict: &Verdict, text: &str, stands: bool) {
    let colours = palette(ui);
    if stands {
        marked_word_ui(ui, Mark::Tick, text, colours.text);
    } else {
        marked_word_ui(ui, Mark::Dash, text, colours.weak);
    }
    weak_ui(
        ui,
        format!("{}, {}", verdict.actor, clock::local(verdict.at)),
    );
    let ruling = &verdict.ruling;
    let mut words: Vec<String> = ruling
        .reason
        .iter()
        .map(|code| reason_title(code))
        .collect();
    match verdict.look {
        Look::First if ruling.blind => words.push(words!("event-verdict.blind").to_owned()),
        Look::First => {}
        Look::Second => words.push(words!("verdict-second-look").to_owned()),
        Look::Adjudication => words.push(words!("verdict-adjudication").to_owned()),
    }
    if !words.is_empty() {
        weak_ui(ui, words.join(", "));
    }
    if let Some(note) = &ruling.note {
        ui.add(Label::new(note).wrap());
    }
}

/// Why the case was put off or handed up.
fn remarks_ui(ui: &mut Ui, case: &CaseRecord) {
    if let Some(until) = case.held_until {
        ui.label(words!("state-held", until = clock::local(until)));
    }
    if let Some(whose) = &case.assigned_to {
        weak_ui(ui, words!("state-assigned", whose = whose.to_string()));
    }
    for remark in &case.remarks {
        weak_ui(ui, format!("{}, {}", remark.actor, clock::local(remark.at)));
        ui.add(Label::new(&remark.text).wrap());
    }
}
