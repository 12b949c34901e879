//! Any bytes as a picture file: every decoder, the JPEG walk, EXIF, XMP, colour profiles, the thumbnails.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secondlook::case::Side;
use secondlook::intake::{self, Limits};

fuzz_target!(|bytes: &[u8]| {
    // Large enough for every branch, small enough that a picture takes milliseconds.
    let limits = Limits {
        max_pixels: 4_000_000,
        max_bytes: 64 << 20,
    };
    match intake::load(bytes, Side::Front, &limits) {
        Ok(picture) => {
            assert_eq!(picture.record.width_px, picture.pixels.width());
            assert_eq!(picture.record.height_px, picture.pixels.height());
            assert!(!picture.record.thumbnail.is_empty());
            // Whoever asks later what the file says of itself gets an answer.
            assert!(intake::metadata(bytes, &limits).is_ok());
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.way_out().is_empty()),
    }
});
