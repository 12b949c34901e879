//! The details of a case: metadata, the source's own record, history.

use eframe::egui::{Key, OutputCommand};
use egui_kittest::kittest::Queryable as _;
use secondlook::app::actions::Command;
use secondlook::case::{
    Actor, Assessment, CaseId, Check, CheckKind, Incoming, OriginalRef, Outcome, Polarity,
    Probability, RawValue, ReadOptions, Sha256, Side, Source,
};
use secondlook::clock;
use secondlook::config::Workspace;
use secondlook::intake::{self, Limits};
use secondlook::routing::Policy;
use secondlook::store::Store;

use super::{SMALL, fixture, press, record, until, until_label, window};

/// A JPEG whose EXIF names a program and holds a thumbnail.
fn with_thumbnail(jpeg: &[u8], thumbnail: &[u8]) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, n: usize, value: usize| {
        let (n, value) = (n as u32, value as u32);
        let parts = [tag.to_le_bytes(), kind.to_le_bytes()].concat();
        [
            parts,
            n.to_le_bytes().to_vec(),
            value.to_le_bytes().to_vec(),
        ]
        .concat()
    };
    // A header of 8 bytes, a directory of 18, one of 30, then what they point at.
    let software = b"Editor 9\0";
    let (first, second, text) = (8, 26, 56);
    let block = [
        b"II*\0".to_vec(),
        (first as u32).to_le_bytes().to_vec(),
        1_u16.to_le_bytes().to_vec(),
        entry(0x0131, 2, software.len(), text),
        (second as u32).to_le_bytes().to_vec(),
        2_u16.to_le_bytes().to_vec(),
        entry(0x0201, 4, 1, text + software.len()),
        entry(0x0202, 4, 1, thumbnail.len()),
        0_u32.to_le_bytes().to_vec(),
        software.to_vec(),
        thumbnail.to_vec(),
    ]
    .concat();
    let length = u16::try_from(block.len() + 8).unwrap().to_be_bytes();
    let head = [&jpeg[..2], &[0xFF, 0xE1], &length, b"Exif\0\0"].concat();
    [&head, block.as_slice(), &jpeg[2..]].concat()
}

fn screen_replay(probability: f64) -> Check {
    let probability = Probability::new(probability).unwrap();
    let performed = Outcome::Performed { probability };
    Check::new(Side::Front, CheckKind::ScreenReplay, performed)
}

/// One case: a picture whose thumbnail shows another one, two runs that differ, and a vendor's record.
fn workspace() -> (tempfile::TempDir, Workspace, CaseId) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::at(folder.path());
    let now = clock::now();
    let actor = Actor("program".to_owned());
    let policy = Policy::default();
    let mut store = Store::open(&workspace, now).unwrap();

    let plain = fixture::picture(1, SMALL);
    let mut other = image::load_from_memory(&plain).unwrap().into_rgb8();
    image::imageops::flip_horizontal_in_place(&mut other);
    let other = image::imageops::thumbnail(&other, 160, 107);
    let mut thumbnail = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut thumbnail)
        .encode_image(&other)
        .unwrap();
    let bytes = with_thumbnail(&plain, &thumbnail);
    store.originals().put(&bytes).unwrap();
    let picture = intake::load(&bytes, Side::Front, &Limits::default()).unwrap();

    let json = r#"[{"id":"session-1","screen":{"probability":0.90}}]"#;
    let sha256 = store.originals().put(json.as_bytes()).unwrap();
    let mut said = Assessment::empty(Source::IdrndResults);
    said.checks = vec![Check {
        raw: Some(RawValue {
            text: "0.90".to_owned(),
            scale: "probability".to_owned(),
            polarity: Polarity::HigherIsLive,
        }),
        ..screen_replay(0.9)
    }];
    let incoming = Incoming {
        label: "session-1".to_owned(),
        source: Source::IdrndResults,
        external_id: Some("session-1".to_owned()),
        content: Sha256::of(json.as_bytes()),
        original: Some(OriginalRef {
            sha256,
            offset: 1,
            n_bytes: json.len() as u64 - 2,
        }),
        pictures: vec![picture.incoming()],
        options: ReadOptions::default(),
        assessment: Some(said),
    };
    let taken = store.take_in(&[incoming], &policy, &actor, now).unwrap();
    let case = taken[0].case;
    for probability in [0.31, 0.42] {
        store.start(case, now).unwrap();
        let mut run = Assessment::empty(Source::Engine);
        run.checks = vec![screen_replay(probability)];
        store.finish(case, &run, &policy, &actor, now).unwrap();
    }
    store.close(now).unwrap();
    (folder, workspace, case)
}

#[test]
fn one_key_shows_metadata_the_original_and_the_history_in_turn() {
    let (_folder, workspace, case) = workspace();
    let mut window = window(&workspace);
    press(&mut window, Key::I);
    until_label(
        &mut window,
        "The thumbnail in the file shows something else than the picture",
    );
    window.get_by_label("Editor 9");
    let hash = record(&workspace, case).pictures[0].sha256.to_hex();
    window.get_by_label(&hash);

    press(&mut window, Key::I);
    until_label(&mut window, "    \"probability\": 0.90");
    window.get_by_label("0.900, from probability 0.90 (higher is more live)");
    window.get_by_label(Command::CopyRecord.label()).click();
    until(&mut window, "the record is copied", |window| {
        let commands = &window.output().platform_output.commands;
        commands.iter().any(|command| match command {
            OutputCommand::CopyText(text) => text.contains("\"session-1\""),
            _ => false,
        })
    });

    press(&mut window, Key::I);
    until_label(&mut window, "What changed against the run before");
    window.get_by_label("Opened, for 30 min");
    let numbers = ["Screen replay, front", "0.310", "0.420"];
    for text in numbers {
        assert!(window.query_all_by_label(text).next().is_some(), "{text}");
    }

    press(&mut window, Key::G);
    assert!(record(&workspace, case).verdict().is_none());
    press(&mut window, Key::I);
    assert!(window.query_by_label("Opened, for 30 min").is_none());
    press(&mut window, Key::G);
    assert!(record(&workspace, case).verdict().is_some());
}

#[test]
fn the_details_have_a_button_and_tabs_and_escape_closes_them() {
    let (_folder, workspace, _) = workspace();
    let mut window = window(&workspace);
    window.get_by_label(Command::Details.label()).click();
    window.run_steps(8);
    window.get_by_label("History").click();
    window.run_steps(8);
    window.get_by_label("Events");
    press(&mut window, Key::Escape);
    assert!(window.query_by_label("Events").is_none());
}
