//! Draws what the window asks for into a picture, on the processor: the same on every computer, and without a
//! GPU. Follows egui's OpenGL backend, without its dithering: triangles that own their left and upper edges, colours
//! multiplied and blended in gamma space with premultiplied alpha, and eight bits a channel after each.

use std::collections::BTreeMap;
use std::ops::Range;

use eframe::egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use eframe::egui::{
    Color32, ColorImage, Context, FullOutput, ImageData, Rect, TextureFilter, TextureId,
    TextureOptions, TextureWrapMode, TexturesDelta, Vec2, vec2,
};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// Parts of a pixel that corners are rounded to.
const SUBPIXELS: f32 = 256.0;
const PIXEL: i64 = SUBPIXELS as i64;

/// Keeps the textures that the window has made, and draws with them.
#[derive(Default)]
pub(crate) struct Raster {
    textures: BTreeMap<TextureId, Texture>,
    /// Drawn with for the last time.
    leaving: Vec<TextureId>,
}

struct Texture {
    pixels: ColorImage,
    options: TextureOptions,
}

/// Four channels, 0 to 1, premultiplied.
type Colour = [f32; 4];

impl TestRenderer for Raster {
    #[expect(
        clippy::iter_over_hash_type,
        reason = "no texture depends on another one"
    )]
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for id in self.leaving.drain(..) {
            self.textures.remove(&id);
        }
        for (id, changes) in delta.set.drain() {
            for change in changes {
                let ImageData::Color(pixels) = change.image;
                match (change.pos, self.textures.get_mut(&id)) {
                    (Some(at), Some(texture)) => texture.put(at, &pixels),
                    _ => {
                        let texture = Texture {
                            pixels: (*pixels).clone(),
                            options: change.options,
                        };
                        self.textures.insert(id, texture);
                    }
                }
            }
        }
        self.leaving.extend(delta.free.drain());
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut canvas = RgbaImage::new(size.x.round() as u32, size.y.round() as u32);
        for ClippedPrimitive {
            clip_rect,
            primitive,
        } in ctx.tessellate(output.shapes.clone(), scale)
        {
            let Primitive::Mesh(mesh) = primitive else {
                return Err("only meshes are drawn here".to_owned());
            };
            let texture = self
                .textures
                .get(&mesh.texture_id)
                .ok_or_else(|| format!("there is no {:?}", mesh.texture_id))?;
            if texture.options.wrap_mode != TextureWrapMode::ClampToEdge {
                return Err("textures end at their edges here".to_owned());
            }
            let clip = clipped(clip_rect * scale, &canvas);
            for corners in mesh.indices.as_chunks::<3>().0 {
                let corners = corners.map(|index| mesh.vertices[index as usize]);
                if let Some(triangle) = Triangle::of(corners, scale) {
                    triangle.draw(&mut canvas, &clip, texture);
                }
            }
        }
        Ok(canvas)
    }
}

/// The columns and rows of the canvas within `clip_px`.
fn clipped(clip_px: Rect, canvas: &RgbaImage) -> [Range<i64>; 2] {
    let within = |from: f32, to: f32, end: u32| {
        let end = i64::from(end);
        (from.round() as i64).clamp(0, end)..(to.round() as i64).clamp(0, end)
    };
    let Rect { min, max } = clip_px;
    [
        within(min.x, max.x, canvas.width()),
        within(min.y, max.y, canvas.height()),
    ]
}

impl Texture {
    fn put(&mut self, [left, top]: [usize; 2], patch: &ColorImage) {
        let width = self.pixels.width();
        for (row, pixels) in patch.pixels.chunks_exact(patch.width()).enumerate() {
            let from = (top + row) * width + left;
            self.pixels.pixels[from..from + pixels.len()].copy_from_slice(pixels);
        }
    }

    fn size(&self) -> Vec2 {
        vec2(self.pixels.width() as f32, self.pixels.height() as f32)
    }

    fn pixel(&self, x: f32, y: f32) -> Colour {
        let [width, height] = self.pixels.size;
        let x = (x.max(0.0) as usize).min(width - 1);
        let y = (y.max(0.0) as usize).min(height - 1);
        colour(self.pixels.pixels[y * width + x])
    }

