//! Decoded pictures and the textures made of them, both held to a limit in bytes.
//!
//! A picture is kept as a pyramid of halved copies, cut into tiles. Only the tiles that are seen at
//! the present zoom become textures, so a 64-megapixel picture needs no texture larger than a tile,
//! and pixels stay exact at 1:1 and beyond. What was not looked at for longest goes first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::{
    ColorImage, Context, Rect, TextureFilter, TextureHandle, TextureId, TextureOptions, Vec2, pos2,
    vec2,
};
use image::RgbImage;

use crate::case::{CaseId, Quad, Sha256, Side};
use crate::lens::Lens;
use crate::lens::levels::Levels;
use crate::shrink::{self, Filter, Part};
use crate::words::words;

/// The side of a tile. Every GPU takes textures of 2048; smaller ones come up without a stutter.
pub const TILE_PX: u32 = 1024;

/// Pictures held decoded. 64 megapixels with their pyramid are 256 MiB.
const PICTURE_BYTES: usize = 640 << 20;
/// Textures held by the graphics driver.
const TILE_BYTES: usize = 320 << 20;
/// Thumbnails held, more than any screen shows.
const N_THUMBNAILS: usize = 512;
/// Time for making textures in one frame; the rest comes in the next.
const UPLOAD_TIME: Duration = Duration::from_millis(6);

/// A picture and its halved copies, largest first; the last one fits a tile.
#[derive(Debug)]
pub struct Pyramid {
    levels: Vec<RgbImage>,
    /// What the lens found that it is seen through, in words.
    pub found: Option<String>,
}

impl Pyramid {
    /// Makes the halved copies. Takes a tenth of a second for 12 megapixels: a job's work.
    #[must_use]
    pub fn build(pixels: RgbImage) -> Self {
        let mut levels = vec![pixels];
        while let Some(last) = levels.last()
            && last.width().max(last.height()) > TILE_PX
        {
            levels.push(halve(last));
        }
        Self {
            levels,
            found: None,
        }
    }

    /// Width and height of the picture in pixels.
    #[must_use]
    pub fn size_px(&self) -> [u32; 2] {
        self.levels
            .first()
            .map_or([0, 0], |level| [level.width(), level.height()])
    }

    /// The picture at full resolution.
    #[must_use]
    pub fn pixels(&self) -> Option<&RgbImage> {
        self.levels.first()
    }

    /// The smallest copy.
    #[must_use]
    pub fn coarsest(&self) -> Option<&RgbImage> {
        self.levels.last()
    }

    fn n_bytes(&self) -> usize {
        self.levels.iter().map(|level| level.as_raw().len()).sum()
    }

    /// The last level: one tile that shows the whole picture.
    fn base_level(&self) -> usize {
        self.levels.len().saturating_sub(1)
    }

    /// The smallest copy that still has a pixel for each of the screen's at `zoom`.
    fn level_for(&self, zoom: f32) -> usize {
        let halvings = (1.0 / zoom.max(1e-6)).log2().floor().max(0.0) as usize;
        halvings.min(self.base_level())
    }

    /// The tiles to draw, in order: the whole picture first, coarse, then what is seen of it.
    #[must_use]
    pub fn tiles(&self, id: PictureId, visible_px: Rect, zoom: f32) -> Vec<Tile> {
        let base = self.base_level();
        let wanted = self.level_for(zoom);
        let mut tiles = self.tiles_of_level(id, base, visible_px);
        if wanted != base {
            tiles.extend(self.tiles_of_level(id, wanted, visible_px));
        }
        tiles
    }

