//! Everything a person can ask of the window: one list, with the words and the key of each.
//!
//! Menus, buttons and keys all take them from here, so they cannot disagree. Nothing is carried out
//! here: that is `logic.rs`.

use std::path::PathBuf;

use eframe::egui::{Context, Event, InputState, Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};

use super::camera::Camera;
use super::details::Tab;
use super::keys::{Keyed, Keys, take_any_key};
use super::layout::Colours;
use super::look::{Draft, Tool};
use super::theme::Contrast;
use super::views::picture::Pane;
use super::views::questions::Question;
use crate::case::{CaseId, Label, Mark};
use crate::jobs::JobId;
use crate::lens::Lens;
use crate::lens::levels::Levels;
use crate::store::Search;
use crate::words::words;

/// Something a person asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// One of the actions that need nothing more to be said.
    Do(Command),
    /// Give the open case a verdict.
    Decide(Label),
    /// Show what a search finds.
    Show(Box<Search>),
    /// Let the next verdict carry the reason code at this place of the policy's list, or none.
    Reason(usize),
    /// Pick a case for the next action, or let it go.
    Pick(CaseId),
    /// Pick every case from the open one to this one.
    PickTo(CaseId),
    /// The question on top is now answered so far.
    Answer(Question),
    /// Ask this.
    Ask(Question),
    /// Let the next key that is pressed be this action's.
    ChooseKey(Keyed),
    /// This key was pressed when one was to be chosen.
    Press(KeyboardShortcut),
    /// Forget a kept search.
    ForgetSearch(usize),
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
    /// Look at what lies in the folder of references.
    ListReferences,
    /// Show this picture beside those of cases.
    Compare(PathBuf),
    /// Ask a job to stop.
    CancelJob(JobId),
    /// Take a notice away.
    DismissNotice(usize),
    /// Show a report.
    ShowReport(usize),
    /// Show this part of the details.
    ShowDetails(Tab),
    /// Show another of the sources' records.
    ShowRecord(usize),
    /// See the picture through this lens, or as it is.
    LookThrough(Option<Lens>),
    /// Use these colours.
    Wear(Colours),
    /// Let text stand out so far.
    Contrast(Contrast),
    /// Show everything at this size; 1 is as the system says.
    Scale(f32),
}

/// An action that is complete by its name, and so can stand in a menu and have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Give the verdict again that was taken back last.
    Redo,
    /// Put the case off.
    Hold,
    /// Hand the case up.
    Escalate,
    /// Make the case one's own.
    TakeOver,
    /// Make the case somebody's.
    Assign,
    /// Put the case back into its list.
    Resume,
    /// Give the case a higher priority.
    Sooner,
    /// Give the case a lower priority.
    Later,
    /// Write verdicts, results or the ledger into a file.
    Export,
    /// Go to the search field.
    Find,
    /// Keep the search under a name.
    KeepSearch,
    /// Pick the next row too.
    PickNext,
    /// Pick the previous row too.
    PickPrevious,
    /// Pick all rows that are there.
    PickAll,
    /// Pick none.
    PickNone,
    /// Answer the question on top.
    Confirm,
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
    /// Choose a picture to compare with.
    OtherReference,
    /// Type the path of a picture to compare with.
    TypeReference,
    /// Compare with what the path field names.
    ComparePath,
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
    /// Show what lies behind the open case, part by part.
    Details,
    /// Copy the source's record.
    CopyRecord,
    /// Go to the note field.
    WriteNote,
    /// Read the queue again.
    Refresh,
    /// Show what is running.
    ShowJobs,
    /// Show the list of keys.
    ShowKeys,
    /// Go back to the usual keys.
    UsualKeys,
    /// Show what runs the models, and what is missing.
    ShowEngine,
    /// Say who sits at the desk.
    SitDown,
    /// Close what is on top.
    Close,
    /// End the program.
    Quit,
}

