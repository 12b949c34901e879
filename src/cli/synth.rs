//! `secondlook synth`: makes patches for training, whole pictures with their truth, and the
//! shipped samples.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::builder::RangedU64ValueParser;
use clap::{Args, Subcommand};
use rayon::prelude::*;

use crate::synth::content;
use crate::synth::document::Format;
use crate::synth::light::Light;
use crate::synth::patches::{Maker, PATCHES_PER_TRIPLE, Patch, TRIPLES_PER_GROUP};
use crate::synth::plan::{Fault, Kind, Plan};
use crate::synth::rng::Rng;
use crate::synth::samples;
use crate::synth::scenes::{self, Props};

/// What `secondlook synth` was asked for.
#[derive(Args, Debug)]
pub(super) struct SynthArgs {
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand, Debug)]
enum Mode {
    /// Write patches for training: raw pixels in shards, and an index in JSON Lines
    Patches(PatchArgs),
    /// Write whole pictures of documents, each with its truth as JSON beside it
    Documents(DocumentArgs),
    /// Write the samples that come with the program, and `samples.json`
    Samples(SampleArgs),
}

#[derive(Args, Debug)]
struct SampleArgs {
    /// Folder for the samples; made where it is missing
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args, Debug)]
struct DocumentArgs {
    /// Folder for the pictures; made where it is missing
    #[arg(long)]
    out: PathBuf,
    /// Number of pictures
    #[arg(long, default_value_t = 100)]
    count: u64,
    /// The same seed makes the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Longer side of a picture in pixels
    #[arg(long, default_value_t = 1600, value_parser = clap::value_parser!(u32).range(64..=8192))]
    width: u32,
    /// What to make, as the truth calls it (`greyPrint`); all kinds in turn where none is given
    #[arg(long, value_parser = kind)]
    kind: Vec<Kind>,
    /// Share of pictures that are blurred, cropped or too small, or show no document, 0 to 1
    #[arg(long, default_value_t = 0.0, value_parser = share)]
    faults: f32,
    /// Folder of portraits; faces are drawn without one
    #[arg(long)]
    portraits: Option<PathBuf>,
    /// Folder of table tops and scenes; tables are drawn without one
    #[arg(long)]
    backgrounds: Option<PathBuf>,
}

/// A number from 0 to 1.
fn share(word: &str) -> Result<f32, String> {
    let number = word.parse().ok();
    number
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "it must be a number, 0 to 1".to_owned())
}

/// A kind by the name that the truth calls it by.
fn kind(word: &str) -> Result<Kind, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

#[derive(Args, Debug)]
struct PatchArgs {
    /// Folder for the shards and `index.jsonl`; made where it is missing
    #[arg(long)]
    out: PathBuf,
    /// Number of patches, rounded up to whole groups of twelve
    #[arg(long, default_value_t = 1200)]
    count: usize,
    /// The same seed makes the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Side of a patch in pixels
    #[arg(long, default_value_t = 192, value_parser = RangedU64ValueParser::<usize>::new().range(16..=1024))]
    size: usize,
    /// Folder of pictures to show beside drawn documents; may be given more than once
    #[arg(long)]
    content: Vec<PathBuf>,
    /// Folder of portraits for the drawn documents
    #[arg(long)]
    portraits: Option<PathBuf>,
}

/// Patches in one shard file.
const SHARD: usize = 3072;

/// Groups made before their patches are written: bounds the memory.
const GROUPS_AT_ONCE: usize = 32;

/// Whole pictures made at the same time, at the most: bounds the memory.
const PICTURES_AT_ONCE: usize = 8;

/// Carries out the subcommand, telling its progress on `out`.
pub(super) fn run(args: SynthArgs, out: &mut dyn Write) -> Result<()> {
    match args.mode {
        Mode::Patches(args) => patches(&args, out),
        Mode::Documents(args) => documents(&args, out),
        Mode::Samples(args) => write_samples(&args, out),
    }
}

fn write_samples(args: &SampleArgs, out: &mut dyn Write) -> Result<()> {
    fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let mut list = Vec::new();
    for sample in samples::all() {
        let made = sample.make();
        write_file(&args.out.join(sample.file), &made.jpeg)?;
        let mut entry = serde_json::to_value(&made.truth).context("describing a sample")?;
        entry["file"] = sample.file.into();
        list.push(entry);
        writeln!(out, "{}  {} kB", sample.file, made.jpeg.len() / 1000)?;
    }
    let mut text = serde_json::to_vec_pretty(&list).context("describing the samples")?;
    text.push(b'\n');
    write_file(&args.out.join("samples.json"), &text)
}

