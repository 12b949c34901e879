//! What the picture files of a case say of themselves.

use eframe::egui::{
    CollapsingHeader, Image, Label, RichText, ScrollArea, TextureHandle, Ui, Vec2, vec2,
};

use super::super::super::details::{Details, PictureDetails};
use super::super::super::theme::{self, palette};
use super::super::parts::{Mark, heading_ui, mark_ui, weak_ui};
use super::row_ui;
use crate::case::{PictureRecord, Side};
use crate::intake::{Compression, Exif, Metadata, Thumbnail, Xmp};
use crate::store::CaseRecord;
use crate::words::words;

/// A thumbnail's longest side on screen, in points.
const THUMBNAIL: f32 = 240.0;

pub(super) fn metadata_ui(ui: &mut Ui, case: &CaseRecord, side: Side, details: &Details) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // The side on screen comes first.
        let mut pictures: Vec<&PictureRecord> = case.pictures.iter().collect();
        pictures.sort_by_key(|picture| picture.side != side);
        for picture in pictures {
            heading_ui(ui, picture.side.title());
            file_ui(ui, picture);
            match details.pictures.get(&picture.sha256) {
                None => {
                    ui.label(words!("file-reading"));
                }
                Some(Err(reason)) => {
                    line_ui(ui, Mark::Cross, &words!("file-not-read", why = reason));
                }
                Some(Ok(picture)) => said_ui(ui, picture),
            }
            ui.add_space(theme::GAP);
        }
    });
}

fn file_ui(ui: &mut Ui, picture: &PictureRecord) {
    let (width, height) = (picture.width_px.to_string(), picture.height_px.to_string());
    let size = words!("file-picture.size", width = width, height = height);
    row_ui(ui, words!("file-picture"), size);
    let format = picture.format.to_uppercase();
    let size = match picture.n_bytes as f64 {
        n_bytes @ ..1e5 => {
            let kilobytes = format!("{:.1}", n_bytes / 1e3);
            words!("file-file.small", format = format, kilobytes = kilobytes)
        }
        n_bytes => {
            let megabytes = format!("{:.2}", n_bytes / 1e6);
            words!("file-file.size", format = format, megabytes = megabytes)
        }
    };
    row_ui(ui, words!("file-file"), size);
    row_ui(ui, words!("file-hash"), picture.sha256.to_hex());
}

fn said_ui(ui: &mut Ui, picture: &PictureDetails) {
    let metadata = &picture.metadata;
    stored_ui(ui, metadata);
    match &metadata.exif {
        Some(exif) => exif_ui(ui, exif),
        None => row_ui(ui, words!("file-exif"), words!("file-exif.none")),
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
    let [width, height] = metadata.stored_px.map(|px| px.to_string());
    let size = match metadata.is_turned {
        true => words!("file-stored.turned", width = width, height = height),
        false => words!("file-stored.size", width = width, height = height),
    };
    row_ui(ui, words!("file-stored"), size);
    let profile = match metadata.has_profile {
        true => words!("file-profile.there"),
        false => words!("file-profile.none"),
    };
    row_ui(ui, words!("file-profile"), profile);
}

fn exif_ui(ui: &mut Ui, exif: &Exif) {
    for (name, value) in [
        (words!("exif-camera"), &exif.camera),
        (words!("exif-lens"), &exif.lens),
        (words!("exif-software"), &exif.software),
        (words!("exif-taken"), &exif.taken),
        (words!("exif-digitised"), &exif.digitised),
        (words!("exif-changed"), &exif.changed),
    ] {
        row_ui(
            ui,
            name,
            value.as_deref().unwrap_or(words!("exif-not-said")),
        );
    }
    let place = match exif.has_place {
        true => words!("exif-place.there"),
        false => words!("exif-not-said"),
    };
    row_ui(ui, words!("exif-place"), place);
}

fn xmp_ui(ui: &mut Ui, xmp: &Xmp) {
    if let Some(tool) = &xmp.creator_tool {
        row_ui(ui, words!("xmp-tool"), tool);
    }
    if !xmp.agents.is_empty() {
        row_ui(ui, words!("xmp-agents"), xmp.agents.join(", "));
    }
    if let Some(changed) = &xmp.changed {
        row_ui(ui, words!("xmp-changed"), changed);
    }
}

fn compression_ui(ui: &mut Ui, jpeg: &Compression) {
    if let Some(quality) = jpeg.facts.quality {
        let quality = quality.to_string();
        let text = match jpeg.is_standard {
            true => words!("jpeg-quality.standard", quality = quality),
            false => words!("jpeg-quality.own", quality = quality),
        };
        row_ui(ui, words!("jpeg-quality"), text);
    }
    if jpeg.facts.progressive {
        row_ui(ui, words!("jpeg-passes"), words!("jpeg-passes.several"));
    }
    match jpeg.facts.is_resaved {
        true => line_ui(ui, Mark::Warning, words!("jpeg-resaved")),
        false => line_ui(ui, Mark::Dash, words!("jpeg-saved-once")),
    }
    let title = words!("jpeg-tables", count = jpeg.tables.len());
    CollapsingHeader::new(title).show(ui, |ui| {
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal_top(|ui| {
                for table in &jpeg.tables {
                    ui.vertical(|ui| {
                        let of = match table.id {
                            0 => words!("jpeg-table.brightness").to_owned(),
                            id => words!("jpeg-table", id = id.to_string()),
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
        line_ui(ui, Mark::Warning, words!("thumbnail-differs"));
    } else {
        line_ui(ui, Mark::Tick, words!("thumbnail-same"));
    }
    ui.horizontal_wrapped(|ui| {
        let names = [words!("thumbnail-in-file"), words!("thumbnail-of-picture")];
        for (texture, name) in textures.iter().zip(names) {
            ui.vertical(|ui| {
                weak_ui(ui, name);
                let scale = THUMBNAIL / texture.size_vec2().max_elem().max(1.0);
                let size: Vec2 = texture.size_vec2() * scale;
                let image = Image::from_texture((texture.id(), vec2(size.x, size.y)));
                ui.add(image.alt_text(name));
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
