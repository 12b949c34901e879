//! A strict JSON reader for one record, into a tree that borrows from it.
//!
//! `serde_json` is not used here because a vendor's number must be kept as it was written
//! (`0.90` is not `0.9` in a record that someone may be asked about), because an error must name
//! its place and the usual mistake behind it, and because at a million records the tree's owned
//! texts are half of the time. The tests hold the two to the same opinion on what JSON is.

use std::borrow::Cow;

/// A value. Numbers keep their characters.
#[derive(Debug, PartialEq)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    /// The text, and its characters as written with the quotes.
    Text(Cow<'a, str>, &'a str),
    List(Vec<Self>),
    Object(Object<'a>),
}

impl Node<'_> {
    /// What it is, for an error.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(..) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// An object's members in their order. A member that has been taken leaves its name behind.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Option<Node<'a>>)>,
}

impl<'a> Object<'a> {
    /// The member called `name`, if there is one and it has not been taken.
    pub(super) fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.members
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, node)| node.as_ref())
    }

    /// Whether there is a member called `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Takes the member called `name`. The error says that there are two of them.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<Node<'a>>, Twice> {
        let mut named = self.members.iter_mut().filter(|(known, _)| known == name);
        let taken = named.next().and_then(|(_, node)| node.take());
        if named.next().is_some() {
            Err(Twice)
        } else {
            Ok(taken)
        }
    }

    /// The names of the members that have not been taken.
    pub(super) fn left(&self) -> impl Iterator<Item = &str> {
        self.members
            .iter()
            .filter(|(_, node)| node.is_some())
            .map(|(name, _)| &**name)
    }

    /// The members that have not been taken.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Node<'a>)> {
        self.members
            .iter()
            .filter_map(|(name, node)| Some((&**name, node.as_ref()?)))
    }
}

/// A name stands twice in one object, so nobody can say which value counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Twice;

/// Where and how a text is not JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The offset in bytes.
    pub(super) at: usize,
    /// What was expected and what was found.
    pub(super) message: String,
}

/// Reads `text`, which must be one JSON value with nothing but white space around it.
pub(super) fn parse(text: &str) -> Result<Node<'_>, SyntaxError> {
    let mut parser = Parser { text, at: 0 };
    parser.skip_space();
    let node = parser.value(0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.expected("the end of the record")),
    }
}

