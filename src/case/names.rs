//! The way back from the names that the plain data's enums bear in files and on the command line.

/// A word that is none of those expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a word known here")]
pub struct UnknownWord(String);

impl UnknownWord {
    /// Keeps at most 40 characters of `word`, which may come from anybody.
    #[must_use]
    pub fn new(word: &str) -> Self {
        Self(word.chars().take(40).collect())
    }
}

/// Implements `FromStr` for an enum with `ALL` and `name()`: large and small letters are alike, and so are
/// underscores and hyphens.
macro_rules! from_name {
    ($name:ty) => {
        impl std::str::FromStr for $name {
            type Err = $crate::case::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                let alike = |name: &str| {
                    let plain = |c: char| {
                        if c == '-' {
                            '_'
                        } else {
                            c.to_ascii_lowercase()
                        }
                    };
                    name.chars().map(plain).eq(word.chars().map(plain))
                };
                Self::ALL
                    .into_iter()
                    .find(|each| alike(each.name()))
                    .ok_or_else(|| $crate::case::UnknownWord::new(word))
            }
        }
    };
}
pub(crate) use from_name;