impl Command {
    /// Every command, as the list of keys shows them.
    pub const ALL: [Self; 67] = [
        Self::NextCase,
        Self::PreviousCase,
        Self::Undo,
        Self::Redo,
        Self::WriteNote,
        Self::Hold,
        Self::Escalate,
        Self::TakeOver,
        Self::Assign,
        Self::Resume,
        Self::Sooner,
        Self::Later,
        Self::Find,
        Self::KeepSearch,
        Self::PickNext,
        Self::PickPrevious,
        Self::PickAll,
        Self::PickNone,
        Self::Confirm,
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
        Self::OtherReference,
        Self::TypeReference,
        Self::ComparePath,
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
        Self::Details,
        Self::CopyRecord,
        Self::OpenFiles,
        Self::OpenFolder,
        Self::ImportResults,
        Self::TypePath,
        Self::TakeInPath,
        Self::AddSamples,
        Self::Export,
        Self::RerunCase,
        Self::RerunAll,
        Self::Refresh,
        Self::ShowJobs,
        Self::ShowEngine,
        Self::SitDown,
        Self::ShowKeys,
        Self::UsualKeys,
        Self::Close,
        Self::Quit,
    ];

    /// What is done with cases besides deciding them, as menus show it.
    pub const HANDLING: [Self; 7] = [
        Self::TakeOver,
        Self::Assign,
        Self::Hold,
        Self::Escalate,
        Self::Resume,
        Self::Sooner,
        Self::Later,
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
                words!("command-open-files"),
                words!("command-open-files.tip"),
            ),
            Self::OpenFolder => (
                words!("command-open-folder"),
                words!("command-open-folder.tip"),
            ),
            Self::ImportResults => (
                words!("command-import-results"),
                words!("command-import-results.tip"),
            ),
            Self::TypePath => (words!("command-type-path"), words!("command-type-path.tip")),
            Self::TakeInPath => (
                words!("command-take-in-path"),
                words!("command-take-in-path.tip"),
            ),
            Self::AddSamples => (
                words!("command-add-samples"),
                words!("command-add-samples.tip"),
            ),
            Self::RerunCase => (
                words!("command-rerun-case"),
                words!("command-rerun-case.tip"),
            ),
            Self::RerunAll => (words!("command-rerun-all"), words!("command-rerun-all.tip")),
            Self::Undo => (words!("command-undo"), words!("command-undo.tip")),
            Self::Redo => (words!("command-redo"), words!("command-redo.tip")),
            Self::Hold => (words!("command-hold"), words!("command-hold.tip")),
            Self::Escalate => (words!("command-escalate"), words!("command-escalate.tip")),
            Self::TakeOver => (words!("command-take-over"), words!("command-take-over.tip")),
            Self::Assign => (words!("command-assign"), words!("command-assign.tip")),
            Self::Resume => (words!("command-resume"), words!("command-resume.tip")),
            Self::Sooner => (words!("command-sooner"), words!("command-sooner.tip")),
            Self::Later => (words!("command-later"), words!("command-later.tip")),
            Self::Export => (words!("command-export"), words!("command-export.tip")),
            Self::Find => (words!("command-find"), words!("command-find.tip")),
            Self::KeepSearch => (
                words!("command-keep-search"),
                words!("command-keep-search.tip"),
            ),
            Self::PickNext => (words!("command-pick-next"), words!("command-pick-next.tip")),
            Self::PickPrevious => (
                words!("command-pick-previous"),
                words!("command-pick-previous.tip"),
            ),
            Self::PickAll => (words!("command-pick-all"), words!("command-pick-all.tip")),
            Self::PickNone => (words!("command-pick-none"), words!("command-pick-none.tip")),
            Self::Confirm => (words!("command-confirm"), words!("command-confirm.tip")),
            Self::NextCase => (words!("command-next-case"), words!("command-next-case.tip")),
            Self::PreviousCase => (
                words!("command-previous-case"),
                words!("command-previous-case.tip"),
            ),
            Self::Fit => (words!("command-fit"), words!("command-fit.tip")),
            Self::OneToOne => (
                words!("command-one-to-one"),
                words!("command-one-to-one.tip"),
            ),
            Self::ZoomIn => (words!("command-zoom-in"), words!("command-zoom-in.tip")),
            Self::ZoomOut => (words!("command-zoom-out"), words!("command-zoom-out.tip")),
            Self::Rotate => (words!("command-rotate"), words!("command-rotate.tip")),
            Self::OtherSide => (
                words!("command-other-side"),
                words!("command-other-side.tip"),
            ),
            Self::Flip => (words!("command-flip"), words!("command-flip.tip")),
            Self::Straighten => (
                words!("command-straighten"),
                words!("command-straighten.tip"),
            ),
            Self::BothSides => (
                words!("command-both-sides"),
                words!("command-both-sides.tip"),
            ),
            Self::Pin => (words!("command-pin"), words!("command-pin.tip")),
            Self::OtherReference => (
                words!("command-other-reference"),
                words!("command-other-reference.tip"),
            ),
            Self::TypeReference => (
                words!("command-type-reference"),
                words!("command-type-reference.tip"),
            ),
            Self::ComparePath => (
                words!("command-compare-path"),
                words!("command-compare-path.tip"),
            ),
            Self::Loupe => (words!("command-loupe"), words!("command-loupe.tip")),
            Self::Draw(Tool::Box) => (words!("command-draw-box"), words!("command-draw-box.tip")),
            Self::Draw(Tool::Arrow) => (
                words!("command-draw-arrow"),
                words!("command-draw-arrow.tip"),
            ),
            Self::Draw(Tool::Text) => {
                (words!("command-draw-text"), words!("command-draw-text.tip"))
            }
            Self::DeleteMark => (
                words!("command-delete-mark"),
                words!("command-delete-mark.tip"),
            ),
            Self::Levels => (words!("command-levels"), words!("command-levels.tip")),
            Self::Spectrum => (words!("command-spectrum"), words!("command-spectrum.tip")),
            Self::LoupeStronger => (
                words!("command-loupe-stronger"),
                words!("command-loupe-stronger.tip"),
            ),
            Self::LoupeWeaker => (
                words!("command-loupe-weaker"),
                words!("command-loupe-weaker.tip"),
            ),
            Self::Outline => (words!("command-outline"), words!("command-outline.tip")),
            Self::Evidence => (words!("command-evidence"), words!("command-evidence.tip")),
            Self::NextLens => (words!("command-next-lens"), words!("command-next-lens.tip")),
            Self::PreviousLens => (
                words!("command-previous-lens"),
                words!("command-previous-lens.tip"),
            ),
            Self::SuitLens => (words!("command-suit-lens"), words!("command-suit-lens.tip")),
            Self::AlwaysSuitLens => (
                words!("command-always-suit-lens"),
                words!("command-always-suit-lens.tip"),
            ),
            Self::Peek => (words!("command-peek"), words!("command-peek.tip")),
            Self::Details => (words!("command-details"), words!("command-details.tip")),
            Self::CopyRecord => (
                words!("command-copy-record"),
                words!("command-copy-record.tip"),
            ),
            Self::WriteNote => (
                words!("command-write-note"),
                words!("command-write-note.tip"),
            ),
            Self::Refresh => (words!("command-refresh"), words!("command-refresh.tip")),
            Self::ShowJobs => (words!("command-show-jobs"), words!("command-show-jobs.tip")),
            Self::ShowKeys => (words!("command-show-keys"), words!("command-show-keys.tip")),
            Self::UsualKeys => (
                words!("command-usual-keys"),
                words!("command-usual-keys.tip"),
            ),
            Self::SitDown => (words!("command-sit-down"), words!("command-sit-down.tip")),
            Self::ShowEngine => (
                words!("command-show-engine"),
                words!("command-show-engine.tip"),
            ),
            Self::Close => (words!("command-close"), words!("command-close.tip")),
            Self::Quit => (words!("command-quit"), words!("command-quit.tip")),
        }
    }

    /// Its key unless somebody chose another, if it has one.
    #[must_use]
    pub fn usual_key(self) -> Option<KeyboardShortcut> {
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
            Self::Redo => command(Key::Y),
            Self::Hold => plain(Key::H),
            Self::Escalate => plain(Key::X),
            Self::TakeOver => plain(Key::M),
            Self::Export => command(Key::E),
            Self::Find => command(Key::F),
            Self::PickNext => shift(Key::ArrowDown),
            Self::PickPrevious => shift(Key::ArrowUp),
            Self::PickAll => command(Key::A),
            Self::PickNone => Some(KeyboardShortcut::new(
                Modifiers::COMMAND | Modifiers::SHIFT,
                Key::A,
            )),
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
            Self::Levels => shift(Key::I),
            Self::Spectrum => plain(Key::J),
            Self::LoupeStronger => plain(Key::Period),
            Self::LoupeWeaker => plain(Key::Comma),
            Self::Outline => plain(Key::O),
            Self::Evidence => plain(Key::E),
            Self::NextLens => plain(Key::L),
            Self::PreviousLens => shift(Key::L),
            Self::SuitLens => plain(Key::C),
            Self::Peek => plain(Key::Space),
            Self::Details => plain(Key::I),
            Self::WriteNote => plain(Key::N),
            Self::Refresh => plain(Key::F5),
            Self::ShowKeys => plain(Key::F1),
            Self::Close => plain(Key::Escape),
            Self::Quit => command(Key::Q),
            Self::CopyRecord
            | Self::TakeInPath
            | Self::OtherReference
            | Self::TypeReference
            | Self::ComparePath
            | Self::Assign
            | Self::Resume
            | Self::Sooner
            | Self::Later
            | Self::KeepSearch
            | Self::Confirm
            | Self::UsualKeys
            | Self::AddSamples
            | Self::RerunAll
            | Self::AlwaysSuitLens
            | Self::ShowJobs
            | Self::SitDown
            | Self::ShowEngine => None,
        }
    }

    /// Whether its key is no text field's own.
    fn is_for_typing(self, shortcut: KeyboardShortcut) -> bool {
        shortcut.modifiers.command
            && !matches!(
                self,
                Self::Undo | Self::Redo | Self::PickAll | Self::PickNone
            )
    }

    /// Whether holding the key down does it again and again.
    fn repeats(self) -> bool {
        matches!(
            self,
            Self::NextCase
                | Self::PreviousCase
                | Self::PickNext
                | Self::PickPrevious
                | Self::ZoomIn
                | Self::ZoomOut
        )
    }
}

