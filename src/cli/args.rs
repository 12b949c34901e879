//! What was typed: the words, flags and their help. What they mean is worked out in
//! [`super::context`] and in each subcommand.

use std::path::PathBuf;

use crate::case::{Calibration, CaseId, Label, ReadOptions};
use crate::routing::Policy;
use crate::store::View;

/// A second look at identity documents that an automatic liveness check could not settle.
///
/// Without a subcommand the window opens.
#[derive(Debug, clap::Parser)]
#[command(name = "secondlook", version, after_help = EXIT_CODES)]
pub(super) struct Typed {
    #[command(flatten)]
    pub(super) globals: Globals,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 some items failed and the report says which; \
                          2 wrong use; 130 stopped by Ctrl-C, what was finished is kept.";

#[derive(Debug, clap::Args)]
pub(super) struct Globals {
    /// The folder that holds the database, the originals and the policy.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SECONDLOOK_WORKSPACE",
        hide_env_values = true
    )]
    pub(super) workspace: Option<PathBuf>,
    /// Who acts, for the ledger; the system's user if not given.
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) actor: Option<String>,
    /// Print one JSON object a line, as docs/json.md describes.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Score pictures and print the result; store nothing.
    Check(CheckArgs),
    /// Score pictures, store them and route them.
    Add(AddArgs),
    /// Take in vendors' results and requests as JSON.
    Import(ImportArgs),
    /// List the cases that wait for a person, the most urgent first.
    Queue(QueueArgs),
    /// Show all that is known of one case.
    Show(ShowArgs),
    /// Give a verdict on a case.
    Decide(DecideArgs),
    /// Take back the last verdict on a case.
    Undo(UndoArgs),
    /// Run the engine again over stored pictures; earlier runs are kept.
    Rerun(RerunArgs),
    /// Write verdicts, the ledger or results for other programs.
    Export(ExportArgs),
    /// Check the ledger's chain, the pictures against their hashes, and the database file.
    Verify,
    /// Fill a workspace of its own with made samples, then open the window.
    Demo(DemoArgs),
    /// Say what is there, what is missing and the way out.
    Doctor,
    /// Draw documents, copies of them and pictures of both, for training and as samples.
    Synth(super::synth::SynthArgs),
    /// Cases whose answer is known, among the others, to see whether reviewers find it.
    Known {
        #[command(subcommand)]
        command: KnownCommand,
    },
    /// The model runtime.
    Runtime {
        #[command(subcommand)]
        command: RuntimeCommand,
    },
    /// The rules by which documents are routed.
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
}

/// How pictures are to be read; the same for `check` and `add`.
#[derive(Debug, clap::Args)]
pub(super) struct ReadArgs {
    /// Pictures and folders of pictures; `x_front.jpg` and `x_back.jpg` become one document.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The back of the one document given as PATH.
    #[arg(long, value_name = "FILE")]
    pub(super) back: Option<PathBuf>,
    #[command(flatten)]
    pub(super) how: HowArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct HowArgs {
    /// The pictures are already cropped to the document.
    #[arg(long)]
    pub(super) whole_frame: bool,
    /// How strict the checks are: soft, regular or hard. One word for all, or
    /// `screenReplay=hard`, repeated or with commas, for single checks.
    #[arg(long, value_name = "LEVEL", value_delimiter = ',')]
    pub(super) calibration: Vec<String>,
    /// Treat DOCUMENT_CROPPED as a finding.
    #[arg(long)]
    pub(super) ignore_cropped: bool,
    /// Treat DOCUMENT_IS_COLORLESS as a finding.
    #[arg(long)]
    pub(super) ignore_colourless: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// Files of results or requests in the formats A to D; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) how: HowArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct QueueArgs {
    /// Which cases: inbox (those that wait for a person), accepted, rejected, retake, decided,
    /// failed, waiting (not assessed yet), or all.
    #[arg(long, value_name = "VIEW", value_parser = view, default_value = "inbox")]
    pub(super) view: View,
    /// How many lines at most.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: usize,
}

#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// The case's number, with or without `#`.
    #[arg(value_name = "CASE")]
    pub(super) case_id: CaseId,
}

