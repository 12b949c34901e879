//! Files of records: how they are cut, where they break, what they cost.

use std::io::Read;

use secondlook::case::Sha256;
use secondlook::intake::results;

use crate::{read_all, reason};

/// A record of format A.
fn record(id: u64) -> String {
    format!(r#"{{"sessionId":"s{id}","score":0.5,"hasError":false}}"#)
}

/// The ids of the records in `text`, and its problems as `line:column reason`.
fn outcome(text: impl AsRef<[u8]>) -> (String, Vec<String>) {
    let bytes = text.as_ref();
    let (records, problems) = read_all(bytes);
    let mut ids = Vec::new();
    for record in records {
        // Each record's bytes stand where the record says, and hash to what it says.
        let original = record.incoming.original.unwrap();
        let (start, end) = (
            original.offset as usize,
            (original.offset + original.n_bytes) as usize,
        );
        assert_eq!(Sha256::of(&bytes[start..end]), record.incoming.content);
        assert_eq!(original.sha256, Sha256::of(bytes));
        assert_eq!(record.end, end as u64);
        ids.push(record.incoming.label);
    }
    let problem = |problem: &secondlook::intake::Problem| {
        let place = problem.place.unwrap();
        format!("{}:{} {}", place.line, place.column, problem.reason)
    };
    (ids.join(" "), problems.iter().map(problem).collect())
}

#[test]
fn every_arrangement_of_records_is_read() {
    let [a, b, c] = [1, 2, 3].map(record);
    let page = |records: &str| {
        format!(r#"{{"data": [{records}], "total": 7, "limit": 2, "page": 1, "pages": 4}}"#)
    };
    for (text, expected) in [
        (a.clone(), "s1"),
        (format!("\n\n  {a}  \n"), "s1"),
        (format!("\u{feff}{a}"), "s1"),
        (format!("{a}\n{b}\n{c}\n"), "s1 s2 s3"),
        (format!("{a}\r\n\r\n{b}\r\n{c}"), "s1 s2 s3"),
        (format!("{a} {b}{c}"), "s1 s2 s3"),
        (format!("[{a},{b},\n{c}]"), "s1 s2 s3"),
        (format!("[\r\n  {a},\r\n  {b}\r\n]\r\n"), "s1 s2"),
        ("[]".to_owned(), ""),
        (page(""), ""),
        (page(&a), "s1"),
        (page(&format!("{a}, {b}")), "s1 s2"),
        (format!("{}\n{}", page(&a), page(&b)), "s1 s2"),
        (format!("[{}, {}]", page(&a), page(&b)), "s1 s2"),
        (format!(r#"{{"total": 1, "data" : [ {a} ]}}"#), "s1"),
        (format!("[[{a}], [{b}]]"), "s1 s2"),
        (a.replace(',', ",\n  "), "s1"),
        (format!("{}\n{}", a, b.replace(',', ",\n  ")), "s1 s2"),
        (format!("{}\n{}", a, b.replace(',', ",\n")), "s1 s2"),
        (
            r#"{"sessionId":"}]\"{[\\","score":0.5}"#.to_owned(),
            r#"}]"{[\"#,
        ),
    ] {
        assert_eq!(outcome(&text), (expected.to_owned(), Vec::new()), "{text}");
    }
}

#[test]
fn a_broken_line_is_one_problem_and_the_rest_goes_on() {
    let [a, b, c] = [1, 2, 3].map(record);
    check_problems(&[
        (
            format!("{a}\n{{\"sessionId\":\"x\",\"score\":\n{b}\n{c}\n"),
            "s1 s2 s3",
            &["2:26 expected a value, found the end of the line"],
        ),
        (
            format!("{{\"sessionId\":\"x\",\"score\":\n{b}\n{c}\n"),
            "s2 s3",
            &["3:1 expected `,` or `}`, found `{`"],
        ),
        (
            format!("{a}\n{{\"sessionId\":\"x\n{b}\n"),
            "s1 s2",
            &[
                "2:16 expected `\"` at the end of a text, found a line break: within a text, control characters are written as `\\n`, `\\t`, `\\u001f`",
            ],
        ),
        (
            format!("{a}\n{{\"sessionId\":\"x\",\"score\":[0.5}}\n{b}\n"),
            "s1 s2",
            &["2:30 expected `,` or `]`, found `}`"],
        ),
        (
            format!("{a}\r\n{{\"sessionId\":\"x\",\"score\":0.5,}}\r\n{b}\r\n"),
            "s1 s2",
            &[
                "2:30 expected a name in double quotes, found `}`: there is a comma too many before it",
            ],
        ),
        (
            format!("{a}\n{{\"sessionId\":\"x\",\"score\":NaN}}\n{b}"),
            "s1 s2",
            &["2:26 expected a value, found `N`: JSON has no NaN and no infinity"],
        ),
        (
            format!("{a}\n{b},\n{c}\n"),
            "s1 s2 s3",
            &[
                "2:48 expected `{` or `[`, found `,`: records are set apart by lines, or stand in an array",
            ],
        ),
        (
            format!("{a}\noops, not JSON\n{b}\n"),
            "s1 s2",
            &["2:1 expected `{` or `[`, found `o`"],
        ),
        (
            format!("{a}\n{{\"sessionId\":\"x\",\"sco"),
            "s1",
            &[
                "2:22 expected `\"` at the end of a text, found the end of the file; nothing after it could be read",
            ],
        ),
    ]);
}

#[test]
fn a_broken_record_in_a_list_is_one_problem_and_the_rest_goes_on() {
    let [a, b] = [1, 2].map(record);
    check_problems(&[
        (
            format!("[\n  {a},\n  {{\"sessionId\": nan}},\n  {b}\n]"),
            "s1 s2",
            &["3:17 expected a value, found `n`: JSON has no NaN and no infinity"],
        ),
        (
            format!("[\n  {a},\n  {{\"sessionId\": [1}},\n  {b}\n]"),
            "s1 s2",
            &["3:19 expected `,` or `]`, found `}`"],
        ),
        (
            format!("[{a},{{\"sessionId\": [1}},{b}]"),
            "s1",
            &["1:66 expected `,` or `]`, found `}`; nothing after it could be read"],
        ),
        (
            format!("[{a} {b}]"),
            "s1 s2",
            &["1:50 expected `,` or `]`, found `{`: the comma between two records is missing"],
        ),
        (
            format!("[{a},]"),
            "s1",
            &["1:50 expected a record, found `]`: there is a comma too many before it"],
        ),
        (
            format!("[{a},,{b}]"),
            "s1 s2",
            &["1:50 expected a record, found `,`: there is a comma too many"],
        ),
        (
            format!("[{a}, null, 12, \"x\", {b}]"),
            "s1 s2",
            &["1:51 expected a record, found `n`: a record starts with `{`"],
        ),
        (
            format!("[{a},{b}"),
            "s1 s2",
            &["1:97 expected `,` or `]`, found the end of the file: the list is cut off"],
        ),
        (
            format!("{{\"data\": [{a}], \"total\": 1,}}"),
            "s1",
            &[
                "1:72 around the list's records: expected a name in double quotes, found `}`: there is a comma too many before it",
            ],
        ),
        (
            format!("{{\"data\": [{a}], \"total\": 1"),
            "s1",
            &["1:71 the list's envelope has no end: expected `}`"],
        ),
    ]);
}

/// Texts with the ids of the records to be found in them, and the problems.
fn check_problems(table: &[(String, &str, &[&str])]) {
    for (text, ids, problems) in table {
        let (found, faults) = outcome(text);
        assert_eq!(
            (found.as_str(), faults),
            (*ids, problems.iter().map(|&p| p.to_owned()).collect()),
            "{text}"
        );
    }
}

#[test]
fn columns_are_characters_and_bytes_must_be_utf8() {
    let text = format!("{}\n{{\"sessionId\": \"größe\", \"score\": ?}}", record(1));
    assert_eq!(outcome(&text).1, ["2:33 expected a value, found `?`"]);
    let mut bytes = format!("{}\n{{\"sessionId\": \"", record(1)).into_bytes();
    bytes.extend(b"gr\xF6\xDFe\", \"score\": 1}\n");
    bytes.extend(record(2).as_bytes());
    let (ids, problems) = outcome(&bytes);
    assert_eq!(ids, "s1 s2");
    assert_eq!(problems, ["2:18 expected UTF-8, found a byte that is none"]);
}

#[test]
fn files_that_are_no_json_are_told_at_once() {
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (b" \n\r\n ", "the file is empty"),
        (b"Dear all, {\"a\": 1}", "expected `{` or `[`, found `D`"),
        (
            b"\xFF\xD8\xFF\xE0\0\x10JFIF",
            "expected `{` or `[`, found `\u{FFFD}`",
        ),
        (
            b"\xFF\xFE{\0}\0",
            "the file is UTF-16, and UTF-8 was expected",
        ),
        (b"{\0}\0", "the file is UTF-16, and UTF-8 was expected"),
        (
            b"\x1F\x8B\x08\0",
            "the file is compressed, and JSON was expected",
        ),
        (
            b"# a comment\n{}",
            "expected `{` or `[`, found `#`: JSON has no comments",
        ),
    ] {
        assert_eq!(reason(bytes), expected);
    }
}

#[test]
fn the_documents_own_broken_samples_say_where() {
    // Format B: the braces around it are missing, and it has a comment.
    let sample = include_str!("../data/intake/b-comment-no-braces.json");
    let comment = "19:11 expected `,` or `}`, found `/`: JSON has no comments";
    assert_eq!(
        outcome(sample),
        (
            String::new(),
            vec![
                "1:1 expected `{` or `[`, found `\"`: the braces around the record may be missing"
                    .to_owned(),
                comment.to_owned(),
            ]
        )
    );
    assert_eq!(
        outcome(format!("{{{sample}}}")),
        (String::new(), vec![comment.to_owned()])
    );
    // Without the comment it is a record.
    let without = format!(
        "{{{}}}",
        sample.replace(" // <-- This is the overall result", "")
    );
    let (records, problems) = read_all(&without);
    assert_eq!((records.len(), problems.len()), (1, 0));
    assert_eq!(
        records[0]
            .incoming
            .assessment
            .as_ref()
            .unwrap()
            .checks
            .len(),
        3
    );

    // Format C: one closing brace too many.
    let sample = include_str!("../data/intake/c-brace-too-many.json");
    assert_eq!(
        outcome(sample),
        (
            "document_liveness_123456789".to_owned(),
            vec![
                "46:1 expected `{` or `[`, found `}`: there is a closing brace too many".to_owned()
            ]
        )
    );

    // Format A: the picture was shortened with line breaks.
    let sample = include_str!("../data/intake/a-request-shortened.json");
    assert_eq!(
        outcome(sample).1,
        [
            "2:25 expected `\"` at the end of a text, found a line break: within a text, control characters are written as `\\n`, `\\t`, `\\u001f`; nothing after it could be read"
        ]
    );
}

#[test]
fn the_summary_counts_what_there_was() {
    let text = format!(
        "{{\"data\": [{}, {{\"sessionId\":\"x\",\"score\":1,\"new\":1}}, {{\"no\":1}}], \"total\": 40, \"odd\": 1}}",
        record(1)
    );
    let mut results = results::read(text.as_bytes(), "f", Sha256::of(text.as_bytes()));
    assert_eq!(results.by_ref().count(), 3);
    let summary = results.summary();
    assert_eq!((summary.n_records_in_all(), summary.n_problems), (2, 1));
    assert_eq!(summary.n_announced, Some(40));
    let unknown: Vec<(&str, u64)> = summary
        .unknown_fields
        .iter()
        .map(|(path, n)| (path.as_str(), *n))
        .collect();
    assert_eq!(unknown, [("new", 1), ("odd", 1)]);
    assert_eq!(results.n_bytes(), text.len() as u64);
}

/// Gives out `pieces` in turn until `n_bytes` have been read, in portions that fit nothing.
struct Endless {
    head: Vec<u8>,
    piece: Vec<u8>,
    at: usize,
    left: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.head.is_empty() {
            let n_bytes = self.head.len().min(buffer.len());
            buffer[..n_bytes].copy_from_slice(&self.head[..n_bytes]);
            self.head.drain(..n_bytes);
            return Ok(n_bytes);
        }
        if self.left == 0 {
            return Ok(0);
        }
        let n_bytes = buffer.len().min(4099).min(self.piece.len() - self.at);
        buffer[..n_bytes].copy_from_slice(&self.piece[self.at..self.at + n_bytes]);
        self.at += n_bytes;
        if self.at == self.piece.len() {
            self.at = 0;
            self.left -= 1;
        }
        Ok(n_bytes)
    }
}

#[test]
fn a_large_file_is_never_held() {
    // 200 MB: a list of many small records, one in a thousand with a megabyte of Base64.
    let small = (0..1000).map(record).collect::<Vec<_>>().join(",\n");
    let large = format!(
        r#"{{"sessionId":"p","documentImageBase":"{}"}}"#,
        "A".repeat(1 << 20)
    );
    let piece = format!("{small},\n{large},\n").into_bytes();
    let n_pieces = 200_000_000 / piece.len() as u64;
    let n_bytes = n_pieces * piece.len() as u64;
    let file = Endless {
        head: b"{\"total\":0,\"data\":[\n".to_vec(),
        piece,
        at: 0,
        left: n_pieces,
    };
    let mut results = results::read(file, "f", Sha256::of(b""));
    let mut n_records = 0;
    for item in results.by_ref() {
        match item {
            Ok(record) => {
                n_records += 1;
                assert!(record.pictures.is_empty() || record.pictures[0].1.len() == 3 << 18);
            }
            Err(problem) => assert!(
                problem.reason.contains("found the end of the file"),
                "{problem}"
            ),
        }
    }
    assert_eq!(n_records, n_pieces * 1001);
    assert!(results.n_bytes() >= n_bytes);
    assert!(
        results.peak_bytes() < 4 << 20,
        "{} bytes were held",
        results.peak_bytes()
    );
}

#[test]
fn a_record_beyond_the_limit_is_named_and_passed_over() {
    let head = format!(
        "{}\n{{\"sessionId\":\"x\",\"documentImageBase\":\"",
        record(1)
    )
    .into_bytes();
    let tail = format!("\"}}\n{}\n", record(2)).into_bytes();
    let middle = Endless {
        head,
        piece: vec![b'A'; 1 << 20],
        at: 0,
        left: 40,
    };
    let file = middle.chain(&tail[..]);
    let mut results = results::read(file, "f", Sha256::of(b""));
    let items: Vec<String> = results
        .by_ref()
        .map(|item| {
            item.map_or_else(
                |problem| problem.to_string(),
                |record| record.incoming.label,
            )
        })
        .collect();
    assert_eq!(
        items,
        [
            "s1",
            "f, record 2, line 2, column 1: the record is larger than 32 MiB, the limit for one record. Add the record's pictures as files of their own, and import it without them",
            "s2",
        ]
    );
    assert!(
        results.peak_bytes() < 48 << 20,
        "{} bytes were held",
        results.peak_bytes()
    );
}

#[test]
fn a_disk_that_fails_is_a_problem_at_the_end() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _buffer: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let text = record(1) + "\n";
    let items: Vec<_> =
        results::read(text.as_bytes().chain(Broken), "f", Sha256::of(b"")).collect();
    assert_eq!(items.len(), 2);
    assert!(items[0].is_ok());
    let problem = items[1].as_ref().unwrap_err();
    assert_eq!(
        problem.reason,
        "the file could not be read any further: the disk is gone"
    );
}

#[test]
fn no_cut_and_no_noise_ends_the_program() {
    let samples = [
        format!("{}\n{}\n{}\n", record(1), record(2), record(3)),
        format!(
            "{{\"data\": [\n  {},\n  {}\n], \"total\": 2}}",
            record(1),
            record(2)
        ),
        include_str!("../data/intake/c-brace-too-many.json").to_owned(),
        format!(
            "{{{}}}",
            include_str!("../data/intake/b-comment-no-braces.json")
        ),
    ];
    let mut seed = 3_u64;
    let mut below = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % end
    };
    for sample in &samples {
        let bytes = sample.as_bytes();
        for length in 0..bytes.len() {
            let (records, problems) = read_all(&bytes[..length]);
            assert!(
                !records.is_empty() || !problems.is_empty(),
                "cut to {length}"
            );
        }
        for _ in 0..2000 {
            let mut noisy = bytes.to_vec();
            for _ in 0..=below(6) {
                let at = below(noisy.len());
                match below(3) {
                    0 => noisy[at] = u8::try_from(below(256)).unwrap(),
                    1 => drop(noisy.remove(at)),
                    _ => noisy.insert(at, b"{}[]\",:\\/\n"[below(10)]),
                }
            }
            // Whatever comes, it comes to an end, and every record stands where it says.
            outcome_of_noise(&noisy);
        }
    }
}

fn outcome_of_noise(bytes: &[u8]) {
    for record in read_all(bytes).0 {
        let original = record.incoming.original.unwrap();
        let (start, end) = (
            original.offset as usize,
            (original.offset + original.n_bytes) as usize,
        );
        assert_eq!(Sha256::of(&bytes[start..end]), record.incoming.content);
    }
}
