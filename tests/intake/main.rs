//! The boundary to the outside: pictures, folders and other people's JSON.

mod finding;
mod pictures;
