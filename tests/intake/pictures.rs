//! Bytes into pictures.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage};
use secondlook::case::{Sha256, Side};
use secondlook::intake::{Limits, Picture, PictureError, load, load_file};

const FORMATS: [(ImageFormat, &str); 5] = [
    (ImageFormat::Jpeg, "jpeg"),
    (ImageFormat::Png, "png"),
    (ImageFormat::WebP, "webp"),
    (ImageFormat::Tiff, "tiff"),
    (ImageFormat::Bmp, "bmp"),
];

/// A smooth picture that tells its corners apart.
fn sample(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let scale = |at: u32, of: u32| u8::try_from(at * 200 / of.max(2)).unwrap();
        image::Rgb([scale(x, width), scale(y, height), 40])
    })
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn load_front(bytes: &[u8]) -> Result<Picture, PictureError> {
    load(bytes, Side::Front, &Limits::default())
}

fn reason(bytes: &[u8]) -> String {
    let error = load_front(bytes).map(|_| ()).expect_err("a reason");
    assert!(!error.way_out().is_empty());
    error.to_string()
}

#[test]
fn every_format_comes_out_alike() {
    let original = sample(300, 200);
    for (format, name) in FORMATS {
        let bytes = encoded(&DynamicImage::ImageRgb8(original.clone()), format);
        let picture = load_front(&bytes).unwrap();
        assert_eq!(picture.record.format, name);
        assert_eq!(
            (picture.record.width_px, picture.record.height_px),
            (300, 200)
        );
        assert_eq!(picture.record.sha256, Sha256::of(&bytes));
        assert_eq!(picture.record.n_bytes, bytes.len() as u64);
        assert_eq!(picture.jpeg.is_some(), name == "jpeg");
        assert!(picture.decode_ms > 0.0);
        let differs = |(a, b): (&u8, &u8)| a.abs_diff(*b) > 8;
        let n_wrong = picture
            .pixels
            .iter()
            .zip(original.iter())
            .filter(|p| differs(*p))
            .count();
        assert_eq!(n_wrong, 0, "{name}");
        let thumbnail = load_front(&picture.incoming().thumbnail).unwrap();
        assert_eq!(thumbnail.pixels.dimensions(), (192, 128));
    }
}

#[test]
fn every_kind_of_pixel_comes_out_as_rgb() {
    let original = DynamicImage::ImageRgb8(sample(20, 10));
    let check = |picture: DynamicImage, format: ImageFormat| {
        let loaded = load_front(&encoded(&picture, format)).unwrap();
        let expected = picture.to_rgb8();
        for (got, wanted) in loaded.pixels.iter().zip(expected.iter()) {
            assert!(
                got.abs_diff(*wanted) <= 4,
                "{:?} in {format:?}",
                picture.color()
            );
        }
    };
    check(
        DynamicImage::ImageLuma8(original.to_luma8()),
        ImageFormat::Png,
    );
    check(
        DynamicImage::ImageLuma8(original.to_luma8()),
        ImageFormat::Jpeg,
    );
    check(
        DynamicImage::ImageLuma16(original.to_luma16()),
        ImageFormat::Png,
    );
    check(
        DynamicImage::ImageLumaA8(original.to_luma_alpha8()),
        ImageFormat::Png,
    );
    check(
        DynamicImage::ImageRgb16(original.to_rgb16()),
        ImageFormat::Png,
    );
    check(
        DynamicImage::ImageRgb16(original.to_rgb16()),
        ImageFormat::Tiff,
    );
    check(
        DynamicImage::ImageRgba8(original.to_rgba8()),
        ImageFormat::WebP,
    );
    check(
        DynamicImage::ImageRgba8(original.to_rgba8()),
        ImageFormat::Bmp,
    );
    check(
        DynamicImage::ImageRgba16(original.to_rgba16()),
        ImageFormat::Png,
    );
}

#[test]
fn a_cmyk_jpeg_has_the_colours_it_was_printed_with() {
    // 16 by 16 pixels of pure cyan, written by another program with Adobe's inverted channels.
    let picture = load_front(include_bytes!("../data/intake/cyan-cmyk.jpg")).unwrap();
    let [r, g, b] = picture.pixels.get_pixel(8, 8).0;
    assert!(r < 40 && g > 150 && b > 180, "{r} {g} {b}");
}

/// A JPEG of one colour that embeds `profile`.
fn profiled(colour: [u8; 3], profile: Vec<u8>) -> Vec<u8> {
    let picture = RgbImage::from_pixel(16, 16, image::Rgb(colour));
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 100);
    image::ImageEncoder::set_icc_profile(&mut encoder, profile).unwrap();
    encoder.encode_image(&picture).unwrap();
    bytes
}

