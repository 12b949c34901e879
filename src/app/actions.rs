//! Everything a person can ask of the window: one list, with the words and the key of each.
//!
//! Menus, buttons and keys all take them from here, so they cannot disagree. Nothing is carried out
//! here: that is `logic.rs`.

use std::path::PathBuf;

use eframe::egui::{Context, Event, InputState, Key, KeyboardShortcut, Modifiers};

use super::camera::Camera;
use super::layout::Colours;
use super::look::{Draft, Tool};
use super::views::picture::Pane;
use crate::case::{CaseId, Label, Mark};
use crate::jobs::JobId;
use crate::lens::Lens;
use crate::lens::levels::Levels;
use crate::store::View;

/// Something a person asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// One of the actions that need nothing more to be said.
    Do(Command),
    /// Give the open case a verdict.
    Decide(Label),
    /// Show another list of cases.
    ShowView(View),
    /// Open a case.
    OpenCase(CaseId),
    /// Load more rows of the queue.
    LoadMoreRows,
    /// Look at one of the pictures from elsewhere.
    Look(Pane, Camera),
    /// Keep a mark over the picture.
    KeepMark(Mark),
    /// Begin to write words over the picture, or go on; `None` leaves it be.
    EditDraft(Option<Draft>),
    /// Spread brightness so.
    SetLevels(Levels),
    /// Give the loupe another power, in screen pixels per picture pixel.
    Magnify(f32),
    /// The note now reads so.
    EditNote(String),
    /// The path field now reads so.
    EditPath(String),
    /// Take in these files and folders: pictures, results or both.
    TakeIn(Vec<PathBuf>),
    /// Ask a job to stop.
    CancelJob(JobId),
    /// Take a notice away.
    DismissNotice(usize),
    /// Show a report.
    ShowReport(usize),
    /// See the picture through this lens, or as it is.
    LookThrough(Option<Lens>),
    /// Use these colours.
    Wear(Colours),
}

/// An action that is complete by its name, and so can stand in a menu and have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Command {
    /// Choose pictures to add.
    OpenFiles,
    /// Choose a folder of pictures to add.
    OpenFolder,
    /// Choose result files to import.
    ImportResults,
    /// Type a path to add or import.
    TypePath,
    /// Take in what the path field names.
    TakeInPath,
    /// Add the made samples.
    AddSamples,
    /// Let the engine look at the open case again.
    RerunCase,
    /// Let the engine look at every case again.
    RerunAll,
    /// Take the latest verdict back.
    Undo,
    /// Open the case below.
    NextCase,
    /// Open the case above.
    PreviousCase,
    /// Show the whole picture.
    Fit,
    /// Show one pixel of the picture as one of the screen.
    OneToOne,
    /// Come closer.
    ZoomIn,
    /// Go further away.
    ZoomOut,
    /// Turn the picture a quarter to the right.
    Rotate,
    /// Exchange left and right of the picture.
    Flip,
    /// Show the document straightened, or the photograph.
    Straighten,
    /// Show the other side.
    OtherSide,
    /// Show both sides beside each other.
    BothSides,
    /// Keep the picture beside those of the next cases.
    Pin,
    /// Show single pixels around the pointer.
    Loupe,
    /// Draw over the picture; the same again ends it.
    Draw(Tool),
    /// Take the last mark away.
    DeleteMark,
    /// Choose which brightness is shown as black and white.
    Levels,
    /// Show the spectrum of the middle of the view.
    Spectrum,
    /// Twice the loupe's power.
    LoupeStronger,
    /// Half the loupe's power.
    LoupeWeaker,
    /// Show or hide the document's outline.
    Outline,
    /// Show where each check's probability comes from, check by check.
    Evidence,
    /// See the picture through the next lens.
    NextLens,
    /// See the picture through the lens before.
    PreviousLens,
    /// See the picture through the lens that suits the worst check.
    SuitLens,
    /// Do so for every case that is opened, or not.
    AlwaysSuitLens,
    /// See the picture as it is for as long as the key is held.
    Peek,
    /// Go to the note field.
    WriteNote,
    /// Read the queue again.
    Refresh,
    /// Show what is running.
    ShowJobs,
    /// Show the list of keys.
    ShowKeys,
    /// Show what runs the models, and what is missing.
    ShowEngine,
    /// Close what is on top.
    Close,
    /// End the program.
    Quit,
}