#[derive(Debug, clap::Args)]
pub(super) struct DecideArgs {
    /// The case's number, with or without `#`.
    #[arg(value_name = "CASE")]
    pub(super) case_id: CaseId,
    /// What it is.
    #[arg(long, value_name = "V", value_parser = label)]
    pub(super) verdict: Label,
    /// Why, as a short code of your own.
    #[arg(long, value_name = "R")]
    pub(super) reason: Option<String>,
    /// A remark.
    #[arg(long, value_name = "T")]
    pub(super) note: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct UndoArgs {
    /// The case's number, with or without `#`.
    #[arg(value_name = "CASE")]
    pub(super) case_id: CaseId,
}

#[derive(Debug, clap::Args)]
pub(super) struct RerunArgs {
    /// The cases' numbers, with or without `#`.
    #[arg(
        value_name = "CASE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub(super) case_ids: Vec<CaseId>,
    /// Every case that has pictures.
    #[arg(long)]
    pub(super) all: bool,
}

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Exported {
    /// One row a verdict in force, with the pictures' hashes.
    Labels,
    /// Every event.
    Ledger,
    /// One result a case.
    Results,
}

/// How to write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ExportFormat {
    /// Comma-separated values with a head line; for labels, ledger and results.
    Csv,
    /// One JSON object a line; for labels, ledger and results.
    Jsonl,
    /// The liveness document API's result, one a line; results only.
    A,
    /// `documentLivenessIdRnD`, one a line; results only.
    B,
    /// The document liveness object, one a line; results only.
    C,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// What to write.
    #[arg(value_enum)]
    pub(super) what: Exported,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
    pub(super) format: ExportFormat,
    /// Where to; standard output if not given. Written beside it first and renamed when whole.
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// Only fill the workspace; open no window.
    #[arg(long)]
    pub(super) no_window: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum KnownCommand {
    /// Put documents whose truth is known into the inbox, up to the policy's share of it. The desk
    /// itself repeats decided cases at that share.
    Add(KnownAddArgs),
    /// Say how often each reviewer found the answer.
    Report,
}

#[derive(Debug, clap::Args)]
pub(super) struct KnownAddArgs {
    /// Pictures and folders of pictures, each with a JSON file of the same name beside it that says
    /// `{"label": …}`, as `synth documents` writes it. Reviewers see the pictures' names.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) how: HowArgs,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum RuntimeCommand {
    /// Fetch the pinned ONNX Runtime by way of pip into the program's data folder.
    Install,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum PolicyCommand {
    /// Print the policy in force.
    Show,
    /// Say whether a file is a policy that can be used.
    Check {
        /// The policy, as JSON.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

fn view(word: &str) -> Result<View, String> {
    word.parse().map_err(|unknown: crate::case::UnknownWord| {
        let names: Vec<&str> = View::ALL.iter().map(|view| view.name()).collect();
        format!("{unknown}; one of {}", names.join(", "))
    })
}

fn label(word: &str) -> Result<Label, String> {
    word.parse().map_err(|unknown: crate::case::UnknownWord| {
        let names: Vec<&str> = Label::ALL.iter().map(|label| label.name()).collect();
        format!("{unknown}; one of {}", names.join(", "))
    })
}

impl HowArgs {
    /// How the pictures ask to be read: what was typed over what the policy says.
    pub(super) fn options(&self, policy: &Policy) -> anyhow::Result<ReadOptions> {
        let calibrations =
            calibrations(&self.calibration, policy.calibrations).map_err(super::out::Usage)?;
        Ok(ReadOptions {
            whole_frame: self.whole_frame,
            ignore_cropped: self.ignore_cropped || policy.ignore_document_cropped,
            ignore_colourless: self.ignore_colourless || policy.ignore_colourless,
            calibrations,
        })
    }
}

/// The strictness of each check from the words after `--calibration`.
fn calibrations(
    words: &[String],
    default: crate::case::Calibrations,
) -> Result<crate::case::Calibrations, String> {
    use crate::case::CheckKind;
    let mut chosen = default;
    for word in words {
        let (check, level) = match word.split_once('=') {
            Some((check, level)) => (Some(check), level),
            None => (None, word.as_str()),
        };
        let level: Calibration = level
            .parse()
            .map_err(|unknown| format!("--calibration: {unknown}; one of soft, regular, hard"))?;
        let kinds = match check {
            None => CheckKind::ALL.to_vec(),
            Some(name) => vec![name.parse().map_err(|unknown| {
                let names: Vec<&str> = CheckKind::ALL.iter().map(|kind| kind.name()).collect();
                format!("--calibration: {unknown}; one of {}", names.join(", "))
            })?],
        };
        for kind in kinds {
            let field = match kind {
                CheckKind::ScreenReplay => &mut chosen.screen_replay,
                CheckKind::PrintedCopy => &mut chosen.printed_copy,
                CheckKind::PortraitSubstitution => &mut chosen.portrait_substitution,
                CheckKind::DigitalManipulation => &mut chosen.digital_manipulation,
            };
            *field = level;
        }
    }
    Ok(chosen)
}
