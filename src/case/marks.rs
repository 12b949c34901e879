//! What a reviewer drew over a picture to show what was seen there.

use serde::{Deserialize, Serialize};

use super::{Quad, Side};

/// One mark, and how the picture was looked at when it was made. All places are in pixels of the upright
/// photograph of its side, as a [`Quad`]'s are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The side whose picture it lies on.
    pub side: Side,
    /// What was drawn.
    pub shape: MarkShape,
    /// How the picture was looked at.
    pub view: MarkView,
}

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "shape", deny_unknown_fields)]
pub enum MarkShape {
    /// A frame around something.
    Box {
        /// Its corners: upright on the picture as it was looked at, so slanted here if that was straightened.
        corners: Quad,
    },
    /// An arrow to something.
    Arrow {
        /// Where it begins.
        from: [f64; 2],
        /// What it points at.
        to: [f64; 2],
    },
    /// Words.
    Text {
        /// Where they begin.
        at: [f64; 2],
        /// What they say; never empty.
        text: String,
    },
}

/// How a picture was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkView {
    /// The lens's name. `None` for the picture itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
    /// The document was shown straightened.
    pub straightened: bool,
    /// Screen pixels per pixel of the picture that was shown.
    pub zoom: f64,
    /// The point in the middle of the view.
    pub centre: [f64; 2],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_kept_and_read_again_and_unknown_fields_are_errors() {
        let view = MarkView {
            lens: Some("grain".to_owned()),
            straightened: true,
            zoom: 2.5,
            centre: [100.0, 50.5],
        };
        let shapes = [
            MarkShape::Box {
                corners: Quad::whole(10, 20),
            },
            MarkShape::Arrow {
                from: [0.0, 1.0],
                to: [2.0, 3.0],
            },
            MarkShape::Text {
                at: [4.0, 5.0],
                text: "cut here".to_owned(),
            },
        ];
        for shape in shapes {
            let mark = Mark {
                side: Side::Back,
                shape,
                view: view.clone(),
            };
            let text = serde_json::to_string(&mark).unwrap();
            assert_eq!(serde_json::from_str::<Mark>(&text).unwrap(), mark);
            let more = text.replacen('{', r#"{"more":1,"#, 1);
            assert!(serde_json::from_str::<Mark>(&more).is_err());
        }
    }
}