impl Command {
    /// Every command, as the list of keys shows them.
    pub const ALL: [Self; 44] = [
        Self::NextCase,
        Self::PreviousCase,
        Self::Undo,
        Self::WriteNote,
        Self::OtherSide,
        Self::Fit,
        Self::OneToOne,
        Self::ZoomIn,
        Self::ZoomOut,
        Self::Rotate,
        Self::Flip,
        Self::Straighten,
        Self::BothSides,
        Self::Pin,
        Self::Loupe,
        Self::LoupeStronger,
        Self::LoupeWeaker,
        Self::Levels,
        Self::Spectrum,
        Self::Draw(Tool::Box),
        Self::Draw(Tool::Arrow),
        Self::Draw(Tool::Text),
        Self::DeleteMark,
        Self::Outline,
        Self::Evidence,
        Self::NextLens,
        Self::PreviousLens,
        Self::SuitLens,
        Self::AlwaysSuitLens,
        Self::Peek,
        Self::OpenFiles,
        Self::OpenFolder,
        Self::ImportResults,
        Self::TypePath,
        Self::TakeInPath,
        Self::AddSamples,
        Self::RerunCase,
        Self::RerunAll,
        Self::Refresh,
        Self::ShowJobs,
        Self::ShowEngine,
        Self::ShowKeys,
        Self::Close,
        Self::Quit,
    ];

