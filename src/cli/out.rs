//! The one place that writes to standard output: lines for a person or objects for a program, and
//! an end without a fuss when the reader goes away.

use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::intake::Problem;

/// The reader of our output closed it, as `head` does. Nobody is left to tell.
#[derive(Debug, thiserror::Error)]
#[error("the output was closed by its reader")]
pub(super) struct PipeClosed;

/// Wrong use that only shows when the words are put together. Exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// Standard output, and notes beside it on standard error.
pub(super) struct Out {
    writer: Box<dyn Write + Send>,
    /// One JSON object a line instead of words.
    pub(super) json: bool,
    /// How many items were reported as failed.
    pub(super) n_problems: usize,
}

impl Out {
    /// Standard output, buffered; a terminal sees each line at once.
    pub(super) fn stdout(json: bool) -> Self {
        let stdout = io::stdout();
        let writer: Box<dyn Write + Send> = if stdout.is_terminal() {
            Box::new(io::LineWriter::new(stdout))
        } else {
            Box::new(io::BufWriter::new(stdout))
        };
        Self {
            writer,
            json,
            n_problems: 0,
        }
    }

    /// A line for a person; nothing is printed where a program reads.
    pub(super) fn say(&mut self, line: &str) -> anyhow::Result<()> {
        if self.json {
            return Ok(());
        }
        let written = self
            .writer
            .write_all(line.as_bytes())
            .and_then(|()| self.writer.write_all(b"\n"));
        told(written)
    }

    /// An object for a program; nothing is printed where a person reads.
    pub(super) fn object(&mut self, object: &impl Serialize) -> anyhow::Result<()> {
        if !self.json {
            return Ok(());
        }
        let mut line = serde_json::to_vec(object)?;
        line.push(b'\n');
        told(self.writer.write_all(&line))
    }

    /// Says that an item failed: an object on standard output for a program, a line on standard
    /// error for a person. The command then ends with exit code 1.
    pub(super) fn problem(&mut self, problem: &Problem) -> anyhow::Result<()> {
        self.n_problems += 1;
        if self.json {
            return self.object(&ProblemJson {
                r#type: "problem",
                item: &problem.item,
                line: problem.place.map(|place| place.line),
                column: problem.place.map(|place| place.column),
                reason: &problem.reason,
                way_out: &problem.way_out,
            });
        }
        // The line belongs after what was printed before it.
        self.flush()?;
        note(&problem.to_string());
        Ok(())
    }

    /// Counts a failed item whose object was printed by the command itself.
    pub(super) fn count_problem(&mut self) {
        self.n_problems += 1;
    }

    /// Everything printed so far reaches its reader: what is acknowledged was stored before.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        told(self.writer.flush())
    }

    /// The stream itself, for whole files such as exports.
    pub(super) fn writer(&mut self) -> &mut dyn Write {
        &mut self.writer
    }
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    r#type: &'a str,
    item: &'a str,
    line: Option<u64>,
    column: Option<u64>,
    reason: &'a str,
    way_out: &'a str,
}

/// A line on standard error. If nobody can read it there is nobody to tell.
pub(super) fn note(line: &str) {
    writeln!(io::stderr(), "{line}").ok();
}

/// A broken pipe as [`PipeClosed`], any other failure with words.
pub(super) fn told(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(PipeClosed.into()),
        Err(error) => Err(anyhow::Error::new(error).context("writing to standard output")),
    }
}
