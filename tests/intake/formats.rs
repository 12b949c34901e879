//! Each format's records: what they say, and what is refused.

use secondlook::case::{
    Assessment, Check, ErrorCode, Outcome, Polarity, Side, Source, ThresholdOrigin,
};

use crate::{read_all, read_one, reason};

fn assessment(text: &str) -> Assessment {
    let record = read_one(text);
    let assessment = record.incoming.assessment.expect("a result");
    assert_eq!(assessment.source, record.incoming.source);
    assessment
}

/// A check in one line: side, name, outcome, raw text and scale, threshold, what was said.
fn line(check: &Check) -> String {
    let mut line = format!("{} {}", check.side.name(), check.kind.name());
    match &check.outcome {
        Outcome::Performed { probability } => line += &format!(" {}", probability.get()),
        Outcome::NotPerformed { reason } => line += &format!(" not performed ({reason})"),
        Outcome::Error { reason } => line += &format!(" error ({reason})"),
    }
    if let Some(raw) = &check.raw {
        assert_eq!(raw.polarity, Polarity::HigherIsLive);
        line += &format!(" from {} {}", raw.scale, raw.text);
    }
    if let Some(threshold) = check.threshold {
        assert_eq!(threshold.origin, ThresholdOrigin::Record);
        line += &format!(" at {}", threshold.value.get());
    }
    if let Some(live) = check.said_live {
        line += &format!(" said {}", live.number());
    }
    if let Some(calibration) = check.calibration {
        line += &format!(" {}", calibration.name());
    }
    if let Some(model) = &check.model {
        line += &format!(" by {model}");
    }
    line
}

fn lines(assessment: &Assessment) -> Vec<String> {
    assessment.checks.iter().map(line).collect()
}

fn unknown(assessment: &Assessment) -> &[String] {
    &assessment.vendor.as_ref().unwrap().unknown_fields
}

// Format A.

