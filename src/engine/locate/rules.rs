//! What the document's place in the picture means: errors that ask for another picture, and
//! findings that go beside the result.

use super::{Found, Located, inside_share};
use crate::case::{ErrorCode, Finding, FindingCode, Quad, Side};

/// Where the rules draw their lines.
///
/// The numbers were chosen on 77 real photographs of genuine cards, 250 of copies, and 40 made ones of each error. Every sixth
/// genuine one touches the picture's edge or goes beyond it, by up to 5 % of its area, and can
/// still be judged: a rule that refused those would ask good customers for another picture. How
/// often the rules refuse real documents is in `models/README.md`.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceParams {
    /// `DOCUMENT_CROPPED` if a larger share of the document's area than this lies outside the
    /// picture. Lower asks for more retakes where only a rim is missing; higher lets portraits and
    /// text be cut off. Real ones lose up to 0.05.
    pub max_outside_share: f64,
    /// A document with a side on the picture's edge may go on beyond it, and the share outside is not
    /// known; `DOCUMENT_CROPPED` if what is seen has a longer side of less than this many times the
    /// shorter one. Cards have 1.59, passport pages 1.42: less is a part of one. A genuine one whose quad is a
    /// little off has 1.29…
    pub min_cut_aspect: f64,
    /// … and more than this is a strip of one, cut along.
    pub max_cut_aspect: f64,
    /// `DOCUMENT_TOO_CLOSE_TO_BORDER` if the document comes nearer than this to three edges of the
    /// picture, as a share of the picture's shorter side.
    /// Higher asks for more room around it; quads of documents that touch the edge have been off by as much.
    pub min_border_share: f64,
    /// How many edges of the picture the document must nearly touch. 1 would refuse 40 of the 77
    /// genuine cards, 2 would refuse 12, and 3 refuses none.
    pub min_near_edges: usize,
    /// If it nearly touches three edges and comes nearer than this to the fourth, as a share of the picture's shorter side, it is
    /// `DOCUMENT_TOO_CLOSE_TO_CAMERA`: moving it would not help. Where the document fills the picture, its printed
    /// header is often taken for its rim, 4 to 8 % from the edge.
    pub min_last_border_share: f64,
    /// `DOCUMENT_TOO_CLOSE_TO_CAMERA` also if the document covers more than this share of the picture:
    /// there is no ground left to see its rim against. Real ones cover at most 0.42.
    pub max_picture_share: f64,
    /// `DOCUMENT_TOO_SMALL` if it covers less than this share of the picture. Real ones cover at
    /// least 0.057. Lower lets in documents that show little more than their colours.
    pub min_picture_share: f64,
    /// `DOCUMENT_TOO_SMALL` also if its longer side has fewer pixels than this: the checks look at
    /// windows of 192 pixels, and below two of them beside each other there is no texture to see.
    pub min_long_side_px: f64,
    /// A finding, and no error, below this share of the picture; the vendors' own number.
    pub low_picture_share: f64,
    /// `TOO_MANY_DOCUMENTS` if another one has at least this share of the largest one's area.
    /// Lower fires on stamps and photographs lying about.
    pub min_other_share: f64,
    /// … and at least this confidence, 0 to 1: to refuse a picture takes more than to use one.
    pub min_other_confidence: f64,
}

impl Default for PlaceParams {
    fn default() -> Self {
        Self {
            max_outside_share: 0.08,
            min_cut_aspect: 1.27,
            max_cut_aspect: 1.72,
            min_border_share: 0.04,
            min_near_edges: 3,
            min_last_border_share: 0.09,
            max_picture_share: 0.9,
            min_picture_share: 0.03,
            min_long_side_px: 300.0,
            low_picture_share: 0.10,
            min_other_share: 0.25,
            min_other_confidence: 0.7,
        }
    }
}

/// What the rules say of one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// Why the picture cannot be judged; empty if it can.
    pub errors: Vec<ErrorCode>,
    /// What is worth knowing beside the result.
    pub findings: Vec<Finding>,
}

/// Judges where the documents lie. The largest one is the one that is meant.
#[must_use]
pub fn judge(located: &Located, side: Side, params: &PlaceParams) -> Placed {
    let Some((main, others)) = located.documents.split_first() else {
        return Placed {
            errors: vec![ErrorCode::DocumentNotFound],
            findings: Vec::new(),
        };
    };
    let main_px = main.quad.area_px();
    let rivals = others.iter().any(|other| {
        other.confidence >= params.min_other_confidence
            && other.quad.area_px() >= params.min_other_share * main_px
    });
    let picture_px = located.picture_px;
    let outside = 1.0 - inside_share(&main.quad, picture_px);
    let share =
        main_px * (1.0 - outside) / (f64::from(picture_px[0]) * f64::from(picture_px[1])).max(1.0);
    let gaps = border_shares(&main.quad, picture_px);
    let nearer = |share: f64| gaps.iter().filter(|gap| **gap < share).count();
    let near = nearer(params.min_border_share);
    let no_room = near >= gaps.len() - 1 && nearer(params.min_last_border_share) == gaps.len();
    let [top, right, bottom, left] = main.quad.edges_px();
    let long_px = top.max(right).max(bottom).max(left);

    let mut placed = Placed::default();
    let mut rule = |holds: bool, error: ErrorCode| {
        if holds {
            placed.errors.push(error);
        }
        holds
    };
    rule(rivals, ErrorCode::TooManyDocuments);
    let close = rule(
        share > params.max_picture_share || no_room,
        ErrorCode::DocumentTooCloseToCamera,
    );
    // A document that fills the picture meets all its edges; to say so once is enough. One that meets three and
    // has a document's shape lacks corners at most: there only has to be more room around it.
    if !close
        && !rule(
            lacks_a_part(main, outside, params),
            ErrorCode::DocumentCropped,
        )
        && !rule(
            near >= params.min_near_edges,
            ErrorCode::DocumentTooCloseToBorder,
        )
    {
        rule(main.n_cut_sides > 1, ErrorCode::DocumentCropped);
    }
    let small = share < params.min_picture_share || long_px < params.min_long_side_px;
    if !rule(small, ErrorCode::DocumentTooSmall) && share < params.low_picture_share {
        placed.findings.push(Finding {
            code: FindingCode::RelativeDocumentSizeLow,
            side: Some(side),
            message: format!("The document covers {:.1} % of the picture", share * 100.0),
        });
    }
    placed
}

fn lacks_a_part(main: &Found, outside: f64, params: &PlaceParams) -> bool {
    let [top, right, bottom, left] = main.quad.edges_px();
    let (across, down) = ((top + bottom) / 2.0, (right + left) / 2.0);
    let aspect = across.max(down) / across.min(down).max(1e-9);
    outside > params.max_outside_share
        || (main.n_edge_sides > 0
            && !(params.min_cut_aspect..=params.max_cut_aspect).contains(&aspect))
}

/// How far the quad is from the picture's left, top, right and bottom edge, as shares of its shorter side; negative beyond it.
fn border_shares(quad: &Quad, picture_px: [u32; 2]) -> [f64; 4] {
    let [width, height] = picture_px.map(f64::from);
    let [left, top, right, bottom] = quad.bounds_px();
    [left, top, width - right, height - bottom].map(|gap| gap / width.min(height))
}