    /// The words on a button or in a menu.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.words().0
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn tooltip(self) -> &'static str {
        self.words().1
    }

    #[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::OpenFiles => (
                "Add pictures…",
                "Choose photographs of documents; front and back are paired by name",
            ),
            Self::OpenFolder => (
                "Add a folder…",
                "Choose a folder; every picture in it and below it is added",
            ),
            Self::ImportResults => (
                "Import results…",
                "Choose JSON files with the results of a liveness check",
            ),
            Self::TypePath => (
                "Add by path…",
                "Type or paste the path of a file or a folder",
            ),
            Self::TakeInPath => ("Add", "Take in what the path names"),
            Self::AddSamples => (
                "Add the samples",
                "Add a dozen made documents and results, to try the program with",
            ),
            Self::RerunCase => ("Run this case again", "Let the engine look at it again"),
            Self::RerunAll => (
                "Run all cases again",
                "Let the engine look at every case with pictures again",
            ),
            Self::Undo => ("Undo verdict", "Take your latest verdict back"),
            Self::NextCase => ("Next case", "Open the case below in the list"),
            Self::PreviousCase => ("Previous case", "Open the case above in the list"),
            Self::Fit => ("Fit", "Show the whole picture"),
            Self::OneToOne => (
                "1:1",
                "Show one pixel of the picture as one pixel of the screen",
            ),
            Self::ZoomIn => ("Zoom in", "Come closer; the mouse wheel does it too"),
            Self::ZoomOut => ("Zoom out", "Go further away; the mouse wheel does it too"),
            Self::Rotate => ("Rotate", "Turn the picture a quarter to the right"),
            Self::OtherSide => ("Other side", "Show the document's other side"),
            Self::Flip => ("Flip", "Exchange left and right, as in a mirror"),
            Self::Straighten => (
                "Straighten",
                "Show the document alone, upright and without perspective, at the camera's own scale",
            ),
            Self::BothSides => ("Both sides", "Show front and back beside each other"),
            Self::Pin => (
                "Pin",
                "Keep this picture beside those of other cases until it is taken away again",
            ),
            Self::Loupe => (
                "Loupe",
                "Show single pixels around the pointer, with their place and colour; the wheel \
                 changes its power",
            ),
            Self::Draw(Tool::Box) => (
                "Draw a box",
                "Drag a frame around what you see; it is kept with the verdict. Escape ends drawing",
            ),
            Self::Draw(Tool::Arrow) => (
                "Draw an arrow",
                "Drag an arrow to what you see; it is kept with the verdict. Escape ends drawing",
            ),
            Self::Draw(Tool::Text) => (
                "Write on the picture",
                "Click where words are to stand; they are kept with the verdict. Escape ends writing",
            ),
            Self::DeleteMark => ("Delete the last mark", "Take away what was drawn last"),
            Self::Levels => (
                "Levels",
                "Choose which brightness is shown as black and as white, and what lies between",
            ),
            Self::Spectrum => (
                "Spectrum",
                "Show which regular patterns the middle of the view holds, and how wide they are",
            ),
            Self::LoupeStronger => ("Stronger loupe", "Twice as large under the loupe"),
            Self::LoupeWeaker => ("Weaker loupe", "Half as large under the loupe"),
            Self::Outline => (
                "Outline",
                "Show or hide the outlines of the document and the portrait that were found",
            ),
            Self::Evidence => (
                "Evidence",
                "Show which parts of the document look like a copy to each check in turn",
            ),
            Self::NextLens => (
                "Next lens",
                "See the picture through the next lens: fine texture, colour alone and more",
            ),
            Self::PreviousLens => (
                "Previous lens",
                "See the picture through the lens before this one",
            ),
            Self::SuitLens => (
                "Suiting lens",
                "See the picture through the lens that shows best what the worst check looks for",
            ),
            Self::AlwaysSuitLens => (
                "Open with the suiting lens",
                "Open each case with the lens that shows best what its worst check looks for",
            ),
            Self::Peek => (
                "Peek",
                "See the picture itself, without lens and evidence, while the key is held",
            ),
            Self::WriteNote => ("Write a note", "Go to the note field; Escape leaves it"),
            Self::Refresh => ("Refresh", "Read the queue again"),
            Self::ShowJobs => ("Jobs", "Show what is running"),
            Self::ShowKeys => ("Keys", "Show every key"),
            Self::ShowEngine => ("Engine", "Show what runs the models, and what is missing"),
            Self::Close => ("Close", "Close what is on top"),
            Self::Quit => ("Quit", "Close the window; everything is saved already"),
        }
    }

    /// Its key, if it has one.
    #[must_use]
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let plain = |key| Some(KeyboardShortcut::new(Modifiers::NONE, key));
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let shift = |key| Some(KeyboardShortcut::new(Modifiers::SHIFT, key));
        match self {
            Self::OpenFiles => command(Key::O),
            Self::OpenFolder => Some(KeyboardShortcut::new(
                Modifiers::COMMAND | Modifiers::SHIFT,
                Key::O,
            )),
            Self::ImportResults => command(Key::I),
            Self::TypePath => command(Key::L),
            Self::RerunCase => command(Key::R),
            Self::Undo => command(Key::Z),
            Self::NextCase => plain(Key::ArrowDown),
            Self::PreviousCase => plain(Key::ArrowUp),
            Self::Fit => plain(Key::W),
            Self::OneToOne => plain(Key::Z),
            Self::ZoomIn => plain(Key::Plus),
            Self::ZoomOut => plain(Key::Minus),
            Self::Rotate => plain(Key::T),
            Self::Flip => plain(Key::Y),
            Self::Straighten => plain(Key::A),
            Self::OtherSide => plain(Key::B),
            Self::BothSides => plain(Key::V),
            Self::Pin => plain(Key::K),
            Self::Loupe => plain(Key::Q),
            Self::Draw(Tool::Box) => shift(Key::B),
            Self::Draw(Tool::Arrow) => shift(Key::A),
            Self::Draw(Tool::Text) => shift(Key::T),
            Self::DeleteMark => plain(Key::Backspace),
            Self::Levels => plain(Key::I),
            Self::Spectrum => plain(Key::J),
            Self::LoupeStronger => plain(Key::Period),
            Self::LoupeWeaker => plain(Key::Comma),
            Self::Outline => plain(Key::O),
            Self::Evidence => plain(Key::E),
            Self::NextLens => plain(Key::L),
            Self::PreviousLens => shift(Key::L),
            Self::SuitLens => plain(Key::C),
            Self::Peek => plain(Key::Space),
            Self::WriteNote => plain(Key::N),
            Self::Refresh => plain(Key::F5),
            Self::ShowKeys => plain(Key::F1),
            Self::Close => plain(Key::Escape),
            Self::Quit => command(Key::Q),
            Self::TakeInPath
            | Self::AddSamples
            | Self::RerunAll
            | Self::AlwaysSuitLens
            | Self::ShowJobs
            | Self::ShowEngine => None,
        }
    }

    /// Whether holding the key down does it again and again.
    fn repeats(self) -> bool {
        matches!(
            self,
            Self::NextCase | Self::PreviousCase | Self::ZoomIn | Self::ZoomOut
        )
    }
}

/// The key that gives a verdict: one letter, none of them a key of another action.
#[must_use]
pub fn verdict_key(label: Label) -> Key {
    match label {
        Label::Genuine => Key::G,
        Label::ScreenReplay => Key::S,
        Label::PrintedCopy => Key::P,
        Label::PortraitSubstitution => Key::F,
        Label::DigitalManipulation => Key::D,
        Label::Retake => Key::R,
        Label::Undeterminable => Key::U,
    }
}

