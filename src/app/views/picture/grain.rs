//! How much grain the portrait has beside the rest of the document.

use super::super::super::look::straight_of;
use super::super::super::textures::{PictureId, Pyramid};
use super::PaneView;
use crate::engine::close_up::Perspective;
use crate::lens::GRAIN_AMPLIFIED;

/// Places looked at along each side of the document.
const N_PLACES: usize = 48;
/// The margin of the document and the portrait that counts for neither, as a part of each.
const MARGIN: f64 = 0.08;

/// The medians of the grain in the portrait and on the rest of the document, in levels, read from the
/// picture as [`crate::lens::Lens::Grain`] shows it. `None` if either was not found.
pub(super) fn in_and_around(
    pane: &PaneView<'_>,
    shown: PictureId,
    seen: &Pyramid,
) -> Option<[f64; 2]> {
    let document = Perspective::onto(&pane.quad?)?;
    let portrait = Perspective::onto(&pane.portrait?)?;
    let straight = straight_of(shown);
    let grain = seen.coarsest()?;
    let scale = f64::from(grain.width()) / f64::from(seen.size_px()[0]);
    let mut levels: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
    let part = |i: usize| MARGIN + (1.0 - 2.0 * MARGIN) * (i as f64 + 0.5) / N_PLACES as f64;
    for (i, j) in (0..N_PLACES).flat_map(|i| (0..N_PLACES).map(move |j| (i, j))) {
        let photo = document.at(part(i), part(j));
        let [u, v] = portrait.back(photo);
        let at = straight.map_or(photo, |straight| straight.straight_from_photo(photo));
        let [x, y] = at.map(|at| (at * scale).max(0.0) as u32);
        let Some(pixel) = grain.get_pixel_checked(x, y) else {
            continue;
        };
        let within = |margin: f64| [u, v].iter().all(|at| (margin..1.0 - margin).contains(at));
        if within(MARGIN) {
            levels[0].push(pixel.0[0]);
        } else if !within(-MARGIN) {
            levels[1].push(pixel.0[0]);
        }
    }
    let [inside, around] = levels.map(|mut levels| {
        levels.sort_unstable();
        levels.get(levels.len() / 2).copied()
    });
    Some([inside?, around?].map(|level| f64::from(level) / f64::from(GRAIN_AMPLIFIED)))
}
