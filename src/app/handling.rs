//! What the desk is asked to do with cases: decide, take back, put off, hand up, search.

use eframe::egui::{Context, Key, KeyboardShortcut};

use super::actions::Command;
use super::desk::WantedPage;
use super::desk::picking::Handling;
use super::keys::Keys;
use super::report::Notice;
use super::views::dialogs::Dialog;
use super::views::questions::Question;
use super::{App, Quiet, State, searches};
use crate::case::{Actor, Label, Time};
use crate::review::ReviewError;
use crate::store::{Search, StoreError};
use crate::words::words;

impl App {
    /// Gives the open case a verdict, or asks whether all picked ones are to get it.
    pub(super) fn decide(&mut self, label: Label, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        if desk.picked.len() > 1 {
            let n_cases = desk.picked.len();
            self.ask(Question::DecideMany { label, n_cases });
            return;
        }
        if let Some(reason) = desk.open.as_ref().and_then(|open| open.closed.clone()) {
            self.fail(reason);
            return;
        }
        match desk.decide(label, now) {
            // What was still asked for has been said.
            Ok(()) => {
                let asked_for = self.asked_for.take();
                self.notices
                    .retain(|notice| Some(&notice.text) != asked_for.as_ref());
            }
            Err(error @ (ReviewError::Needs { .. } | ReviewError::SayWhy(_))) => {
                let text = sentence(&error);
                self.asked_for = Some(text.clone());
                self.fail(text);
            }
            Err(error) => self.fail(words!("desk-not-stored", error = error.to_string())),
        }
    }

    pub(super) fn undo(&mut self, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        if let Err(error) = desk.undo(now) {
            self.fail(words!("desk-not-taken-back", error = error.to_string()));
        }
    }

    pub(super) fn redo(&mut self, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        match desk.redo(now) {
            Ok(refused) => self.tell_refused(&refused),
            Err(error) => self.fail(words!("desk-not-given-again", error = error.to_string())),
        }
    }