fn documents(args: &DocumentArgs, out: &mut dyn Write) -> Result<()> {
    fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let props = Props {
        portraits: pictures_up_to(args.portraits.as_deref(), 640),
        backgrounds: pictures_up_to(args.backgrounds.as_deref(), 1600),
    };
    let kinds: Vec<Kind> = match &args.kind[..] {
        [] => Kind::DOCUMENTS.to_vec(),
        kinds => kinds.to_vec(),
    };
    // As many at a time as there are cores, up to a few: a large one takes half a gigabyte.
    let side_by_side = rayon::current_num_threads().min(PICTURES_AT_ONCE);
    let all: Vec<u64> = (0..args.count).collect();
    for some in all.chunks(side_by_side) {
        some.par_iter().try_for_each(|i| {
            let made = scenes::make(&planned(args, &kinds, *i), &props, None);
            let name = format!("{i:06}");
            write_file(&args.out.join(format!("{name}.jpg")), &made.jpeg)?;
            let mut truth = serde_json::to_vec_pretty(&made.truth).context("writing the truth")?;
            truth.push(b'\n');
            write_file(&args.out.join(format!("{name}.json")), &truth)
        })?;
    }
    writeln!(out, "{} pictures in {}", args.count, args.out.display())?;
    Ok(())
}

/// The plan of picture `i`: kinds in turn, faults by chance.
fn planned(args: &DocumentArgs, kinds: &[Kind], i: u64) -> Plan {
    let mut rng = Rng::new(args.seed, &[i]);
    let kind = kinds[i as usize % kinds.len()];
    let faulty = rng.chance(args.faults);
    let fault = rng.pick(&[Fault::Blurred, Fault::Cropped, Fault::TooSmall]);
    let short = args.width / 4 * 3;
    let upright = rng.chance(0.5);
    Plan {
        seed: rng.bits(),
        kind: if faulty && rng.chance(0.2) {
            Kind::Nothing
        } else {
            kind
        },
        format: if rng.chance(0.75) {
            Format::Id1
        } else {
            Format::Id3
        },
        back: kind == Kind::Genuine && rng.chance(0.2),
        fault: faulty.then_some(fault),
        size_px: if upright {
            [short, args.width]
        } else {
            [args.width, short]
        },
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

fn patches(args: &PatchArgs, out: &mut dyn Write) -> Result<()> {
    fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let maker = Maker {
        seed: args.seed,
        size_px: args.size,
        pictures: args
            .content
            .iter()
            .flat_map(|folder| pictures_in(folder))
            .collect(),
        portraits: pictures_up_to(args.portraits.as_deref(), 640),
    };
    let per_group = TRIPLES_PER_GROUP * PATCHES_PER_TRIPLE;
    let n_groups = args.count.div_ceil(per_group);
    let mut shards = Shards::create(&args.out)?;
    let all: Vec<u64> = (0..n_groups as u64).collect();
    for (round, groups) in all.chunks(GROUPS_AT_ONCE).enumerate() {
        let made: Vec<Vec<Patch>> = groups.par_iter().map(|group| maker.group(*group)).collect();
        for patch in made.iter().flatten() {
            shards.put(patch)?;
        }
        if round % 16 == 15 {
            writeln!(
                out,
                "{} of {} patches",
                shards.n_patches,
                n_groups * per_group
            )?;
        }
    }
    shards.finish()?;
    writeln!(
        out,
        "{} patches in {}",
        n_groups * per_group,
        args.out.display()
    )?;
    Ok(())
}

/// The shard files and their index, being written.
struct Shards {
    folder: PathBuf,
    index: BufWriter<File>,
    shard: Option<BufWriter<File>>,
    n_patches: usize,
}

impl Shards {
    fn create(folder: &Path) -> Result<Self> {
        let index = folder.join("index.jsonl");
        let file = File::create(&index).with_context(|| format!("creating {}", index.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
            index: BufWriter::new(file),
            shard: None,
            n_patches: 0,
        })
    }

    fn put(&mut self, patch: &Patch) -> Result<()> {
        let (shard, row) = (self.n_patches / SHARD, self.n_patches % SHARD);
        let name = format!("patches-{shard:05}.u8");
        if row == 0 {
            if let Some(mut full) = self.shard.take() {
                full.flush().context("writing a shard")?;
            }
            let path = self.folder.join(&name);
            let file =
                File::create(&path).with_context(|| format!("creating {}", path.display()))?;
            self.shard = Some(BufWriter::with_capacity(1 << 20, file));
        }
        if let Some(file) = &mut self.shard {
            file.write_all(patch.pixels.as_raw())
                .context("writing a shard")?;
        }
        let mut line = serde_json::to_value(&patch.facts).context("writing the index")?;
        line["shard"] = name.into();
        line["row"] = row.into();
        writeln!(self.index, "{line}").context("writing the index")?;
        self.n_patches += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        if let Some(mut shard) = self.shard.take() {
            shard.flush().context("writing a shard")?;
        }
        self.index.flush().context("writing the index")
    }
}

/// The pictures in a folder and below, sorted by path, links followed.
fn pictures_in(folder: &Path) -> Vec<PathBuf> {
    let is_picture = |path: &Path| {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        ["jpg", "jpeg", "png", "webp"]
            .iter()
            .any(|known| extension == *known)
    };
    walkdir::WalkDir::new(folder)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| is_picture(path))
        .collect()
}

/// The pictures of a folder in linear light, none with a side longer than `longest` pixels.
fn pictures_up_to(folder: Option<&Path>, longest: u32) -> Vec<Arc<Light>> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    pictures_in(folder)
        .par_iter()
        .filter_map(|path| content::open(path, longest))
        .map(|picture| Arc::new(Light::from_srgb(&picture.to_rgb8())))
        .collect()
}
