//! No subcommand: the window. Else the command line.

use std::process::ExitCode;

use secondlook::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        cli::Next::Exit(code) => code,
        #[cfg(feature = "gui")]
        cli::Next::Window { workspace, actor } => {
            cli::ended(secondlook::app::run(secondlook::app::Options {
                workspace,
                actor,
            }))
        }
        #[cfg(not(feature = "gui"))]
        cli::Next::Window { .. } => cli::no_window(),
    }
}
