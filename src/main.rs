//! No subcommand: the window. Else the command line.

use std::process::ExitCode;

use secondlook::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        cli::Next::Exit(code) => code,
        cli::Next::Window { .. } => cli::no_window(),
    }
}
