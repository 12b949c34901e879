//! Progress on a terminal and the wish to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Set once by Ctrl-C; long work looks at it between items.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends long work after its current item when Ctrl-C is pressed. The second Ctrl-C ends the
    /// program at once; the store is safe against that too.
    pub(super) fn on_ctrl_c() -> anyhow::Result<Self> {
        let stop = Self::default();
        let set = stop.clone();
        ctrlc::set_handler(move || {
            if set.0.swap(true, Ordering::SeqCst) {
                std::process::exit(super::INTERRUPTED.into());
            }
            super::out::note("stopping after the current item; once more to stop at once");
        })?;
        Ok(stop)
    }

    /// The long work is over: from now on the first Ctrl-C ends the program at once.
    pub(super) fn end_at_once(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether Ctrl-C was pressed.
    pub(super) fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A bar on a terminal's standard error; elsewhere, and where a program reads, nothing.
pub(super) fn bar(total: Option<u64>, unit: &str, json: bool) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::new_spinner(),
    };
    // indicatif draws nothing where standard error is no terminal.
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.set_prefix(unit.to_owned());
    restyle(&bar, total.is_some());
    bar
}

/// Moves a bar; one whose total was unknown until now gets its length.
pub(super) fn moved(bar: &ProgressBar, done: u64, total: Option<u64>) {
    if bar.length() != total {
        if let Some(total) = total {
            bar.set_length(total);
        }
        restyle(bar, total.is_some());
    }
    bar.set_position(done);
}

fn restyle(bar: &ProgressBar, total_known: bool) {
    let template = if total_known {
        "{bar:40} {human_pos}/{human_len} {prefix}  {eta}"
    } else {
        "{spinner} {human_pos} {prefix}  {elapsed}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