    fn tiles_of_level(&self, id: PictureId, level: usize, visible_px: Rect) -> Vec<Tile> {
        let (Some(picture), Some(pixels)) = (self.levels.first(), self.levels.get(level)) else {
            return Vec::new();
        };
        let image_per_level = vec2(
            picture.width() as f32 / pixels.width() as f32,
            picture.height() as f32 / pixels.height() as f32,
        );
        let mut tiles = Vec::new();
        for (row, top) in (0..pixels.height()).step_by(TILE_PX as usize).enumerate() {
            for (column, left) in (0..pixels.width()).step_by(TILE_PX as usize).enumerate() {
                let right = (left + TILE_PX).min(pixels.width());
                let bottom = (top + TILE_PX).min(pixels.height());
                let scaled =
                    |x: u32, y: u32| (vec2(x as f32, y as f32) * image_per_level).to_pos2();
                let image_px = Rect::from_min_max(scaled(left, top), scaled(right, bottom));
                if image_px.intersects(visible_px) {
                    let key = TileKey {
                        picture: id,
                        level: level as u8,
                        column: column as u16,
                        row: row as u16,
                    };
                    tiles.push(Tile { key, image_px });
                }
            }
        }
        tiles
    }

    fn cut(&self, key: TileKey, table: Option<&[u8; 256]>) -> Option<ColorImage> {
        let level = self.levels.get(usize::from(key.level))?;
        let (left, top) = (
            u32::from(key.column) * TILE_PX,
            u32::from(key.row) * TILE_PX,
        );
        let width = TILE_PX.min(level.width().checked_sub(left)?);
        let height = TILE_PX.min(level.height().checked_sub(top)?);
        let row_bytes = level.width() as usize * 3;
        let mut bytes = Vec::with_capacity((width * height * 3) as usize);
        for y in top..top + height {
            let from = y as usize * row_bytes + left as usize * 3;
            bytes.extend_from_slice(level.as_raw().get(from..from + width as usize * 3)?);
        }
        if let Some(table) = table {
            for byte in &mut bytes {
                *byte = table[usize::from(*byte)];
            }
        }
        Some(ColorImage::from_rgb(
            [width as usize, height as usize],
            &bytes,
        ))
    }
}

/// Half the size, each pixel the mean of the four that it stands for.
fn halve(picture: &RgbImage) -> RgbImage {
    let size = [picture.width().div_ceil(2), picture.height().div_ceil(2)];
    // Only an empty picture has no smaller copy, and its copy is empty.
    shrink::resize(picture, Part::whole(picture), size, Filter::Box).unwrap_or_default()
}

/// Names a picture as it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PictureId {
    /// The original.
    pub sha256: Sha256,
    /// The document that is straightened. `None` for the whole photograph as it was taken.
    pub straight: Option<Corners>,
    /// What it is seen through. `None` for as it is.
    pub lens: Option<Lens>,
}

impl PictureId {
    /// A photograph as it is.
    #[must_use]
    pub fn plain(sha256: Sha256) -> Self {
        Self {
            sha256,
            straight: None,
            lens: None,
        }
    }

    /// The picture that this one is made of. `None` for a photograph as it is.
    #[must_use]
    pub fn source(self) -> Option<Self> {
        let without_lens = Self { lens: None, ..self };
        match (self.lens, self.straight) {
            (Some(_), _) => Some(without_lens),
            (None, Some(_)) => Some(Self::plain(self.sha256)),
            (None, None) => None,
        }
    }
}

/// A document's corners as part of a name: bit by bit, so that names have an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Corners([[u64; 2]; 4]);

impl Corners {
    /// The name of these corners.
    #[must_use]
    pub fn of(quad: &Quad) -> Self {
        Self(quad.0.map(|corner| corner.map(f64::to_bits)))
    }

    /// The corners of this name.
    #[must_use]
    pub fn quad(self) -> Quad {
        Quad(self.0.map(|corner| corner.map(f64::from_bits)))
    }
}

/// Names a tile of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileKey {
    picture: PictureId,
    /// 0 is full resolution, each further one half of the one before.
    level: u8,
    column: u16,
    row: u16,
}

/// A tile and where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// Which.
    pub key: TileKey,
    /// What it covers, in pixels of the picture.
    pub image_px: Rect,
}

/// Everything decoded, by its use.
#[derive(Default)]
pub struct Textures {
    pictures: Kept<PictureId, Arc<Pyramid>>,
    /// Each with the levels that it was made with.
    tiles: Kept<TileKey, (TextureHandle, Option<Levels>)>,
    thumbnails: Kept<(CaseId, Side), Option<TextureHandle>>,
    /// The levels that pictures are seen with. `None` for as they are.
    pub levels: Option<Levels>,
}

