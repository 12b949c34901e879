//! XMP: what programs wrote into a picture file about what they did to it.
//!
//! The few values that are wanted are looked for as text: a whole XML reader would be more to go wrong
//! than there is to gain.

use super::exif::short;

/// What XMP says of programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Xmp {
    /// The program that made the first version.
    pub creator_tool: Option<String>,
    /// Every program that the history names, each once, in the order of the file; some at most.
    pub agents: Vec<String>,
    /// When it was changed last.
    pub changed: Option<String>,
}

/// A history of hundreds of steps names a few programs again and again.
const MAX_AGENTS: usize = 8;

impl Xmp {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut agents: Vec<String> = Vec::new();
        for agent in values(&text, "softwareAgent") {
            if agents.len() < MAX_AGENTS && !agents.contains(&agent) {
                agents.push(agent);
            }
        }
        Self {
            creator_tool: values(&text, "CreatorTool").next(),
            agents,
            changed: values(&text, "ModifyDate").next(),
        }
    }
}

/// The values of a property, be they attributes or elements.
fn values(text: &str, name: &'static str) -> impl Iterator<Item = String> {
    text.match_indices(name).filter_map(move |(at, _)| {
        let before = text[..at].rsplit(['<', ' ', '\n', '"']).next()?;
        if before.starts_with('/') {
            return None;
        }
        let value = text[at + name.len()..].trim_start_matches(['=', '"', '\'', '>', ' ']);
        short(value.split(['"', '\'', '<']).next()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_and_elements_are_read() {
        for xmp in [
            "<x xmp:CreatorTool=\"Editor 9\" y=\"1\">",
            "<xmp:CreatorTool>Editor 9</xmp:CreatorTool>",
        ] {
            let read = Xmp::read(xmp.as_bytes());
            assert_eq!(read.creator_tool.as_deref(), Some("Editor 9"), "{xmp}");
        }
        for xmp in ["<x>", "CreatorTool", "<xmp:CreatorTool></xmp:CreatorTool>"] {
            assert_eq!(Xmp::read(xmp.as_bytes()), Xmp::default(), "{xmp}");
        }
    }

    #[test]
    fn each_program_of_the_history_is_named_once() {
        let xmp = "<rdf:li stEvt:softwareAgent=\"Editor 9\"/><rdf:li>\
                   <stEvt:softwareAgent>Editor 9</stEvt:softwareAgent></rdf:li>\
                   <rdf:li stEvt:softwareAgent='Phone 2'/>";
        assert_eq!(Xmp::read(xmp.as_bytes()).agents, ["Editor 9", "Phone 2"]);
        let many: String = (0..100)
            .map(|i| format!("<li softwareAgent=\"{i}\"/>"))
            .collect();
        assert_eq!(Xmp::read(many.as_bytes()).agents.len(), MAX_AGENTS);
    }
}