/// Levels of nesting. The formats need six; a hostile file must not exhaust the stack.
const MAX_DEPTH: usize = 128;

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, SyntaxError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("it is nested more than {MAX_DEPTH} levels deep")));
        }
        match self.peek() {
            Some(b'{') => self.object(depth).map(Node::Object),
            Some(b'[') => self.list(depth).map(Node::List),
            Some(b'"') => {
                let start = self.at;
                let text = self.text()?;
                Ok(Node::Text(text, &self.text[start..self.at]))
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(Node::Number),
            _ => {
                let words = [
                    ("true", Node::Bool(true)),
                    ("false", Node::Bool(false)),
                    ("null", Node::Null),
                ];
                for (word, node) in words {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(node);
                    }
                }
                Err(self.expected("a value"))
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object<'a>, SyntaxError> {
        self.at += 1;
        let mut members = Vec::with_capacity(4);
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Object { members });
        }
        loop {
            if self.peek() != Some(b'"') {
                let after_comma = !members.is_empty() && self.peek() == Some(b'}');
                let hint = if after_comma {
                    ": there is a comma too many before it"
                } else {
                    ""
                };
                return Err(self.expected_with("a name in double quotes", hint));
            }
            let name = self.text()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.expected("`:` after the name"));
            }
            self.at += 1;
            self.skip_space();
            members.push((name, Some(self.value(depth + 1)?)));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Object { members });
                }
                _ => return Err(self.expected("`,` or `}`")),
            }
            self.skip_space();
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node<'a>>, SyntaxError> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            if self.peek() == Some(b']') {
                return Err(self.expected_with("a value", ": there is a comma too many before it"));
            }
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return Err(self.expected("`,` or `]`")),
            }
            self.skip_space();
        }
    }

    fn text(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0x00..=0x1F);
        self.at += self.rest().bytes().take_while(|byte| plain(byte)).count();
        if self.peek() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut text = self.text[start..self.at].to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(0x00..=0x1F) | None => {
                    return Err(self.expected_with("`\"` at the end of a text", self.break_hint()));
                }
                Some(_) => {
                    let run = self.at;
                    self.at += self.rest().bytes().take_while(|byte| plain(byte)).count();
                    text.push_str(&self.text[run..self.at]);
                }
            }
        }
    }

    /// What to say of a control character within a text.
    fn break_hint(&self) -> &'static str {
        match self.peek() {
            Some(_) => ": within a text, control characters are written as `\\n`, `\\t`, `\\u001f`",
            None => "",
        }
    }

    /// The character after a backslash.
    fn escape(&mut self) -> Result<char, SyntaxError> {
        let character = match self.peek() {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.expected("one of `\"\\/bfnrtu` after a backslash")),
        };
        self.at += 1;
        Ok(character)
    }

    /// The character of `\uXXXX`, or of a pair of them, from after the first `u`.
    fn unicode_escape(&mut self) -> Result<char, SyntaxError> {
        let start = self.at;
        let first = self.four_digits()?;
        let code = match first {
            0xD800..=0xDBFF if self.rest().starts_with("\\u") => {
                self.at += 2;
                let second = self.four_digits()?;
                if (0xDC00..=0xDFFF).contains(&second) {
                    0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                } else {
                    first
                }
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| SyntaxError {
            at: start,
            message: "expected a character, found one half of a surrogate pair".to_owned(),
        })
    }

    fn four_digits(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.expected("four hexadecimal digits after `\\u`"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.expected("no digit after a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let n_digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += n_digits;
        if n_digits == 0 {
            Err(self.expected("a digit"))
        } else {
            Ok(())
        }
    }

    fn rest(&self) -> &'a str {
        // `at` only ever moves over whole characters or stops before one.
        self.text.get(self.at..).unwrap_or_default()
    }

    fn expected(&self, what: &str) -> SyntaxError {
        self.expected_with(what, "")
    }

    /// `expected WHAT, found …`, and the usual mistake if it looks like one.
    fn expected_with(&self, what: &str, hint: &str) -> SyntaxError {
        let found = describe(self.rest());
        let usual = if hint.is_empty() {
            usual_mistake(self.rest())
        } else {
            hint
        };
        self.error(format!("expected {what}, found {found}{usual}"))
    }

    fn error(&self, message: String) -> SyntaxError {
        SyntaxError {
            at: self.at,
            message,
        }
    }
}

/// The first character of `rest`, for an error. No more than that: the rest may be personal.
pub(super) fn describe(rest: &str) -> String {
    match rest.chars().next() {
        None => "the end".to_owned(),
        Some('\n' | '\r') => "a line break".to_owned(),
        Some('\t') => "a tab".to_owned(),
        Some(control) if control.is_control() => {
            format!("the control character U+{:04X}", u32::from(control))
        }
        Some(character) => format!("`{character}`"),
    }
}

/// What people usually meant who wrote `rest` where JSON has something else.
fn usual_mistake(rest: &str) -> &'static str {
    let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    if starts(&["//", "/*", "#"]) {
        ": JSON has no comments"
    } else if starts(&["NaN", "nan", "Infinity", "-Infinity"]) {
        ": JSON has no NaN and no infinity"
    } else if starts(&["None", "True", "False", "undefined"]) {
        ": JSON writes null, true and false"
    } else if starts(&["'", "\u{201c}", "\u{201d}"]) {
        ": JSON puts texts in straight double quotes"
    } else if starts(&["..."]) {
        ": the sample was shortened here"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = parse(text).expect_err("a syntax error");
        format!("{}: {}", error.at, error.message)
    }

    #[test]
    fn errors_say_where_and_what() {
        for (text, expected) in [
            ("", "0: expected a value, found the end"),
            ("{", "1: expected a name in double quotes, found the end"),
            ("{a: 1}", "1: expected a name in double quotes, found `a`"),
            (
                "{'a': 1}",
                "1: expected a name in double quotes, found `'`: JSON puts texts in straight double quotes",
            ),
            (r#"{"a" 1}"#, "5: expected `:` after the name, found `1`"),
            (r#"{"a":}"#, "5: expected a value, found `}`"),
            (r#"{"a": 1 "b": 2}"#, "8: expected `,` or `}`, found `\"`"),
            (
                r#"{"a": 1,}"#,
                "8: expected a name in double quotes, found `}`: there is a comma too many before it",
            ),
            (
                "[1, 2,]",
                "6: expected a value, found `]`: there is a comma too many before it",
            ),
            ("[1 2]", "3: expected `,` or `]`, found `2`"),
            ("[1, 2", "5: expected `,` or `]`, found the end"),
            (
                "{\"a\": 1 // no\n}",
                "8: expected `,` or `}`, found `/`: JSON has no comments",
            ),
            (
                r#"{"a": /* no */ 1}"#,
                "6: expected a value, found `/`: JSON has no comments",
            ),
            (
                r#"{"a": NaN}"#,
                "6: expected a value, found `N`: JSON has no NaN and no infinity",
            ),
            (
                r#"{"a": -Infinity}"#,
                "7: expected a digit, found `I`: JSON has no NaN and no infinity",
            ),
            (
                r#"{"a": None}"#,
                "6: expected a value, found `N`: JSON writes null, true and false",
            ),
            (r#"{"a": .5}"#, "6: expected a value, found `.`"),
            (r#"{"a": 5.}"#, "8: expected a digit, found `}`"),
            (r#"{"a": 1e}"#, "8: expected a digit, found `}`"),
            (
                r#"{"a": 012}"#,
                "7: expected no digit after a leading zero, found `1`",
            ),
            (
                r#"{"a": "b"#,
                "8: expected `\"` at the end of a text, found the end",
            ),
            (
                "{\"a\": \"b\nc\"}",
                "8: expected `\"` at the end of a text, found a line break: within a text, control characters are written as `\\n`, `\\t`, `\\u001f`",
            ),
            (
                r#"{"a": "\x"}"#,
                "8: expected one of `\"\\/bfnrtu` after a backslash, found `x`",
            ),
            (
                r#"{"a": "\u12g4"}"#,
                "11: expected four hexadecimal digits after `\\u`, found `g`",
            ),
            (
                r#"{"a": "\ud800"}"#,
                "9: expected a character, found one half of a surrogate pair",
            ),
            (
                r#"{"a": 1}}"#,
                "8: expected the end of the record, found `}`",
            ),
            (
                r#"{"a": ...}"#,
                "6: expected a value, found `.`: the sample was shortened here",
            ),
        ] {
            assert_eq!(message(text), expected, "{text}");
        }
        let deep = "[".repeat(1000);
        assert_eq!(
            message(&deep),
            "129: it is nested more than 128 levels deep"
        );
    }

    #[test]
    fn values_come_out_as_written() {
        let Ok(Node::Object(mut object)) =
            parse(r#" {"a": 0.90, "b": "x\u00e9\ud83d\ude00\n", "a2": [true, null, -1.5E+3]} "#)
        else {
            panic!("an object")
        };
        assert_eq!(object.take("a"), Ok(Some(Node::Number("0.90"))));
        assert_eq!(object.take("a"), Ok(None));
        let Ok(Some(Node::Text(text, raw))) = object.take("b") else {
            panic!("a text")
        };
        assert_eq!((&*text, raw), ("xé😀\n", r#""x\u00e9\ud83d\ude00\n""#));
        assert_eq!(object.left().collect::<Vec<_>>(), ["a2"]);
        let list = vec![Node::Bool(true), Node::Null, Node::Number("-1.5E+3")];
        assert_eq!(object.take("a2"), Ok(Some(Node::List(list))));
    }

    #[test]
    fn a_name_given_twice_is_no_answer() {
        let Ok(Node::Object(mut object)) = parse(r#"{"a": 1, "b": 2, "a": 3}"#) else {
            panic!()
        };
        assert_eq!(object.take("a"), Err(Twice));
        assert_eq!(object.take("b"), Ok(Some(Node::Number("2"))));
    }

    #[test]
    fn we_and_serde_json_agree_on_what_json_is() {
        let sample = r#"{"a":[1,-0.5e+3,"x\"\u00e9\\",{"b":null,"c":[true,false]}],"d":{},"e":[]}"#;
        let alphabet = br#"{}[]",:\/.-+0123456789eEtrufalsn "#;
        let mut seed = 11_u64;
        let mut below = |end: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % end
        };
        let mut n_valid = 0;
        for _ in 0..30_000 {
            let mut bytes = sample.as_bytes().to_vec();
            for _ in 0..=below(2) {
                let at = below(bytes.len());
                match below(3) {
                    0 => bytes[at] = alphabet[below(alphabet.len())],
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, alphabet[below(alphabet.len())]),
                }
            }
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text);
            let ours = parse(&text);
            n_valid += usize::from(ours.is_ok());
            assert_eq!(ours.is_ok(), theirs.is_ok(), "{text}\n{ours:?}\n{theirs:?}");
        }
        assert!(n_valid > 1000);
    }
}
