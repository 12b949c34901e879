//! The keys in force: those of the list of actions, and what somebody chose instead, kept in the
//! workspace.

use std::io;
use std::sync::Arc;

use eframe::egui::{Context, Event, Id, InputState, Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};

use super::actions::{Command, REASON_KEYS, verdict_key};
use super::kept;
use crate::case::Label;
use crate::config::Workspace;
use crate::words::words;

/// Something that has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keyed {
    /// A command.
    Command(Command),
    /// A verdict.
    Verdict(Label),
}

impl Keyed {
    /// The words on its button.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Command(command) => command.label(),
            Self::Verdict(label) => label.title(),
        }
    }

    /// Everything that can have a key.
    pub fn all() -> impl Iterator<Item = Self> {
        let commands = Command::ALL.into_iter().map(Self::Command);
        Label::ALL.into_iter().map(Self::Verdict).chain(commands)
    }

    fn usual_key(self) -> Option<KeyboardShortcut> {
        match self {
            Self::Command(command) => command.usual_key(),
            Self::Verdict(label) => Some(plain(verdict_key(label))),
        }
    }
}

/// Why a key cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRefused {
    /// Another action has it.
    Taken(Keyed),
    /// It is needed for moving between fields, or for reasons.
    Reserved,
}

impl KeyRefused {
    /// Why, and what to do.
    #[must_use]
    pub fn explain(&self) -> String {
        match self {
            Self::Taken(other) => words!("keys-taken", action = other.label()),
            Self::Reserved => words!("keys-reserved").to_owned(),
        }
    }
}

/// Which key does what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    chosen: Vec<(Keyed, KeyboardShortcut)>,
}

/// A choice as it is written: `Ctrl+Shift+O`.
#[derive(Serialize, Deserialize)]
struct Written {
    action: Keyed,
    key: String,
}

impl Keys {
    /// The keys that this window goes by.
    #[must_use]
    pub fn of(ctx: &Context) -> Arc<Self> {
        ctx.data(|data| data.get_temp(Id::NULL)).unwrap_or_default()
    }

    /// Makes the window go by these keys.
    pub fn apply(&self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Id::NULL, Arc::new(self.clone())));
    }

    /// The key of an action, if it has one.
    #[must_use]
    pub fn key_of(&self, action: Keyed) -> Option<KeyboardShortcut> {
        let chosen = self.chosen.iter().find(|(other, _)| *other == action);
        chosen.map_or_else(|| action.usual_key(), |(_, key)| Some(*key))
    }

    /// The key of a command, if it has one.
    #[must_use]
    pub fn command(&self, command: Command) -> Option<KeyboardShortcut> {
        self.key_of(Keyed::Command(command))
    }

    /// Gives an action another key.
    ///
    /// # Errors
    ///
    /// [`KeyRefused`] if it is another one's, or needed for itself; then nothing has changed.
    pub fn choose(&mut self, action: Keyed, key: KeyboardShortcut) -> Result<(), KeyRefused> {
        let is_plain = !key.modifiers.any();
        let reserved = [Key::Tab, Key::Enter].contains(&key.logical_key)
            || is_plain && REASON_KEYS.contains(&key.logical_key);
        if reserved {
            return Err(KeyRefused::Reserved);
        }
        let holds = |other: &Keyed| *other != action && self.key_of(*other) == Some(key);
        if let Some(other) = Keyed::all().find(holds) {
            return Err(KeyRefused::Taken(other));
        }
        self.chosen.retain(|(other, _)| *other != action);
        if action.usual_key() != Some(key) {
            self.chosen.push((action, key));
        }
        Ok(())
    }

    /// Whether some action has another key than the usual one.
    #[must_use]
    pub fn are_chosen(&self) -> bool {
        !self.chosen.is_empty()
    }

    /// The keys that were kept in the workspace. What cannot be read or clashes counts for nothing.
    #[must_use]
    pub fn read(workspace: &Workspace) -> Self {
        let written: Vec<Written> = kept::read(&workspace.keys());
        let mut keys = Self::default();
        for Written { action, key } in written {
            if let Some(key) = parse(&key) {
                // Two that were exchanged clash until both are read; a clash that stays is left out.
                keys.chosen.push((action, key));
            }
        }
        let all = keys.clone();
        keys.chosen.retain(|(action, key)| {
            Keyed::all().all(|other| other == *action || all.key_of(other) != Some(*key))
        });
        keys
    }

    /// Keeps them.
    ///
    /// # Errors
    ///
    /// What kept the file from being written; the one before it is then still there.
    pub fn write(&self, workspace: &Workspace) -> io::Result<()> {
        let written: Vec<Written> = self
            .chosen
            .iter()
            .map(|&(action, key)| Written {
                action,
                key: written(key),
            })
            .collect();
        kept::write(&workspace.keys(), &written)
    }
}

