//! The file of texts against the sources: whatever is used is there, whatever is there is used, with the
//! variables that it takes; and nothing that a person reads is written in the window's own code.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use sources::{root, sources};

/// Literals of the window's code that look like English and are not read by a person at the desk.
const EXCEPTIONS: [(&str, &str); 4] = [
    // As keys are written in the workspace's file.
    ("src/app/keys.rs", "Ctrl"),
    ("src/app/keys.rs", "Alt"),
    ("src/app/keys.rs", "Shift"),
    // Where there is no window: the command line says it.
    (
        "src/app/mod.rs",
        "the window could not be opened: {error} A window needs a display: run this where a desktop \
         is (DISPLAY or WAYLAND_DISPLAY is set), or under `xvfb-run`. The command line needs none: \
         see `secondlook --help`",
    ),
];

#[test]
fn the_file_of_texts_has_no_error_and_no_id_twice() {
    let text = english();
    if let Err((_read, errors)) = FluentResource::try_new(text.clone()) {
        panic!("{errors:?}");
    }
    let starts = text.lines().filter_map(message_start).map(|(id, _)| id);
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> = starts.filter(|id| !seen.insert(*id)).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(seen.len() > 100, "the texts were not found");
}

#[test]
fn a_text_without_variables_is_one_line_of_plain_text() {
    // It is handed out as it lies in the file, without being put together each time.
    for (id, text) in texts() {
        let plain = !text.contains(['{', '\n']);
        assert!(plain || !variables_of(&text).is_empty(), "{id}: {text}");
    }
}