/// The key that gives a verdict unless somebody chose another: one letter, none of them a key of another action.
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

/// The keys of the policy's reason codes, in their order; codes after the tenth have none.
pub const REASON_KEYS: [Key; 10] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
];

/// What a verdict says, in a sentence.
#[must_use]
pub fn verdict_tooltip(label: Label) -> &'static str {
    match label {
        Label::Genuine => words!("label-genuine.tip"),
        Label::ScreenReplay => words!("label-screen-replay.tip"),
        Label::PrintedCopy => words!("label-printed-copy.tip"),
        Label::PortraitSubstitution => words!("label-portrait-substitution.tip"),
        Label::DigitalManipulation => words!("label-digital-manipulation.tip"),
        Label::Retake => words!("label-retake.tip"),
        Label::Undeterminable => words!("label-undeterminable.tip"),
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
    /// The details lie on top: they have a key of their own.
    Details,
    /// A menu is open: the keys are its own.
    Menu,
    /// The next key is to become some action's.
    Choosing,
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
    let keys = Keys::of(ctx);
    ctx.input_mut(|input| {
        let mut actions = Vec::new();
        if scope == KeyScope::Choosing {
            return take_any_key(input).map(Action::Press).into_iter().collect();
        }
        // The longest shortcut first: Ctrl+Shift+O is no Ctrl+O.
        let mut commands: Vec<_> = Command::ALL
            .into_iter()
            .filter_map(|command| Some((command, keys.command(command)?)))
            .collect();
        commands.sort_by_key(|(_, shortcut)| std::cmp::Reverse(n_modifiers(shortcut.modifiers)));
        for (command, shortcut) in commands {
            let open = match scope {
                KeyScope::Everything => true,
                // Ctrl+Z in a text field takes letters back and no verdict, Ctrl+A picks letters.
                KeyScope::Typing => command == Command::Close || command.is_for_typing(shortcut),
                KeyScope::Covered => command == Command::Close || command == Command::Quit,
                KeyScope::Details => {
                    matches!(command, Command::Close | Command::Quit | Command::Details)
                }
                KeyScope::Menu | KeyScope::Choosing => false,
            };
            if open && take_key(input, shortcut, command.repeats()) {
                actions.push(Action::Do(command));
            }
        }
        if scope == KeyScope::Everything {
            for label in Label::ALL {
                let key = keys.key_of(Keyed::Verdict(label));
                if key.is_some_and(|key| take_key(input, key, false)) {
                    actions.push(Action::Decide(label));
                }
            }
            for (at, key) in REASON_KEYS.into_iter().enumerate() {
                let shortcut = KeyboardShortcut::new(Modifiers::NONE, key);
                if take_key(input, shortcut, false) {
                    actions.push(Action::Reason(at));
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
    fn every_command_is_listed_once() {
        for (at, command) in Command::ALL.iter().enumerate() {
            assert!(!Command::ALL[at + 1..].contains(command), "{command:?}");
        }
    }
}
