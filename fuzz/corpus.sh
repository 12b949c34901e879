#!/usr/bin/env bash
# Gathers the corpus that fuzzing starts from: small pictures of every kind that is read (`seeds/`), what the
# tests read, and the samples.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/{picture,records,check,policy}
cp seeds/* ../tests/data/intake/*.jpg corpus/picture/
cp ../tests/data/intake/*.json corpus/records/
find ../assets/samples -name '*.json' -exec cp {} corpus/records/ \;
for picture in ../assets/samples/*.jpg ../tests/data/intake/*.jpg; do # the first byte says how to read it: 0, and 1 for the whole frame
    name=$(basename "$picture")
    { printf '\0' && cat "$picture"; } >"corpus/check/$name"
    { printf '\1' && head -c 3000 "$picture" | tail -c 2000; } >"corpus/check/levels-of-$name"
done
cargo run --release --quiet --manifest-path ../Cargo.toml -- policy show >corpus/policy/default.json
