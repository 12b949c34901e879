//! What the picture files of a case say of themselves.

use eframe::egui::{
    CollapsingHeader, Image, Label, RichText, ScrollArea, TextureHandle, Ui, Vec2, vec2,
};

use super::super::super::details::{Details, PictureDetails};
use super::super::super::theme::{self, palette};
use super::super::parts::{Mark, heading_ui, mark_ui, side_title, weak_ui};
use super::row_ui;
use crate::case::{PictureRecord, Side};
use crate::intake::{Compression, Exif, Metadata, Thumbnail, Xmp};
use crate::store::CaseRecord;

/// A thumbnail's longest side on screen, in points.
const THUMBNAIL: f32 = 240.0;

pub(super) fn metadata_ui(ui: &mut Ui, case: &CaseRecord, side: Side, details: &Details) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // The side on screen comes first.
        let mut pictures: Vec<&PictureRecord> = case.pictures.iter().collect();
        pictures.sort_by_key(|picture| picture.side != side);
        for picture in pictures {
            heading_ui(ui, side_title(picture.side));
            file_ui(ui, picture);
            match details.pictures.get(&picture.sha256) {
                None => {
                    ui.label("Reading the file…");
                }
                Some(Err(reason)) => line_ui(ui, Mark::Cross, &format!("Not read: {reason}")),
                Some(Ok(picture)) => said_ui(ui, picture),
            }
            ui.add_space(theme::GAP);
        }
    });
}

fn file_ui(ui: &mut Ui, picture: &PictureRecord) {
    let (w, h) = (picture.width_px, picture.height_px);
    row_ui(ui, "Picture", format!("{w} × {h} px, upright"));
    let megabytes = picture.n_bytes as f64 / 1e6;
    let format = picture.format.to_uppercase();
    row_ui(ui, "File", format!("{format}, {megabytes:.2} MB"));
    row_ui(ui, "SHA-256", picture.sha256.to_hex());
}

fn said_ui(ui: &mut Ui, picture: &PictureDetails) {
    let metadata = &picture.metadata;
    stored_ui(ui, metadata);
    match &metadata.exif {
        Some(exif) => exif_ui(ui, exif),
        None => row_ui(
            ui,
            "EXIF",
            "None; messengers and many programs take it away",
        ),
    }
    if let Some(xmp) = &metadata.xmp {
        xmp_ui(ui, xmp);
    }
    if let Some(jpeg) = &metadata.jpeg {
        compression_ui(ui, jpeg);
    }
    if let (Some(thumbnail), Some(textures)) = (&metadata.thumbnail, &picture.thumbnails) {
        thumbnail_ui(ui, thumbnail, textures);
    }
}

fn stored_ui(ui: &mut Ui, metadata: &Metadata) {
    let [w, h] = metadata.stored_px;
    let turned = match metadata.is_turned {
        true => ", to be turned for looking at",
        false => "",
    };
    row_ui(ui, "Stored as", format!("{w} × {h} px{turned}"));
    let profile = match metadata.has_profile {
        true => "Embedded, and applied",
        false => "None",
    };
    row_ui(ui, "Colour profile", profile);
}

fn exif_ui(ui: &mut Ui, exif: &Exif) {
    for (name, value) in [
        ("Camera", &exif.camera),
        ("Lens", &exif.lens),
        ("Software", &exif.software),
        ("Taken", &exif.taken),
        ("Digitised", &exif.digitised),
        ("Changed", &exif.changed),
    ] {
        row_ui(ui, name, value.as_deref().unwrap_or("Not said"));
    }
    let place = match exif.has_place {
        true => "Written in the file, not shown here",
        false => "Not said",
    };
    row_ui(ui, "Place", place);
}

fn xmp_ui(ui: &mut Ui, xmp: &Xmp) {
    if let Some(tool) = &xmp.creator_tool {
        row_ui(ui, "Made with (XMP)", tool);
    }
    if !xmp.agents.is_empty() {
        row_ui(ui, "Saved with (XMP)", xmp.agents.join(", "));
    }
    if let Some(changed) = &xmp.changed {
        row_ui(ui, "Changed (XMP)", changed);
    }
}

fn compression_ui(ui: &mut Ui, jpeg: &Compression) {
    if let Some(quality) = jpeg.facts.quality {
        let whose = match jpeg.is_standard {
            true => "the standard's table, as most programs have",
            false => "a table of its own, as many cameras have",
        };
        row_ui(ui, "JPEG quality", format!("About {quality}, {whose}"));
    }
    if jpeg.facts.progressive {
        row_ui(ui, "Passes", "Several; cameras mostly write one");
    }
    match jpeg.facts.is_resaved {
        true => line_ui(
            ui,
            Mark::Warning,
            "Saved as a JPEG more than once; messengers do that too",
        ),
        false => line_ui(
            ui,
            Mark::Dash,
            "No sign of a second save; one at a lower quality is mostly not seen",
        ),
    }
    let title = format!("Quantisation tables ({})", jpeg.tables.len());
    CollapsingHeader::new(title).show(ui, |ui| {
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal_top(|ui| {
                for table in &jpeg.tables {
                    ui.vertical(|ui| {
                        let of = match table.id {
                            0 => "Brightness".to_owned(),
                            id => format!("Table {id}"),
                        };
                        weak_ui(ui, of);
                        let rows: Vec<String> = table
                            .steps
                            .chunks(8)
                            .map(|row| row.iter().map(|step| format!("{step:4}")).collect())
                            .collect();
                        let rows = RichText::new(rows.join("\n")).monospace();
                        ui.add(Label::new(rows).extend());
                    });
                    ui.add_space(theme::GAP_LARGE);
                }
            });
        });
    });
}

fn thumbnail_ui(ui: &mut Ui, thumbnail: &Thumbnail, textures: &[TextureHandle; 2]) {
    ui.add_space(theme::GAP_SMALL);
    if thumbnail.differs {
        line_ui(
            ui,
            Mark::Warning,
            "The thumbnail in the file shows something else than the picture",
        );
    } else {
        line_ui(
            ui,
            Mark::Tick,
            "The thumbnail in the file shows what the picture shows",
        );
    }
    ui.horizontal_wrapped(|ui| {
        for (texture, words) in textures
            .iter()
            .zip(["Thumbnail in the file", "The picture"])
        {
            ui.vertical(|ui| {
                weak_ui(ui, words);
                let scale = THUMBNAIL / texture.size_vec2().max_elem().max(1.0);
                let size: Vec2 = texture.size_vec2() * scale;
                let image = Image::from_texture((texture.id(), vec2(size.x, size.y)));
                ui.add(image.alt_text(words));
            });
        }
    });
}

fn line_ui(ui: &mut Ui, mark: Mark, text: &str) {
    let colours = palette(ui);
    let colour = match mark {
        Mark::Warning => colours.caution,
        Mark::Cross => colours.bad,
        Mark::Tick => colours.good,
        Mark::Dash | Mark::Again => colours.weak,
    };
    ui.horizontal_top(|ui| {
        mark_ui(ui, mark, colour);
        ui.add(Label::new(text).wrap());
    });
}
