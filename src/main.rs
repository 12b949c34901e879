//! No subcommand: the window; else the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    secondlook::cli::run()
}