#[test]
fn every_use_is_of_a_text_that_is_there_with_the_variables_that_it_takes() {
    let texts = texts();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (path, source) in sources("src") {
        for (id, given) in Code::of(&source).uses() {
            match texts.get(&id) {
                None => wrong.push(format!("{path}: there is no text {id}")),
                Some(text) => {
                    let taken = variables_of(text);
                    if taken != given {
                        wrong.push(format!(
                            "{path}: {id} takes {taken:?} and is given {given:?}"
                        ));
                    }
                }
            }
            used.insert(id);
        }
    }
    let unused = texts.keys().filter(|id| !used.contains(*id));
    wrong.extend(unused.map(|id| format!("{id} is used nowhere")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_windows_code_has_no_english_of_its_own() {
    let mut found = Vec::new();
    for (path, source) in sources("src/app") {
        for text in Code::of(&source).english() {
            if !EXCEPTIONS.contains(&(path.as_str(), text.as_str())) {
                found.push(format!("{path}: {text:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_scanner_sees_english_and_leaves_the_rest() {
    for source in [
        r#"ui.label("Nothing is running");"#,
        r#"ui.label("Note");"#,
        r#"let text = format!("{n} picked cases");"#,
        "ui.label(\"one \\\n    two\");",
        r##"let text = r#"no "result" here"#;"##,
        r#"let (a, b) = ('"', "and more");"#,
        r#"words!("an-id", name = "more words")"#,
    ] {
        assert!(!Code::of(source).english().is_empty(), "missed: {source}");
    }
    for source in [
        r#"words!("queue-cases", count = n);"#,
        r#"tracing::warn!("the layout was not kept: {error}");"#,
        r#"#[expect(clippy::expect_used, reason = "some more words")]"#,
        r#"// ui.label("Nothing is running");"#,
        r#"Id::unique("find"); format!("{a}: {b} ({c})"); ["json", "JPEG"];"#,
        "#[cfg(test)]\nmod tests { const A: &str = \"two words\"; }",
    ] {
        let found = Code::of(source).english();
        assert!(found.is_empty(), "wrongly seen in {source}: {found:?}");
    }
}

#[test]
fn the_scanner_sees_what_a_text_is_given() {
    let source = r#"words!(
        "a-text",
        count = f(a, b == c),
        name = words!("another"),
    ); words!("a-text.tip")"#;
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    assert_eq!(
        Code::of(source).uses(),
        [
            ("a-text".to_owned(), names(&["count", "name"])),
            ("another".to_owned(), names(&[])),
            ("a-text.tip".to_owned(), names(&[])),
        ]
    );
}

/// The file of texts.
fn english() -> String {
    std::fs::read_to_string(root().join("assets/text/en.ftl")).expect("assets/text/en.ftl")
}

/// Every text by its id, and those of attributes by `message.attribute`.
fn texts() -> BTreeMap<String, String> {
    let file = english();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let (mut message, mut id) = (String::new(), None);
    for line in file.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            id = None;
        } else if let Some((name, text)) = message_start(line) {
            message = name.to_owned();
            id = Some(message.clone());
            // Some have attributes alone.
            if !text.is_empty() {
                texts.insert(message.clone(), text.to_owned());
            }
        } else if let Some((name, text)) = line
            .trim_start()
            .strip_prefix('.')
            .and_then(|line| line.split_once(" ="))
        {
            let of = format!("{message}.{name}");
            texts.insert(of.clone(), text.trim_start().to_owned());
            id = Some(of);
        } else if let Some(text) = id.as_ref().and_then(|id| texts.get_mut(id)) {
            text.push('\n');
            text.push_str(line);
        }
    }
    texts
}

/// `queue-cases` and what follows it in its line, at the line that it begins in.
fn message_start(line: &str) -> Option<(&str, &str)> {
    let (id, text) = line.split_once(" =")?;
    let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    is_id.then_some((id, text.trim_start()))
}

/// The names behind the dollar signs.
fn variables_of(text: &str) -> BTreeSet<String> {
    let after = text.split('$').skip(1);
    after
        .map(|rest| {
            let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
            rest.chars().take_while(is_name).collect()
        })
        .collect()
}

/// A source as the tests read it: without comments and tests, its literals apart.
struct Code {
    /// Each literal left empty.
    bare: String,
    literals: Vec<Literal>,
}

struct Literal {
    /// Where its second quote stands in the bare code.
    at: usize,
    text: String,
}

impl Code {
    fn of(source: &str) -> Self {
        let shipped = source
            .find("#[cfg(test)]")
            .map_or(source, |at| &source[..at]);
        let mut code = Self {
            bare: String::new(),
            literals: Vec::new(),
        };
        let mut rest = shipped;
        while let Some(c) = rest.chars().next() {
            let length = match c {
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                '"' => code.literal(rest, 1, "\"", true),
                'r' if rest.starts_with("r\"") => code.literal(rest, 2, "\"", false),
                'r' if rest.starts_with("r#\"") => code.literal(rest, 3, "\"#", false),
                '\'' if rest.starts_with("'\"'") => 3,
                '\'' if rest.starts_with("'\\") => 4,
                c => {
                    code.bare.push(c);
                    c.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        code
    }

    /// Takes the literal that `rest` begins with; says how long it is.
    fn literal(&mut self, rest: &str, opening: usize, closing: &str, escapes: bool) -> usize {
        let mut text = String::new();
        let mut at = opening;
        while let Some(c) = rest[at..].chars().next() {
            if rest[at..].starts_with(closing) {
                break;
            }
            at += c.len_utf8();
            if escapes && c == '\\' {
                let escaped = rest[at..].chars().next().unwrap_or(' ');
                at += escaped.len_utf8();
                if escaped == '\n' {
                    at += rest[at..].len() - rest[at..].trim_start().len();
                }
                text.push(if escaped == 'n' { ' ' } else { '\u{fffd}' });
                if escaped == '\n' {
                    text.pop();
                }
            } else {
                text.push(c);
            }
        }
        self.bare.push('"');
        let literal = Literal {
            at: self.bare.len(),
            text,
        };
        self.bare.push('"');
        self.literals.push(literal);
        at + closing.len()
    }

    /// Each id that is used, with the names of the variables that it is given.
    fn uses(&self) -> Vec<(String, BTreeSet<String>)> {
        self.calls()
            .map(|(literal, rest)| {
                let end = arguments_end(rest);
                let given = top_level(&rest[..end])
                    .filter_map(|argument| argument.split_once('='))
                    .map(|(name, _)| name.trim().to_owned());
                (literal.text.clone(), given.collect())
            })
            .collect()
    }

    /// The literal that each `words!` begins with, and the bare code after it.
    fn calls(&self) -> impl Iterator<Item = (&Literal, &str)> {
        self.literals.iter().filter_map(|literal| {
            let before = self.bare[..literal.at - 1].trim_end();
            before
                .ends_with("words!(")
                .then(|| (literal, &self.bare[literal.at + 1..]))
        })
    }

    /// The literals that look as if a person was to read them.
    fn english(&self) -> Vec<String> {
        let ids: BTreeSet<usize> = self.calls().map(|(literal, _)| literal.at).collect();
        let read = self.literals.iter().filter(|literal| {
            let statement = self.bare[..literal.at]
                .rsplit([';', '{', '}'])
                .next()
                .unwrap_or_default();
            !ids.contains(&literal.at)
                && !statement.contains("tracing::")
                && !statement.trim_start().starts_with('#')
                && is_english(&literal.text)
        });
        read.map(|literal| literal.text.clone()).collect()
    }
}

/// Two words or more, or one with a capital: what is filled in, and signs, count for nothing.
fn is_english(text: &str) -> bool {
    let mut depth = 0_usize;
    let plain: String = text
        .chars()
        .filter(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect();
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let words: Vec<&str> = plain.split_whitespace().filter(is_word).collect();
    let has_capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    words.len() > 1 || words.iter().any(|word| has_capital(word))
}

/// Where the bracket closes that the code stands in.
fn arguments_end(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// What stands between the commas of one level.
fn top_level(code: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    code.split(move |c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}
