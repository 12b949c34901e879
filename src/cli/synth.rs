//! `secondlook synth`: makes patches for training, whole pictures with their truth, and the
//! shipped samples.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use rayon::prelude::*;

use crate::synth::content;
use crate::synth::light::Light;
use crate::synth::patches::{Maker, PATCHES_PER_TRIPLE, Patch, TRIPLES_PER_GROUP};

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
    #[arg(long, default_value_t = 192)]
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

/// Carries out the subcommand, telling its progress on `out`.
pub(super) fn run(args: SynthArgs, out: &mut dyn Write) -> Result<()> {
    match args.mode {
        Mode::Patches(args) => patches(&args, out),
    }
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
        portraits: portraits(args.portraits.as_deref()),
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

/// The portraits of a folder in linear light, none larger than a printed one needs.
fn portraits(folder: Option<&Path>) -> Vec<Arc<Light>> {
    let Some(folder) = folder else {
        return Vec::new();
    };
    pictures_in(folder)
        .par_iter()
        .filter_map(|path| content::open(path, 640))
        .map(|picture| Arc::new(Light::from_srgb(&picture.to_rgb8())))
        .collect()
}
