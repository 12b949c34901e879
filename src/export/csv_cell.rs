//! Cells that a spreadsheet shows and does not run.
//!
//! A spreadsheet takes a cell that begins with one of a few characters for a formula, and a file's
//! name or a reviewer's note may come from anybody. Such a cell gets an apostrophe in front, which
//! spreadsheets hide and which says "text" to them. The JSON exports keep every text as it is.

use std::borrow::Cow;

/// The cell with an apostrophe in front where a spreadsheet would take it for a formula.
pub(super) fn safe(cell: &str) -> Cow<'_, str> {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => Cow::Owned(format!("'{cell}")),
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn formulas_become_text_and_all_else_stays() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("0.25", "0.25"),
            ("passport_01", "passport_01"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(safe(cell), expected, "{cell:?}");
        }
    }
}