#[test]
fn an_embedded_profile_is_applied_and_a_broken_one_is_none() {
    let middle = |bytes: &[u8]| load_front(bytes).unwrap().pixels.get_pixel(8, 8).0;
    let near = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2);
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    // Display P3's (200, 100, 50) is sRGB's (215, 93, 31), by the matrices of the two standards.
    let converted = middle(&profiled([200, 100, 50], p3.clone()));
    assert!(near(converted, [215, 93, 31]), "{converted:?}");
    let srgb = moxcms::ColorProfile::new_srgb().encode().unwrap();
    assert!(near(
        middle(&profiled([200, 100, 50], srgb)),
        [200, 100, 50]
    ));
    let noise = vec![7; 300];
    assert!(near(
        middle(&profiled([200, 100, 50], noise)),
        [200, 100, 50]
    ));
    for length in (1..p3.len()).step_by(7) {
        // A cut profile may do its work or not; the picture is read all the same.
        middle(&profiled([200, 100, 50], p3[..length].to_vec()));
    }
}

/// `jpeg` with an EXIF segment that asks for `orientation`.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn exif_orientation_is_applied() {
    let jpeg = encoded(&DynamicImage::ImageRgb8(sample(64, 32)), ImageFormat::Jpeg);
    // Where the stored picture's top left pixel, red 0 and green 0, must lie upright.
    for (orientation, size, corner) in [
        (1, (64, 32), (0, 0)),
        (2, (64, 32), (63, 0)),
        (3, (64, 32), (63, 31)),
        (4, (64, 32), (0, 31)),
        (5, (32, 64), (0, 0)),
        (6, (32, 64), (31, 0)),
        (7, (32, 64), (31, 63)),
        (8, (32, 64), (0, 63)),
        // No such orientation: the picture stays as it is.
        (0, (64, 32), (0, 0)),
        (9, (64, 32), (0, 0)),
    ] {
        let picture = load_front(&with_orientation(&jpeg, orientation)).unwrap();
        assert_eq!(
            picture.pixels.dimensions(),
            size,
            "orientation {orientation}"
        );
        assert_eq!((picture.record.width_px, picture.record.height_px), size);
        let [r, g, _] = picture.pixels.get_pixel(corner.0, corner.1).0;
        assert!(r < 20 && g < 20, "orientation {orientation}: {r} {g}");
    }
}

#[test]
fn a_single_pixel_is_a_picture() {
    for (format, _) in FORMATS {
        let bytes = encoded(&DynamicImage::ImageRgb8(sample(1, 1)), format);
        assert_eq!(load_front(&bytes).unwrap().pixels.dimensions(), (1, 1));
    }
}

#[test]
fn what_is_no_picture_says_what_it_is() {
    for (bytes, expected) in [
        (&b""[..], "the file is empty"),
        (
            b"Dear all,\nhere is the scan.\n",
            "it holds text, not a picture",
        ),
        (
            "Größe: {\"a\": 1}".as_bytes(),
            "it holds text, not a picture",
        ),
        (b"%PDF-1.7\n", "it is a PDF document, not a picture"),
        (b"PK\x03\x04\x14\0", "it is a ZIP archive, not a picture"),
        (
            &[0; 4096],
            "it starts with nothing but zeros, not a picture",
        ),
        (b"\0\0\0\x18ftypheic\0\0", "HEIC pictures are not read"),
        (b"GIF89a\x01\0\x01\0\0\0\0", "GIF pictures are not read"),
        (
            b"\x7fELF\x02\x01\x01\0\xff\xfe",
            "its content is of no known picture format, not a picture",
        ),
    ] {
        assert_eq!(reason(bytes), expected);
    }
}

#[test]
fn a_cut_off_file_is_named_as_one() {
    let picture = DynamicImage::ImageRgb8(sample(200, 100));
    for (format, name) in FORMATS {
        let bytes = encoded(&picture, format);
        for part in [50, 80, 95] {
            let cut = &bytes[..bytes.len() * part / 100];
            let reason = reason(cut);
            assert!(
                reason.contains("cut off") || reason.contains("damaged"),
                "{name} at {part} %: {reason}"
            );
        }
    }
    let jpeg = encoded(&picture, ImageFormat::Jpeg);
    assert_eq!(
        reason(&jpeg[..jpeg.len() - 2]),
        "the JPEG file is cut off before its end"
    );
    // A download that never filled its place.
    let mut hollow = jpeg.clone();
    let half = hollow.len() / 2;
    hollow[half..].fill(0);
    assert_eq!(reason(&hollow), "the JPEG file is cut off before its end");
}