#[test]
fn a_score_alone_is_kept_alone() {
    let record = read_one(r#"{"sessionId": "s-1", "score": 0.9997104, "hasError": false}"#);
    assert_eq!(record.incoming.source, Source::LivenessApi);
    assert_eq!(
        record.incoming.external_id.as_deref(),
        Some("liveness-api:s-1")
    );
    assert_eq!(record.incoming.label, "s-1");
    let said = record.incoming.assessment.unwrap();
    let overall = said.overall.unwrap();
    assert_eq!(overall.score.unwrap().get(), 0.999_710_4);
    // The band belongs to the source's policy; the record sets no threshold.
    assert_eq!((overall.threshold, overall.said_live), (None, None));
    assert_eq!((said.checks.len(), said.errors.len()), (0, 0));
}

#[test]
fn a_error_has_no_score() {
    for (text, expected) in [
        (
            r#"{"sessionId":"s","hasError":true,"error":"DOCUMENT_NOT_FOUND"}"#,
            "DOCUMENT_NOT_FOUND",
        ),
        (
            r#"{"sessionId":"s","hasError":true,"error":"TOO_MANY_DOCUMENTS"}"#,
            "TOO_MANY_DOCUMENTS",
        ),
        (
            r#"{"sessionId":"s","hasError":true,"error":"document cropped"}"#,
            "DOCUMENT_CROPPED",
        ),
        (
            r#"{"sessionId":"s","hasError":true,"error":"Engine busy"}"#,
            "Engine busy",
        ),
        (
            r#"{"sessionId":"s","hasError":true}"#,
            "ERROR_WITHOUT_A_CODE",
        ),
        (
            r#"{"sessionId":"s","hasError":true,"error":null,"score":null}"#,
            "ERROR_WITHOUT_A_CODE",
        ),
        (
            r#"{"sessionId":"s","hasError":true,"error":"DOCUMENT_CROPPED","score":0}"#,
            "DOCUMENT_CROPPED",
        ),
    ] {
        let said = assessment(text);
        assert_eq!(
            said.errors,
            [ErrorCode::from(expected.to_owned())],
            "{text}"
        );
        assert_eq!(said.overall, None, "{text}");
    }
}

#[test]
fn a_values_out_of_bounds_reject_the_record() {
    let with_score =
        |score: &str| format!(r#"{{"sessionId":"s","hasError":false,"score":{score}}}"#);
    for (score, expected) in [
        (
            "1.01",
            "`score` is 1.01, and a probability lies between 0 and 1",
        ),
        (
            "-0.1",
            "`score` is -0.1, and a probability lies between 0 and 1",
        ),
        (
            "-999999",
            "`score` is -999999, which stands for a failed call",
        ),
        (
            "-999999.0",
            "`score` is -999999.0, which stands for a failed call",
        ),
        ("1e400", "`score` is 1e400, which is no finite number"),
        (r#""NaN""#, r#"`score` is "NaN", which is no finite number"#),
        (
            r#""high""#,
            r#"`score` is "high", which is no finite number"#,
        ),
        (
            "true",
            "`score` is true or false, and a number was expected",
        ),
        ("[0.5]", "`score` is a list, and a number was expected"),
        ("null", "the record has neither a score nor an error"),
        ("0.5, \"score\": 0.6", "`score` is given twice"),
    ] {
        assert_eq!(reason(with_score(score)), expected);
    }
    assert_eq!(
        reason(r#"{"sessionId":"s","hasError":"perhaps","score":0.5}"#),
        "`hasError` is a text, and true or false was expected"
    );
    for score in ["0", "1", "0.0", "1.0", "5e-1", "\"0.25\""] {
        assert!(assessment(&with_score(score)).overall.is_some(), "{score}");
    }
}

#[test]
fn a_request_brings_pictures() {
    let record = read_one(
        r#"{"sessionId":"s-2","frontSideImageBase":"data:image/png;base64,AAEC","backSideImageBase":"_-8="}"#,
    );
    assert_eq!(
        record.incoming.external_id.as_deref(),
        Some("liveness-api:s-2")
    );
    assert_eq!(record.incoming.assessment, None);
    let expected = vec![(Side::Front, vec![0, 1, 2]), (Side::Back, vec![0xFF, 0xEF])];
    assert_eq!(record.pictures, expected);
    let record = read_one(r#"{"documentImageBase":"AAEC"}"#);
    assert_eq!(record.pictures, [(Side::Front, vec![0, 1, 2])]);
    assert_eq!(record.incoming.label, "file.json, record 1");
}

#[test]
fn a_url_is_not_fetched_and_the_other_side_is_taken() {
    let text = r#"{"sessionId":"s","frontSideImageBase":"https://example.org/x.jpg","backSideImageBase":"AAEC"}"#;
    let (records, problems) = read_all(text);
    assert_eq!(records[0].pictures, [(Side::Back, vec![0, 1, 2])]);
    assert_eq!(
        problems[0].reason,
        "`frontSideImageBase` is a URL, and URLs are not fetched"
    );
    assert!(problems[0].way_out.starts_with("Download the picture"));
    assert_eq!(
        reason(r#"{"documentImageBase":"not base64!"}"#),
        "`documentImageBase` is not a picture in Base64: character 10 is not of its alphabet"
    );
    assert_eq!(
        reason(r#"{"documentImageBase":7}"#),
        "`documentImageBase` is a number, and Base64 was expected"
    );
    assert_eq!(
        reason(r#"{"documentImageBase":null}"#),
        "the request holds no picture"
    );
}

// Format B.

#[test]
fn b_checks_come_with_their_thresholds() {
    let said = assessment(
        r#"{"documentLivenessIdRnD": {"success": true, "result": true, "message": "",
            "imageQualityFindings": [{"code": "GLARE_ON_IMAGE", "message": "Glare"}],
            "data": {
              "front": {
                "screenReplay": {"threshold": 0.8, "live": 1, "probability": 0.900},
                "printedCopy": {"threshold": 0.5, "live": "0", "probability": 0.01},
                "portraitSubstitution": {"threshold": 0.5, "live": 2, "probability": null},
                "live": 0},
              "back": {
                "screenReplay": {"threshold": 0.5, "live": 2, "probability": 0},
                "printedCopy": {"threshold": null, "live": "1", "probability": "1"},
                "live": "1"}}}}"#,
    );
    assert_eq!(
        lines(&said),
        [
            "front screenReplay 0.9 from probability 0.900 at 0.8 said 1",
            "front printedCopy 0.01 from probability 0.01 at 0.5 said 0",
            "front portraitSubstitution not performed (the source says that it was not performed) at 0.5 said 2",
            "back screenReplay not performed (the source says that it was not performed) from probability 0 at 0.5 said 2",
            "back printedCopy 1 from probability \"1\" said 1",
        ]
    );
    assert_eq!(
        said.overall.as_ref().unwrap().said_live.unwrap().number(),
        0
    );
    assert_eq!(said.findings[0].message, "Glare");
    assert_eq!(unknown(&said), [""; 0]);
}

#[test]
fn b_is_known_under_each_of_its_wrappings() {
    let inner = r#"{"data": {"back": null, "front": {"screenReplay": {"live": 1, "threshold": 0.5, "probability": 1.0}}}}"#;
    for (text, id) in [
        (inner.to_owned(), None),
        (format!(r#"{{"documentLivenessIdRnD": {inner}}}"#), None),
        (format!(r#"{{"document_livenessIdRnD": {inner}}}"#), None),
        (
            format!(r#"{{"transactionId": "t", "documentLivenessIdRnD": {inner}}}"#),
            Some("t"),
        ),
        (
            format!(r#"{{"session_id": "t", "signals": {{"document_livenessIdRnD": {inner}}}}}"#),
            Some("t"),
        ),
        (
            format!(r#"{{"data": {{"results": {{"documentLivenessIdRnD": {inner}}}}}}}"#),
            None,
        ),
    ] {
        let record = read_one(&text);
        assert_eq!(record.incoming.source, Source::IdrndResults, "{text}");
        let external_id = id.map(|id| format!("idrnd-results:{id}"));
        assert_eq!(record.incoming.external_id, external_id, "{text}");
        let expected = "front screenReplay 1 from probability 1.0 at 0.5 said 1";
        assert_eq!(
            lines(&record.incoming.assessment.unwrap()),
            [expected],
            "{text}"
        );
    }
}

#[test]
fn b_other_signals_are_listed_and_no_hindrance() {
    let said = assessment(
        r#"{"faceMatch": {"score": 12}, "documentLivenessIdRnD": {"new": 1, "data": {"front":
            {"live": 1, "screenReplay": {"live": 1, "probability": 1, "extra": []}}}}, "ip": "x"}"#,
    );
    let expected = [
        "documentLivenessIdRnD.data.front.screenReplay.extra",
        "documentLivenessIdRnD.new",
        "faceMatch",
        "ip",
    ];
    let mut listed = unknown(&said).to_vec();
    listed.sort();
    assert_eq!(listed, expected);
}

#[test]
fn b_without_a_result_says_why() {
    let wrapped = |inner: &str| format!(r#"{{"documentLivenessIdRnD": {{{inner}}}}}"#);
    for (inner, expected) in [
        (
            r#""success": false, "message": "DOCUMENT_NOT_FOUND", "data": null"#,
            "DOCUMENT_NOT_FOUND",
        ),
        (
            r#""success": false, "result": false, "data": {"front": null, "back": null}"#,
            "ERROR_WITHOUT_A_CODE",
        ),
        (
            r#""success": true, "result": false, "message": "no image", "imageQualityFindings": []"#,
            "no image",
        ),
        (
            r#""success": false, "imageQualityFindings": [{"code": "DOCUMENT_CROPPED", "message": "m"}]"#,
            "DOCUMENT_CROPPED",
        ),
    ] {
        let said = assessment(&wrapped(inner));
        assert_eq!(
            said.errors,
            [ErrorCode::from(expected.to_owned())],
            "{inner}"
        );
        assert_eq!(said.checks, []);
    }
    let empty = wrapped(r#""success": true, "result": true, "data": {"front": {}}"#);
    assert_eq!(
        reason(empty),
        "the record holds no checks of a front or a back"
    );
    let null = wrapped(
        r#""data": {"front": {"printedCopy": {"live": 0, "threshold": 0.5, "probability": null}}}"#,
    );
    assert_eq!(
        lines(&assessment(&null)),
        ["front printedCopy not performed (the record gives no value) at 0.5 said 0"]
    );
    let schema = wrapped(r#""type": "object", "properties": {"success": {"type": "boolean"}}"#);
    assert_eq!(
        reason(schema),
        "this describes the format of a record and is none itself"
    );
}

#[test]
fn b_values_out_of_bounds_reject_the_record() {
    for (check, expected) in [
        (
            r#"{"live": 3, "probability": 1}"#,
            "`data.front.screenReplay.live` is neither 0 (not live), 1 (live) nor 2 (not performed)",
        ),
        (
            r#"{"live": 1, "probability": 1.5}"#,
            "`data.front.screenReplay.probability` is 1.5, and a probability lies between 0 and 1",
        ),
        (
            r#"{"live": 1, "probability": 1, "threshold": -999999}"#,
            "`data.front.screenReplay.threshold` is -999999, which stands for a failed call",
        ),
        (
            "[1]",
            "`data.front.screenReplay` is a list, and an object was expected",
        ),
    ] {
        let text = format!(r#"{{"data": {{"front": {{"screenReplay": {check}}}}}}}"#);
        assert_eq!(reason(&text), expected, "{text}");
    }
}

// Format C.

#[test]
fn c_documented_shape() {
    let record = read_one(
        r#"{"_id": "d1", "client": "c", "appRegistration": "a", "imageSaved": true, "imageUrl": "https://x",
            "status": "completed",
            "validationResults": {
              "screenReplay": {"passed": true, "score": 0.95, "details": "No screen replay detected"},
              "printedCopy": {"passed": false, "score": 0.20, "details": "Moire"},
              "portraitSubstitution": {"passed": true, "score": null},
              "digitalManipulation": null},
            "calibrationSettings": {"screenReplayCalibration": "HARD", "printedCopyCalibration": "SOFT",
              "portraitSubstitutionCalibration": "odd"},
            "validationFlags": {"ignoreDocumentCroppedValidation": true, "ignoreColourLessValidation": false},
            "riskScore": 0.05, "confidence": 0.910,
            "createdAt": "2024-01-15T10:30:00Z", "updatedAt": "2024-01-15T10:32:00Z", "extra": {}}"#,
    );
    assert_eq!(record.incoming.source, Source::LivenessObject);
    assert_eq!(
        record.incoming.external_id.as_deref(),
        Some("liveness-object:d1")
    );
    let options = record.incoming.options;
    assert!(options.ignore_cropped && !options.ignore_colourless && !options.whole_frame);
    assert_eq!(options.calibrations.screen_replay.name(), "HARD");
    assert_eq!(options.calibrations.printed_copy.name(), "SOFT");
    let said = record.incoming.assessment.unwrap();
    assert_eq!(
        lines(&said),
        [
            "front screenReplay 0.95 from score 0.95 said 1 HARD",
            "front printedCopy 0.2 from score 0.20 said 0 SOFT",
            "front portraitSubstitution not performed (the record gives no value) said 1",
        ]
    );
    assert_eq!(
        said.findings
            .iter()
            .map(|f| &*f.message)
            .collect::<Vec<_>>(),
        ["Moire"]
    );
    let vendor = said.vendor.unwrap();
    assert_eq!(
        (vendor.risk_score.as_deref(), vendor.confidence.as_deref()),
        (Some("0.05"), Some("0.910"))
    );
    assert_eq!(vendor.status.as_deref(), Some("completed"));
    assert_eq!(vendor.times[0].as_deref(), Some("2024-01-15T10:30:00Z"));
    assert_eq!(vendor.times[2], None);
    assert_eq!(
        vendor.unknown_fields,
        [
            "calibrationSettings.portraitSubstitutionCalibration",
            "extra"
        ]
    );
}

#[test]
fn c_without_a_result() {
    let with_status = |status: &str| {
        format!(
            r#"{{"_id": "d", "appRegistration": "a", "status": "{status}", "validationResults": {{}}}}"#
        )
    };
    for status in ["new", "processing"] {
        let expected = format!("the record's status is `{status}`: it has no result yet");
        assert_eq!(reason(with_status(status)), expected);
    }
    assert_eq!(
        reason(with_status("completed")),
        "the record holds no check's result and no error"
    );
    let failed = assessment(&with_status("failed"));
    assert_eq!(
        failed.errors,
        [ErrorCode::Other("VALIDATION_FAILED".to_owned())]
    );
}

/// The flat shape, with `more` fields first.
fn flat(more: &str) -> String {
    format!(
        r#"{{"data": {{{more} "_id": "f1", "client": "c", "imageSaved": true, "imageUrl": "u", "__v": 0,
        "validateScreenReplay": true, "validatePrintedCopy": true,
        "validatePortraitSubstitution": false, "validateDigitalManipulation": true,
        "sreenReplayScore": 0.20818532, "printedCopyScore": 2.725058,
        "portraitSubstitutionScore": 0, "digitalManipulationScore": -0.124236,
        "screenReplayProbability": 0.0008, "printedCopyProbability": 0.0001,
        "portraitSubstitutionProbability": 0, "digitalManipulationProbability": 0.3582724,
        "sreenReplayCalibration": "REGULAR", "printedCopyCalibration": "SOFT",
        "portraitSubstitutionCalibration": "REGULAR", "digitalManipulationCalibration": "REGULAR",
        "ignoreDocumentCroppedValidation": false, "ignoreColourLessValidation": true,
        "screenReplayWarnings": ["GLARE_ON_IMAGE", "IMAGE_TOO_BLURRY"], "printedCopyWarnings": ["GLARE_ON_IMAGE"],
        "portraitSubstitutionWarnings": [], "digitalManipulationWarnings": [],
        "screenReplayErrors": [], "printedCopyErrors": [], "portraitSubstitutionErrors": ["DOCUMENT_PHOTO_NOT_FOUND"],
        "digitalManipulationErrors": [],
        "aggregatedScore": 0.0004, "isLive": false, "aggregateWarnings": ["LOW_RESOLUTION"],
        "createdAt": "2025-10-28T01:23:59.928Z", "chargesCount": 2,
        "rawResponse": {{"pipeline_results": [
          {{"pipeline_name": "screen-replay_2024-09", "liveness_score": 0.20818532, "liveness_probability": "0.0008",
            "is_live": false, "image_quality_warnings": ["IMAGE_IS_TOO_COMPRESSED"], "status": "success"}},
          {{"pipeline_name": "digital-manipulation_2022-11", "liveness_probability": "0.3582724", "is_live": true,
            "status": "success"}}],
          "charges_count": 2, "aggregate_liveness_probability": "0.0004", "aggregate_is_live": false}}
        }}, "signature": {{"message": "m"}}, "id": "8YISP"}}"#
    )
}

#[test]
fn c_flat_shape() {
    let record = read_one(flat(""));
    assert_eq!(
        record.incoming.external_id.as_deref(),
        Some("liveness-object:f1")
    );
    assert!(record.incoming.options.ignore_colourless);
    let said = record.incoming.assessment.unwrap();
    assert_eq!(
        lines(&said),
        [
            "front screenReplay 0.0008 from probability 0.0008 said 0 REGULAR by screen-replay_2024-09",
            "front printedCopy 0.0001 from probability 0.0001 SOFT",
            "front portraitSubstitution not performed (the source was asked not to perform it) from probability 0 REGULAR",
            "front digitalManipulation 0.3582724 from probability 0.3582724 said 1 REGULAR by digital-manipulation_2022-11",
        ]
    );
    assert!(
        said.checks[3]
            .meaning
            .as_ref()
            .unwrap()
            .contains("screen grab")
    );
    let overall = said.overall.as_ref().unwrap();
    assert_eq!(overall.score.unwrap().get(), 0.0004);
    assert_eq!(overall.said_live.unwrap().number(), 0);
    let codes: Vec<String> = said
        .findings
        .iter()
        .map(|finding| finding.code.code())
        .collect();
    assert_eq!(
        codes,
        [
            "GLARE_ON_IMAGE",
            "IMAGE_TOO_BLURRY",
            "LOW_RESOLUTION",
            "IMAGE_IS_TOO_COMPRESSED"
        ]
    );
    // The error belongs to a check that was switched off.
    assert_eq!((said.errors.as_slice(), unknown(&said)), (&[][..], &[][..]));
}

#[test]
fn c_flat_shape_without_its_envelope() {
    let said = assessment(
        r#"{"_id": "x", "screenReplayProbability": 0.4, "screenReplayCalibration": "HARD", "novel": 1}"#,
    );
    assert_eq!(
        lines(&said),
        ["front screenReplay 0.4 from probability 0.4 HARD"]
    );
    assert_eq!(unknown(&said), ["novel"]);
}

#[test]
fn c_a_zero_that_was_not_measured_is_no_failure() {
    // Asked for, but the raw answer has no such pipeline and the value is the field's default.
    let text = flat("").replace(
        r#""printedCopyProbability": 0.0001"#,
        r#""printedCopyProbability": 0"#,
    );
    assert_eq!(
        lines(&assessment(&text))[1],
        "front printedCopy not performed (the source's raw answer has no result for it) from probability 0 SOFT"
    );
    let text = flat("").replace(
        r#""printedCopyErrors": []"#,
        r#""printedCopyErrors": ["DOCUMENT_IS_COLORLESS"]"#,
    );
    let said = assessment(&text);
    assert_eq!(
        lines(&said)[1],
        "front printedCopy error (the source reports DOCUMENT_IS_COLORLESS) from probability 0.0001 SOFT"
    );
    assert_eq!(said.errors, [ErrorCode::DocumentIsColorless]);
}

#[test]
fn c_an_aggregate_that_is_no_probability_is_told() {
    let said =
        assessment(r#"{"printedCopyProbability": 0.4, "aggregatedScore": 10.7, "isLive": true}"#);
    let overall = said.overall.unwrap();
    assert_eq!(
        (overall.score, overall.said_live.unwrap().number()),
        (None, 1)
    );
    assert_eq!(
        said.findings[0].message,
        "The source's aggregated score is 10.7, which is no probability"
    );
    assert_eq!(
        reason(r#"{"printedCopyProbability": 0.4, "printedCopyScore": -999999}"#),
        "`printedCopyScore` is -999999, which stands for a failed call"
    );
}

// Format D.

#[test]
fn d_pipelines_are_checks() {
    let said = assessment(
        r#"{"pipeline_results": [
            {"pipeline_name": "printed-copy_2024-09", "liveness_score": 2.7, "liveness_probability": "0.9001",
             "is_live": true, "calibration": "SOFT", "image_quality_warnings": ["DOCUMENT_TOO_CLOSE_TO_BORDER"], "status": "success"},
            {"pipeline_name": "default-sr", "liveness_probability": 0.25, "is_live": false},
            {"pipeline_name": "portrait-substitution_2024-09", "liveness_probability": null, "status": "DOCUMENT_PHOTO_NOT_FOUND"},
            {"pipeline_name": "digital-manipulation_2022-11", "liveness_probability": "0.5", "status": "success"},
            {"pipeline_name": "hologram_2027-01", "liveness_probability": "0.5", "status": "success"}],
          "aggregate_liveness_probability": "0.2", "aggregate_is_live": false,
          "aggregate_image_quality_warnings": ["DOCUMENT_TOO_CLOSE_TO_BORDER", "MULTIPLE_DOCUMENTS_IN_FRAME"], "took_ms": 12}"#,
    );
    assert_eq!(said.source, Source::IdliveDoc);
    assert_eq!(
        lines(&said),
        [
            "front screenReplay 0.25 from probability 0.25 said 0 by default-sr",
            "front printedCopy 0.9001 from probability \"0.9001\" said 1 SOFT by printed-copy_2024-09",
            "front portraitSubstitution error (the source reports DOCUMENT_PHOTO_NOT_FOUND) by portrait-substitution_2024-09",
            "front digitalManipulation 0.5 from probability \"0.5\" by digital-manipulation_2022-11",
        ]
    );
    assert!(said.checks[3].meaning.is_some() && said.checks[0].meaning.is_none());
    assert_eq!(said.errors, [ErrorCode::DocumentPhotoNotFound]);
    assert_eq!(said.overall.as_ref().unwrap().score.unwrap().get(), 0.2);
    assert_eq!(said.findings.len(), 2);
    assert_eq!(
        said.findings[0].message,
        "The source warns: The document nearly touches the edge of the picture"
    );
    assert_eq!(
        unknown(&said),
        ["pipeline_results[].hologram_2027-01", "took_ms"]
    );
}

#[test]
fn d_errors_in_each_of_their_forms() {
    for text in [
        r#"{"error": "DOCUMENT_CROPPED"}"#,
        r#"{"error_code": "DOCUMENT_CROPPED", "error_message": "Document is cropped"}"#,
        r#"{"error": {"code": "DOCUMENT_CROPPED", "message": "Document is cropped"}}"#,
        r#"{"pipeline_results": [], "error": "DOCUMENT_CROPPED"}"#,
        r#"{"pipeline_results": [{"pipeline_name": "default-pc", "status": "DOCUMENT_CROPPED"}]}"#,
    ] {
        let said = assessment(text);
        assert_eq!(
            (said.source, &*said.errors),
            (Source::IdliveDoc, &[ErrorCode::DocumentCropped][..]),
            "{text}"
        );
    }
    for (text, expected) in [
        (
            r#"{"pipeline_results": [{"pipeline_name": "default-pc", "liveness_probability": "-999999"}]}"#,
            "`pipeline_results[].liveness_probability` is \"-999999\", which stands for a failed call",
        ),
        (
            r#"{"pipeline_results": [], "aggregate_liveness_probability": "-999999"}"#,
            "`aggregate_liveness_probability` is \"-999999\", which stands for a failed call",
        ),
        (
            r#"{"pipeline_results": []}"#,
            "the record holds no pipeline's result and no error",
        ),
        (
            r#"{"pipeline_results": ["x"]}"#,
            "`pipeline_results` holds a text, and an object was expected",
        ),
    ] {
        assert_eq!(reason(text), expected);
    }
}

#[test]
fn d_request_brings_a_picture_and_how_to_read_it() {
    let record = read_one(
        r#"{"image": "AAEC", "pipelines": [{"pipeline_name": "default-sr", "calibration": "REGULAR"},
            {"pipeline_name": "printed-copy_2024-09", "calibration": "SOFT"}, {"pipeline_name": "default-ps", "calibration": "HARD"}],
            "errors_to_ignore": ["DOCUMENT_CROPPED", "DOCUMENT_IS_COLORLESS"], "tag": "t"}"#,
    );
    assert_eq!(record.incoming.source, Source::IdliveDoc);
    assert_eq!(record.pictures, [(Side::Front, vec![0, 1, 2])]);
    let options = record.incoming.options;
    assert!(options.ignore_cropped && options.ignore_colourless);
    let levels = secondlook::case::CheckKind::ALL.map(|kind| options.calibrations.of(kind).name());
    assert_eq!(levels, ["REGULAR", "SOFT", "HARD", "REGULAR"]);
}

// What belongs to none.

#[test]
fn what_is_in_no_format_is_named_by_its_fields() {
    for (text, expected) in [
        ("{}", "the record is empty"),
        (
            r#"{"name": "secret", "score": 3}"#,
            "the record is in none of the known formats (its fields: `name`, `score`)",
        ),
        (
            r#"{"data": {"name": "secret"}}"#,
            "the record is in none of the known formats (its fields: `data`)",
        ),
        (
            r#"{"error": "Invalid image format", "message": "INVALID_IMAGE_FORMAT"}"#,
            "the record is in none of the known formats (its fields: `error`, `message`)",
        ),
    ] {
        assert_eq!(reason(text), expected);
    }
}