/// What a verdict says, in a sentence.
#[must_use]
pub fn verdict_tooltip(label: Label) -> &'static str {
    match label {
        Label::Genuine => "The document itself was in front of the camera",
        Label::ScreenReplay => "The document was on a device's screen",
        Label::PrintedCopy => "It was a print or a photocopy of the document",
        Label::PortraitSubstitution => "The card carries another face than it was issued with",
        Label::DigitalManipulation => "The picture was edited or grabbed from a screen",
        Label::Retake => "The picture is at fault; another one is needed",
        Label::Undeterminable => "A sound picture that does not settle it",
    }
}

/// What the keyboard may do just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyScope {
    /// All keys.
    Everything,
    /// A text field has the focus: plain letters belong to it.
    Typing,
    /// Something lies on top: it can only be closed.
    Covered,
    /// A menu is open: the keys are its own.
    Menu,
}

/// A key as it stands on a button: `Ctrl+Z`, `+`.
#[must_use]
pub fn key_words(ctx: &Context, shortcut: &KeyboardShortcut) -> String {
    match shortcut.logical_key {
        Key::Plus => "+".to_owned(),
        Key::Minus => "−".to_owned(),
        _ => ctx.format_shortcut(shortcut),
    }
}

/// The actions whose keys were pressed since the last frame, each key taken out of the input so
/// that nothing else sees it.
#[must_use]
pub fn pressed(ctx: &Context, scope: KeyScope) -> Vec<Action> {
    ctx.input_mut(|input| {
        let mut actions = Vec::new();
        // The longest shortcut first: Ctrl+Shift+O is no Ctrl+O.
        let mut commands: Vec<_> = Command::ALL
            .into_iter()
            .filter_map(|command| Some((command, command.shortcut()?)))
            .collect();
        commands.sort_by_key(|(_, shortcut)| std::cmp::Reverse(n_modifiers(shortcut.modifiers)));
        for (command, shortcut) in commands {
            let open = match scope {
                KeyScope::Everything => true,
                // Ctrl+Z in a text field takes letters back and no verdict.
                KeyScope::Typing => {
                    command == Command::Close
                        || (shortcut.modifiers.any() && command != Command::Undo)
                }
                KeyScope::Covered => command == Command::Close || command == Command::Quit,
                KeyScope::Menu => false,
            };
            if open && take_key(input, shortcut, command.repeats()) {
                actions.push(Action::Do(command));
            }
        }
        if scope == KeyScope::Everything {
            for label in Label::ALL {
                let shortcut = KeyboardShortcut::new(Modifiers::NONE, verdict_key(label));
                if take_key(input, shortcut, false) {
                    actions.push(Action::Decide(label));
                }
            }
        }
        actions
    })
}

/// Takes the presses of a key out of the input; says whether there was one that counts. A press
/// that the keyboard repeats by itself is taken too, and counts only if `repeats`.
fn take_key(input: &mut InputState, shortcut: KeyboardShortcut, repeats: bool) -> bool {
    let mut n_counted = 0_usize;
    let mut n_taken = 0_usize;
    input.events.retain(|event| {
        let Event::Key {
            key,
            pressed: true,
            repeat,
            modifiers,
            ..
        } = event
        else {
            return true;
        };
        if *key != shortcut.logical_key || !matches(*modifiers, shortcut) {
            return true;
        }
        n_taken += 1;
        if repeats || !repeat {
            n_counted += 1;
        }
        false
    });
    if n_taken > 0 && !shortcut.modifiers.any() {
        // The letter itself must not appear in a field that gets the focus by it.
        let letter = shortcut.logical_key.symbol_or_name();
        input.events.retain(
            |event| !matches!(event, Event::Text(text) if text.eq_ignore_ascii_case(letter)),
        );
    }
    n_counted > 0
}

fn matches(modifiers: Modifiers, shortcut: KeyboardShortcut) -> bool {
    // A plus sign needs the shift key on many keyboards.
    if matches!(shortcut.logical_key, Key::Plus | Key::Minus) {
        return !modifiers.command && !modifiers.alt;
    }
    modifiers.matches_exact(shortcut.modifiers)
}

fn n_modifiers(modifiers: Modifiers) -> usize {
    [modifiers.shift, modifiers.alt, modifiers.command]
        .into_iter()
        .filter(|&held| held)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_a_key() {
        let verdicts = Label::ALL
            .into_iter()
            .map(|label| KeyboardShortcut::new(Modifiers::NONE, verdict_key(label)));
        let commands = Command::ALL.into_iter().filter_map(Command::shortcut);
        let all: Vec<_> = verdicts.chain(commands).collect();
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{one:?} is used twice");
        }
    }

    #[test]
    fn every_command_is_listed_once() {
        for (at, command) in Command::ALL.iter().enumerate() {
            assert!(!Command::ALL[at + 1..].contains(command), "{command:?}");
        }
    }
}