/// A PNG header that declares `width` by `height`, and no pixels.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(&DynamicImage::ImageRgb8(sample(1, 1)), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 * (sum & 1))
        })
    })
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let too_many = |w: u32, h: u32| {
        format!("the picture declares {w} by {h} pixels, more than the limit of 64 megapixels")
    };
    assert_eq!(reason(&png_bomb(50_000, 50_000)), too_many(50_000, 50_000));
    assert_eq!(reason(&png_bomb(64_000_001, 1)), too_many(64_000_001, 1));

    let mut bmp = encoded(&DynamicImage::ImageRgb8(sample(1, 1)), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&40_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&40_000_u32.to_le_bytes());
    assert_eq!(reason(&bmp), too_many(40_000, 40_000));

    let mut jpeg = encoded(&DynamicImage::ImageRgb8(sample(8, 8)), ImageFormat::Jpeg);
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    assert_eq!(reason(&jpeg), too_many(65_500, 65_500));
}

#[test]
fn limits_are_kept_to_the_pixel() {
    let bytes = encoded(&DynamicImage::ImageRgb8(sample(100, 100)), ImageFormat::Png);
    let with = |max_pixels: u64, max_bytes: u64| {
        load(
            &bytes,
            Side::Back,
            &Limits {
                max_pixels,
                max_bytes,
            },
        )
        .map(|_| ())
    };
    assert!(with(10_000, 1 << 20).is_ok());
    assert!(matches!(
        with(9_999, 1 << 20),
        Err(PictureError::TooManyPixels { .. })
    ));
    assert!(matches!(
        with(10_000, 29_999),
        Err(PictureError::TooManyBytes { .. })
    ));
    let n_bytes = bytes.len() as u64;
    let error = with(10_000, n_bytes - 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the file has more than the limit of 0 MiB"
    );
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        max_bytes: 1000,
        ..Limits::default()
    };
    let check = |path: &std::path::Path, expected: &str| {
        let error = load_file(path, Side::Front, &limits)
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.way_out().is_empty());
    };
    check(folder.path(), "it is a folder, not a file");
    check(
        &folder.path().join("gone.jpg"),
        "the file could not be read: ",
    );
    let large = folder.path().join("large.jpg");
    std::fs::write(&large, vec![0; 1001]).unwrap();
    check(&large, "the file has more than the limit");
    let empty = folder.path().join("empty.jpg");
    std::fs::write(&empty, b"").unwrap();
    check(&empty, "the file is empty");
    #[cfg(unix)]
    {
        check(
            std::path::Path::new("/dev/zero"),
            "it is a pipe, a socket or a device",
        );
        let socket = folder.path().join("socket.jpg");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        check(&socket, "it is a pipe, a socket or a device");
    }
}

#[test]
fn a_file_hands_back_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.txt");
    let bytes = encoded(&DynamicImage::ImageRgb8(sample(10, 10)), ImageFormat::Png);
    std::fs::write(&path, &bytes).unwrap();
    let (picture, read) = load_file(&path, Side::Back, &Limits::default()).unwrap();
    assert_eq!((read, picture.record.side), (bytes, Side::Back));
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[test]
fn no_damage_ends_the_program() {
    let picture = DynamicImage::ImageRgb8(sample(23, 17));
    // Damage that declares a large picture must not make the test slow.
    let limits = Limits {
        max_pixels: 100_000,
        max_bytes: 4 << 20,
    };
    let mut dice = Dice(7);
    for (format, name) in FORMATS {
        let whole = encoded(&picture, format);
        let mut n_refused = 0;
        for length in 0..whole.len() {
            n_refused += usize::from(load(&whole[..length], Side::Front, &limits).is_err());
        }
        assert!(n_refused > 0, "{name}");
        for _ in 0..1500 {
            let mut bytes = whole.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                bytes[at] = u8::try_from(dice.below(256)).unwrap();
            }
            if dice.below(3) == 0 {
                bytes.truncate(dice.below(bytes.len()) + 1);
            }
            // Damage may go unseen; it must come back as a picture or as a reason.
            if let Ok(picture) = load(&bytes, Side::Front, &limits) {
                assert!(!picture.incoming().thumbnail.is_empty());
            }
        }
    }
    let grey = DynamicImage::ImageLuma8(picture.to_luma8());
    assert_eq!(grey.color().channel_count(), 1);
    let mut tiny = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut tiny)
        .encode(grey.as_bytes(), 23, 17, ExtendedColorType::L8)
        .unwrap();
    for length in 0..tiny.len() {
        assert!(load(&tiny[..length], Side::Front, &limits).is_err());
    }
}