impl Textures {
    /// Keeps a decoded picture.
    pub fn put_picture(&mut self, id: PictureId, picture: Arc<Pyramid>) {
        let n_bytes = picture.n_bytes();
        self.pictures.put(id, picture, n_bytes);
        self.pictures.shrink_to(PICTURE_BYTES);
    }

    /// A decoded picture, if it is held; using it keeps it.
    pub fn use_picture(&mut self, id: &PictureId) -> Option<Arc<Pyramid>> {
        self.pictures.use_one(id).map(Arc::clone)
    }

    /// A decoded picture, if it is held.
    #[must_use]
    pub fn picture(&self, id: &PictureId) -> Option<Arc<Pyramid>> {
        self.pictures.get(id).map(Arc::clone)
    }

    /// The texture of a tile, if it was made.
    #[must_use]
    pub fn tile(&self, key: &TileKey) -> Option<TextureId> {
        self.tiles.get(key).map(|(texture, _)| texture.id())
    }

    /// Keeps the tiles that were seen and makes those that are missing or have other levels, within a
    /// limit of time. Says whether all are there.
    pub fn upload(&mut self, ctx: &Context, seen: &[TileKey]) -> bool {
        let start = Instant::now();
        let table = self.levels.map(|levels| levels.table());
        for key in seen {
            let made_with = self.tiles.use_one(key).map(|(_, levels)| *levels);
            if made_with == Some(self.levels) {
                continue;
            }
            if start.elapsed() > UPLOAD_TIME {
                return false;
            }
            let Some(picture) = self.pictures.get(&key.picture) else {
                continue;
            };
            let Some(pixels) = picture.cut(*key, table.as_ref()) else {
                continue;
            };
            let n_bytes = pixels.pixels.len() * 4;
            let options = if key.level == 0 {
                exact_pixels()
            } else {
                TextureOptions::LINEAR
            };
            let texture = ctx.load_texture("picture", pixels, options);
            self.tiles.put(*key, (texture, self.levels), n_bytes);
        }
        self.tiles.shrink_to(TILE_BYTES);
        true
    }

    /// Keeps a case's thumbnail; `None` where it has no picture.
    pub fn put_thumbnail(&mut self, ctx: &Context, of: (CaseId, Side), pixels: Option<&RgbImage>) {
        let texture = pixels.map(|pixels| {
            let size = [pixels.width() as usize, pixels.height() as usize];
            let image = ColorImage::from_rgb(size, pixels.as_raw());
            ctx.load_texture("thumbnail", image, TextureOptions::LINEAR)
        });
        self.thumbnails.put(of, texture, 1);
        self.thumbnails.shrink_to(N_THUMBNAILS);
    }

    /// Whether it is known if the case has a thumbnail; asking keeps it.
    pub fn use_thumbnail(&mut self, of: (CaseId, Side)) -> bool {
        self.thumbnails.use_one(&of).is_some()
    }

    /// A case's thumbnail and its size in pixels.
    #[must_use]
    pub fn thumbnail(&self, of: (CaseId, Side)) -> Option<(TextureId, Vec2)> {
        let texture = self.thumbnails.get(&of)?.as_ref()?;
        Some((texture.id(), texture.size_vec2()))
    }

    /// The memory that pictures take, and at most take, in words.
    #[must_use]
    pub fn memory(&self) -> String {
        let mib = |n_bytes: usize| (n_bytes >> 20) as u64;
        words!(
            "engine-memory",
            pictures = mib(self.pictures.weight),
            most_pictures = mib(PICTURE_BYTES),
            tiles = mib(self.tiles.weight),
            most_tiles = mib(TILE_BYTES)
        )
    }
}

/// Single pixels are shown as they are when the picture is enlarged.
fn exact_pixels() -> TextureOptions {
    TextureOptions {
        magnification: TextureFilter::Nearest,
        minification: TextureFilter::Linear,
        ..TextureOptions::LINEAR
    }
}

