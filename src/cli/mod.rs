//! The command line: words in, exit code out. One file per subcommand.

mod synth;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser, Debug)]
#[command(name = "secondlook", version, about)]
struct Words {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make pictures and patches from a seed
    Synth(synth::SynthArgs),
}

/// Reads the command line and carries it out.
#[must_use]
pub fn run() -> ExitCode {
    let Command::Synth(args) = Words::parse().command;
    let mut out = std::io::stdout();
    match synth::run(args, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
