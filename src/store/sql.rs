//! The shared types as SQLite values, and SQLite's errors in words.

use rusqlite::ErrorCode;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::case::{
    Actor, AssessmentId, CaseId, CheckKind, Label, Live, Look, Probability, Route, Sha256, Side,
    Source, Status, Time, VerdictId,
};

use super::standing::Standing;
use super::types::View;

/// Newtypes around whole numbers.
macro_rules! number {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.0))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )*};
}

/// Enums with a name and a way back from it.
macro_rules! word {
    ($($name:ident),*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.name()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(FromSqlError::other)
            }
        }
    )*};
}

number!(CaseId, AssessmentId, VerdictId, Time);
word!(Label, Look, Route, Source, Status);

impl ToSql for Actor {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_str()))
    }
}

impl FromSql for Actor {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(|name| Self(name.to_owned()))
    }
}

impl ToSql for Sha256 {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for Sha256 {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(Self)
    }
}

impl ToSql for Probability {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.get()))
    }
}

impl FromSql for Probability {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::new(value.as_f64()?).map_err(FromSqlError::other)
    }
}

impl ToSql for Live {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.number()))
    }
}

impl FromSql for Live {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::try_from(u8::column_result(value)?).map_err(FromSqlError::other)
    }
}

impl ToSql for Side {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.name()))
    }
}

impl FromSql for Side {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        side(value.as_str()?)
    }
}

/// Views are numbers in the file, because the queue's index begins with them.
impl ToSql for View {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(number_of(*self)))
    }
}

impl FromSql for View {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::ALL
            .into_iter()
            .find(|&view| view != Self::All && number_of(view) == number)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Standing {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(standing_number(*self)))
    }
}

impl FromSql for Standing {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::ALL
            .into_iter()
            .find(|&standing| standing_number(standing) == number)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

/// A check on a side in one column: `front.screenReplay`.
pub(super) struct Worst(pub(super) Side, pub(super) CheckKind);

impl ToSql for Worst {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(format!(
            "{}.{}",
            self.0.name(),
            self.1.name()
        )))
    }
}

impl FromSql for Worst {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let (of_side, kind) = text.split_once('.').ok_or(FromSqlError::InvalidType)?;
        let kind = kind.parse().map_err(FromSqlError::other)?;
        Ok(Self(side(of_side)?, kind))
    }
}

/// SQLite's error in words, with the way out where there is one.
pub(super) fn explain(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program kept the workspace busy for too long: try again"
        }
        Some(ErrorCode::DiskFull) => "the disk is full: make room and try again",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "the workspace cannot be written or opened: look at its permissions"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "the database is damaged: stop, keep a copy of the workspace, and run `secondlook verify`"
        }
        _ => return error.to_string(),
    };
    format!("{advice} ({error})")
}

/// The number of a view in the file. Never renumber; `All` is no case's view and has none.
pub(super) fn number_of(view: View) -> i64 {
    match view {
        View::Waiting => 0,
        View::Inbox => 1,
        View::Accepted => 2,
        View::Rejected => 3,
        View::Retake => 4,
        View::Decided => 5,
        View::Failed => 6,
        View::Held => 7,
        View::Escalated => 8,
        View::SecondLook => 9,
        View::Adjudication => 10,
        View::All => -1,
    }
}

/// The number of a standing in the file. Never renumber.
fn standing_number(standing: Standing) -> i64 {
    match standing {
        Standing::Open => 0,
        Standing::Held => 1,
        Standing::Escalated => 2,
        Standing::Decided => 3,
        Standing::SecondLook => 4,
        Standing::Adjudication => 5,
    }
}

fn side(name: &str) -> FromSqlResult<Side> {
    Side::ALL
        .into_iter()
        .find(|side| side.name() == name)
        .ok_or(FromSqlError::InvalidType)
}
