//! What is on the screen. Each view borrows what it shows and returns what the user asked for; none
//! changes anything, reads a file or waits.

pub mod checks;
pub mod details;
pub mod dialogs;
pub mod findings;
pub mod parts;
pub mod picture;
pub mod questions;
pub mod queue;
pub mod search;
pub mod status;
pub mod toolbar;
pub mod verdict_bar;
pub mod welcome;