    /// Lets the next verdict carry a reason code, or none if it carried this one.
    pub(super) fn reason(&mut self, at: usize) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        let code = desk.policy.reasons.get(at).cloned();
        if let (Some(open), Some(code)) = (&mut desk.open, code) {
            let chosen = open.reason.as_ref() == Some(&code);
            open.reason = (!chosen).then_some(code);
        }
    }

    /// Asks something before an action is done; only where there is a case that it is for.
    pub(super) fn ask(&mut self, question: Question) {
        let is_for_cases = !matches!(
            question,
            Question::KeepSearch { .. } | Question::Days { .. } | Question::SitDown { .. }
        );
        let State::Ready(desk) = &self.state else {
            return;
        };
        if is_for_cases && desk.subjects().is_empty() {
            return;
        }
        self.dialog = Some(Dialog::Question(question));
    }

    /// Does what the question on top was about.
    pub(super) fn confirm(&mut self, now: Time) {
        let Some(Dialog::Question(question)) = &self.dialog else {
            return;
        };
        if !question.is_answered() {
            return;
        }
        let question = question.clone();
        self.dialog = None;
        match question {
            Question::Hold { days, why } => {
                let until = Question::hold_until(days, now);
                self.handle(&Handling::Hold { until, why }, now);
            }
            Question::Escalate { why } => self.handle(&Handling::Escalate { why }, now),
            Question::Assign { to } => {
                self.handle(&Handling::Assign(Actor(to.trim().to_owned())), now);
            }
            Question::DecideMany { label, .. } => self.decide_picked(label, now),
            Question::KeepSearch { name } => self.keep_search(name.trim()),
            Question::SitDown { name } => self.sit_down(name.trim()),
            Question::Days { from, to } => self.show_days(&from, &to, now),
            Question::Export {
                what,
                only_picked,
                path,
                ..
            } => self.export(what, only_picked, &path),
        }
    }

    /// Makes the cases one's own.
    pub(super) fn take_over(&mut self, now: Time) {
        let me = self.options.actor.clone();
        self.handle(&Handling::Assign(me), now);
    }

    pub(super) fn handle(&mut self, handling: &Handling, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        match desk.handle(handling, now) {
            Ok(refused) => self.tell_refused(&refused),
            Err(error) => self.fail(sentence(&error)),
        }
    }

    /// Has a job read the page that the desk wants; what was wanted before is not any more.
    pub(super) fn start_searching(&mut self) {
        let (State::Ready(desk), Some(reader)) = (&mut self.state, &self.reader) else {
            return;
        };
        let Some(wanted) = desk.take_wanted() else {
            return;
        };
        if let Some(job) = self.search_job.take() {
            self.quiet.cancel(job);
        }
        let job = self
            .quiet
            .give(reader, words!("job-searching"), move |store, context| {
                if context.is_cancelled() {
                    return Quiet::Found(wanted, None);
                }
                let page = store.queue_page(&wanted.search, wanted.after.as_ref(), PAGE);
                Quiet::Found(wanted, Some(page))
            });
        self.search_job = Some(job);
    }

    pub(super) fn take_found(
        &mut self,
        wanted: &WantedPage,
        page: Option<Result<crate::store::Page, StoreError>>,
        now: Time,
    ) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        let taken = match page {
            // Something else was searched for meanwhile.
            None => Ok(()),
            Some(page) => page.and_then(|page| desk.take_page(wanted, page, now)),
        };
        if let Err(error) = taken {
            desk.searching &= wanted.search != desk.search;
            self.fail(error.to_string());
        }
    }

    pub(super) fn forget_search(&mut self, at: usize) {
        if at < self.kept.len() {
            self.kept.remove(at);
            self.write_searches();
        }
    }

    /// Gives the action that is being chosen for the key that was pressed; Escape leaves it as it is.
    pub(super) fn press(&mut self, ctx: &Context, key: KeyboardShortcut) {
        let Some(Dialog::Keys(choice)) = &mut self.dialog else {
            return;
        };
        let Some(action) = choice.of.take() else {
            return;
        };
        if key.logical_key == Key::Escape {
            return;
        }
        let mut keys = (*Keys::of(ctx)).clone();
        match keys.choose(action, key) {
            Ok(()) => self.wear_keys(ctx, keys),
            Err(refused) => choice.told = Some(refused.explain()),
        }
    }

    /// Goes by these keys from now on.
    pub(super) fn wear_keys(&mut self, ctx: &Context, keys: Keys) {
        keys.apply(ctx);
        if let Err(error) = keys.write(&self.options.workspace) {
            self.fail(words!("desk-keys-not-kept", error = error.to_string()));
        }
    }

    fn decide_picked(&mut self, label: Label, now: Time) {
        let State::Ready(desk) = &mut self.state else {
            return;
        };
        match desk.decide_picked(label, now) {
            Ok(refused) => self.tell_refused(&refused),
            Err(error @ ReviewError::Needs { .. }) => self.fail(sentence(&error)),
            Err(error) => self.fail(words!("desk-not-stored-many", error = error.to_string())),
        }
    }

    /// Ends this person's session and begins another's over the same workspace.
    fn sit_down(&mut self, name: &str) {
        if !self.jobs.is_empty() {
            self.fail(words!("sit-down-busy"));
            return;
        }
        self.options.actor = Actor(name.to_owned());
        (self.details, self.bench, self.reader) = (None, None, None);
        if let State::Ready(desk) = std::mem::replace(&mut self.state, State::Opening) {
            desk.close();
        }
        self.engine = super::EngineState::Loading;
        self.start_opening();
    }

    fn show_days(&mut self, from: &str, to: &str, now: Time) {
        let (State::Ready(desk), Some((since, before))) =
            (&mut self.state, Question::days(from, to))
        else {
            return;
        };
        let search = Search {
            since,
            before,
            ..desk.search.clone()
        };
        if let Err(error) = desk.show(search, now) {
            self.fail(error.to_string());
        }
    }

    fn keep_search(&mut self, name: &str) {
        let State::Ready(desk) = &self.state else {
            return;
        };
        let search = desk.search.clone();
        // The same name again means the new one.
        self.kept.retain(|kept| kept.name != name);
        self.kept.push(searches::Kept {
            name: name.to_owned(),
            search,
        });
        self.write_searches();
    }

    fn write_searches(&mut self) {
        if let Err(error) = searches::write(&self.options.workspace, &self.kept) {
            self.fail(words!("desk-searches-not-kept", error = error.to_string()));
        }
    }

    /// What was left out of an act on many cases, and why.
    fn tell_refused(&mut self, refused: &[StoreError]) {
        match refused {
            [] => {}
            [one] => self.fail(sentence(one)),
            [first, rest @ ..] => self.notify(Notice::failed(words!(
                "desk-more-refused",
                first = sentence(first),
                count = rest.len()
            ))),
        }
    }
}

/// Rows that a search reads at a time.
const PAGE: usize = 200;

impl Command {
    /// The question that stands before the command, if there is one.
    pub(super) fn question(self) -> Option<Question> {
        match self {
            Self::Hold => Some(Question::Hold {
                days: 1,
                why: String::new(),
            }),
            Self::Escalate => Some(Question::Escalate { why: String::new() }),
            Self::Assign => Some(Question::Assign { to: String::new() }),
            Self::KeepSearch => Some(Question::KeepSearch {
                name: String::new(),
            }),
            Self::SitDown => Some(Question::SitDown {
                name: String::new(),
            }),
            _ => None,
        }
    }
}

/// An error as a sentence of its own.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