/// Where all of a texture lies, in its own coordinates.
#[must_use]
pub fn whole_uv() -> Rect {
    Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
}

/// Things with a weight, of which the longest unused go first.
struct Kept<K, V> {
    things: BTreeMap<K, (V, usize, u64)>,
    weight: usize,
    n_uses: u64,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            things: BTreeMap::new(),
            weight: 0,
            n_uses: 0,
        }
    }
}

impl<K: Ord + Copy, V> Kept<K, V> {
    fn get(&self, key: &K) -> Option<&V> {
        self.things.get(key).map(|(value, _, _)| value)
    }

    fn use_one(&mut self, key: &K) -> Option<&V> {
        let (value, _, last_use) = self.things.get_mut(key)?;
        self.n_uses += 1;
        *last_use = self.n_uses;
        Some(value)
    }

    fn put(&mut self, key: K, value: V, weight: usize) {
        self.n_uses += 1;
        self.weight += weight;
        if let Some((_, old_weight, _)) = self.things.insert(key, (value, weight, self.n_uses)) {
            self.weight -= old_weight;
        }
    }

    /// The thing used last stays, however heavy.
    fn shrink_to(&mut self, limit: usize) {
        while self.weight > limit && self.things.len() > 1 {
            let oldest = self
                .things
                .iter()
                .min_by_key(|(_, (_, _, last_use))| *last_use)
                .map(|(key, _)| *key);
            let Some((_, weight, _)) = oldest.and_then(|key| self.things.remove(&key)) else {
                return;
            };
            self.weight -= weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Pyramid {
        Pyramid::build(RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([x as u8, y as u8, 7])
        }))
    }

    fn id() -> PictureId {
        PictureId::plain(Sha256::of(b"a picture"))
    }

    #[test]
    fn whatever_the_size_the_last_level_is_one_tile() {
        for (width, height) in [(1, 1), (1024, 1024), (1025, 3), (3, 5000), (4001, 2999)] {
            let picture = picture(width, height);
            let whole = Rect::from_min_size(pos2(0.0, 0.0), vec2(width as f32, height as f32));
            let base = picture.tiles_of_level(id(), picture.base_level(), whole);
            assert_eq!(base.len(), 1, "{width}x{height}");
            assert_eq!(base[0].image_px, whole, "{width}x{height}");
            let cut = picture.cut(base[0].key, None).unwrap();
            assert!(cut.width() <= 1024 && cut.height() <= 1024);
        }
    }

    #[test]
    fn at_one_to_one_only_the_tiles_in_sight_are_wanted_and_their_pixels_are_exact() {
        let picture = picture(4000, 3000);
        let seen = Rect::from_min_size(pos2(1000.0, 1000.0), vec2(100.0, 100.0));
        let tiles = picture.tiles(id(), seen, 1.0);
        // The whole picture, coarse, and the four tiles around (1024, 1024).
        assert_eq!(tiles.len(), 5);
        let last = tiles.last().unwrap();
        assert_eq!(last.image_px.min, pos2(1024.0, 1024.0));
        let cut = picture.cut(last.key, None).unwrap();
        let pixel = cut.pixels[3 * cut.width() + 2];
        assert_eq!([pixel.r(), pixel.g()], [1026_u32 as u8, 1027_u32 as u8]);
    }

    #[test]
    fn far_away_a_small_copy_does() {
        let picture = picture(4000, 3000);
        assert_eq!(picture.level_for(1.0), 0);
        assert_eq!(picture.level_for(0.6), 0);
        assert_eq!(picture.level_for(0.4), 1);
        assert_eq!(picture.level_for(0.01), 2);
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut kept = Kept::default();
        for key in 0..3 {
            kept.put(key, (), 10);
        }
        kept.use_one(&0);
        kept.shrink_to(20);
        assert!(kept.get(&0).is_some() && kept.get(&1).is_none() && kept.get(&2).is_some());
        kept.put(0, (), 100);
        kept.shrink_to(20);
        assert_eq!((kept.things.len(), kept.weight), (1, 100));
    }
}
