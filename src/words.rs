//! What a person reads, in one place: `assets/text/en.ftl`, which the window's views and the names of the
//! plain data are worded by.
//!
//! `words!("welcome-none-open")` is a text without variables and costs one look into a table;
//! `words!("history-earlier", count = n)` is one with variables: numbers are grouped and choose a plural, texts
//! stand as they are. `words!("command-undo.tip")` is an attribute of a message. `tests/words.rs` holds
//! every use to the file, so that nothing is missing while the program runs.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// Gives a text by its id: `&'static str` without variables, else `String`.
macro_rules! words {
    ($id:literal) => {
        $crate::words::plain($id)
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::filled($id, [$((stringify!($name), ($value).into())),+])
    };
}
pub(crate) use words;

type Bundle = FluentBundle<FluentResource>;

/// The language in use. Another one is another file, named here.
static CHOSEN: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en", include_str!("../assets/text/en.ftl")));

fn bundle(language: &str, texts: &str) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
    // No marks of direction around what is filled in: a text is what is written and nothing else.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _language| match value {
        FluentValue::Number(number) => Some(grouped(number.value as u64, words!("number-groups"))),
        _ => None,
    }));
    // What cannot be read of a damaged file is left out, and stands on screen by its id.
    let texts = FluentResource::try_new(texts.to_owned()).unwrap_or_else(|(read, _errors)| read);
    bundle.add_resource_overriding(texts);
    bundle
}

/// The text of an id, for [`words!`].
pub(crate) fn plain(id: &'static str) -> &'static str {
    match format(id, None) {
        Some(Cow::Borrowed(text)) => text,
        Some(Cow::Owned(_)) | None => id,
    }
}

/// The text of an id with its variables filled in, for [`words!`].
pub(crate) fn filled<const N: usize>(
    id: &'static str,
    variables: [(&'static str, FluentValue<'_>); N],
) -> String {
    let variables: FluentArgs<'_> = variables.into_iter().collect();
    format(id, Some(&variables)).map_or_else(|| id.to_owned(), Cow::into_owned)
}

fn format(id: &str, variables: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
    let (message, attribute) = match id.split_once('.') {
        Some((message, attribute)) => (message, Some(attribute)),
        None => (id, None),
    };
    let message = CHOSEN.get_message(message)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    Some(CHOSEN.format_pattern(pattern, variables, &mut Vec::new()))
}

/// `1,204,000`, with this language's sign between the groups.
fn grouped(n: u64, between: &str) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push_str(between);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        for (n, expected) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_204_000, "1,204,000"),
        ] {
            assert_eq!(grouped(n, ","), expected);
        }
    }

    #[test]
    fn a_number_chooses_its_plural_and_nothing_is_put_around_it() {
        for (n, expected) in [
            (0_u64, "and 0 earlier events"),
            (1, "and 1 earlier event"),
            (1_204_000, "and 1,204,000 earlier events"),
        ] {
            assert_eq!(words!("history-earlier", count = n), expected);
        }
    }

    #[test]
    fn a_message_and_its_attribute_are_two_texts() {
        assert_eq!(words!("command-undo"), "Undo verdict");
        let tip = "Take your latest verdict back; a verdict on many cases as one";
        assert_eq!(words!("command-undo.tip"), tip);
    }
}