    /// The colour at `at`, in pixels of the texture.
    fn sample(&self, at: Vec2, filter: TextureFilter) -> Colour {
        match filter {
            TextureFilter::Nearest => self.pixel(at.x.floor(), at.y.floor()),
            TextureFilter::Linear => {
                let corner = (at - Vec2::splat(0.5)).floor();
                let part = at - Vec2::splat(0.5) - corner;
                let across = |y: f32| {
                    let [left, right] = [0.0, 1.0].map(|x| self.pixel(corner.x + x, y));
                    mix(left, right, part.x)
                };
                mix(across(corner.y), across(corner.y + 1.0), part.y)
            }
        }
    }
}

struct Triangle {
    corners: [Vertex; 3],
    /// The same corners in parts of a pixel, clockwise on the screen.
    at: [[i64; 2]; 3],
    /// Twice its area, in squared parts of a pixel.
    area: i64,
}

impl Triangle {
    /// `None` where it covers nothing.
    fn of(mut corners: [Vertex; 3], scale: f32) -> Option<Self> {
        let rounded = |corner: Vertex| {
            let at = corner.pos.to_vec2() * scale * SUBPIXELS;
            [at.x.round() as i64, at.y.round() as i64]
        };
        let mut at = corners.map(rounded);
        let mut area = cross(at[0], at[1], at[2]);
        if area < 0 {
            corners.swap(1, 2);
            at.swap(1, 2);
            area = -area;
        }
        (area > 0).then_some(Self { corners, at, area })
    }

    fn draw(&self, canvas: &mut RgbaImage, clip: &[Range<i64>; 2], texture: &Texture) {
        let [columns, rows] = [0, 1].map(|axis| {
            let along = self.at.map(|at| at[axis]);
            let first = along.into_iter().min().unwrap_or(0).div_euclid(PIXEL);
            let last = along.into_iter().max().unwrap_or(0).div_euclid(PIXEL);
            clip[axis].start.max(first)..clip[axis].end.min(last + 1)
        });
        let colours = self.corners.map(|corner| colour(corner.color));
        let places = self
            .corners
            .map(|corner| corner.uv.to_vec2() * texture.size());
        let filter = self.filter(places, texture.options);
        // Two triangles that share an edge never both draw the pixels on it.
        let [a, b, c] = self.at;
        let edges = [[b, c], [c, a], [a, b]];
        let least = edges.map(|[from, to]| {
            let owns = to[1] < from[1] || to[1] == from[1] && to[0] > from[0];
            i64::from(!owns)
        });
        for y in rows {
            for x in columns.clone() {
                let middle = [x, y].map(|at| at * PIXEL + PIXEL / 2);
                let inside = edges.map(|[from, to]| cross(from, to, middle));
                if (0..3).any(|i| inside[i] < least[i]) {
                    continue;
                }
                let part = inside.map(|part| part as f32 / self.area as f32);
                let tint: Colour =
                    std::array::from_fn(|c| (0..3).map(|i| colours[i][c] * part[i]).sum());
                let at = (0..3).fold(Vec2::ZERO, |at, i| at + places[i] * part[i]);
                let sampled = texture.sample(at, filter);
                let over: Colour = std::array::from_fn(|c| tint[c] * sampled[c]);
                blend(canvas.get_pixel_mut(x as u32, y as u32), over);
            }
        }
    }

    /// The filter for as many pixels of the texture as there lie in one of the screen.
    fn filter(&self, places: [Vec2; 3], options: TextureOptions) -> TextureFilter {
        let [a, b, c] = self.at;
        let across = [places[1] - places[0], places[2] - places[0]];
        // How far the place in the texture moves with one pixel along each axis of the screen.
        let step = |axis: usize| {
            let along = [c[axis] - a[axis], b[axis] - a[axis]].map(|d| d as f32);
            let moved = across[0] * along[0] - across[1] * along[1];
            moved.length() * SUBPIXELS / self.area as f32
        };
        match step(0).max(step(1)) > 1.0 {
            true => options.minification,
            false => options.magnification,
        }
    }
}

/// Twice the area of a triangle; positive if its corners run clockwise on the screen.
fn cross(a: [i64; 2], b: [i64; 2], c: [i64; 2]) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

fn colour(colour: Color32) -> Colour {
    colour.to_array().map(|byte| f32::from(byte) / 255.0)
}

fn mix(a: Colour, b: Colour, part: f32) -> Colour {
    std::array::from_fn(|c| a[c] + (b[c] - a[c]) * part)
}

fn blend(pixel: &mut Rgba<u8>, over: Colour) {
    let through = 1.0 - over[3];
    for (byte, over) in pixel.0.iter_mut().zip(over) {
        // Rust's cast ends at 0 and 255.
        *byte = (f32::from(*byte).mul_add(through, over * 255.0) + 0.5) as u8;
    }
}