/// Takes the first key that was pressed out of the input, with what is held beside it.
#[must_use]
pub fn take_any_key(input: &mut InputState) -> Option<KeyboardShortcut> {
    let mut taken = None;
    input.events.retain(|event| match event {
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } if taken.is_none() => {
            let held = Modifiers {
                mac_cmd: false,
                ctrl: false,
                ..*modifiers
            };
            taken = Some(KeyboardShortcut::new(held, *key));
            false
        }
        Event::Text(_) => false,
        _ => true,
    });
    taken
}

fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

fn written(key: KeyboardShortcut) -> String {
    let held = key.modifiers;
    let parts = [
        (held.command, "Ctrl"),
        (held.alt, "Alt"),
        (held.shift, "Shift"),
    ];
    let mut text: String = parts
        .into_iter()
        .filter(|(held, _)| *held)
        .map(|(_, name)| format!("{name}+"))
        .collect();
    text.push_str(key.logical_key.name());
    text
}

fn parse(text: &str) -> Option<KeyboardShortcut> {
    let mut parts = text.split('+').rev();
    let key = Key::from_name(parts.next()?)?;
    let mut held = Modifiers::NONE;
    for part in parts {
        held |= match part {
            "Ctrl" => Modifiers::COMMAND,
            "Alt" => Modifiers::ALT,
            "Shift" => Modifiers::SHIFT,
            _ => return None,
        };
    }
    Some(KeyboardShortcut::new(held, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENUINE: Keyed = Keyed::Verdict(Label::Genuine);

    #[test]
    fn no_two_actions_share_a_usual_key_and_none_has_a_reserved_one() {
        let keys = Keys::default();
        for action in Keyed::all() {
            if let Some(key) = keys.key_of(action) {
                assert_eq!(keys.clone().choose(action, key), Ok(()), "{action:?}");
            }
        }
    }

    #[test]
    fn a_key_is_chosen_kept_and_given_back_and_clashes_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path());
        let mut keys = Keys::read(&workspace);
        assert_eq!(keys, Keys::default());
        let undo = Keyed::Command(Command::Undo);
        let of_undo = keys.key_of(undo).unwrap();
        assert_eq!(keys.choose(GENUINE, of_undo), Err(KeyRefused::Taken(undo)));
        for reserved in [Key::Num1, Key::Tab, Key::Enter] {
            let refused = keys.choose(GENUINE, plain(reserved));
            assert_eq!(refused, Err(KeyRefused::Reserved));
        }
        let other = KeyboardShortcut::new(Modifiers::ALT | Modifiers::SHIFT, Key::F9);
        keys.choose(undo, other).unwrap();
        // What it had is free for others now.
        keys.choose(GENUINE, of_undo).unwrap();
        keys.write(&workspace).unwrap();
        assert_eq!(Keys::read(&workspace), keys);
        keys.choose(GENUINE, plain(verdict_key(Label::Genuine)))
            .unwrap();
        keys.choose(undo, of_undo).unwrap();
        assert!(!keys.are_chosen());
    }

    #[test]
    fn a_file_with_nonsense_or_clashes_leaves_the_usual_keys() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path());
        let clash = r#"[{"action":{"verdict":"genuine"},"key":"S"}]"#;
        let unknown = r#"[{"action":{"verdict":"genuine"},"key":"Hyper+Q"}]"#;
        for text in ["", "{", clash, unknown] {
            std::fs::write(workspace.keys(), text).unwrap();
            assert_eq!(Keys::read(&workspace), Keys::default(), "{text}");
        }
    }
}
