<<<<<<< HEAD
fn main() {}
=======
//! No subcommand: the window; else the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    secondlook::cli::run()
}
>>>>>>> b85267a (Synth: drawn documents, screens, prints and a camera, as patches for training)
