#!/usr/bin/env bash
# Gathers what the tests and the samples read as the corpus that fuzzing starts from.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/{picture,records,check,policy}
cp ../tests/data/intake/*.jpg ../assets/samples/*.jpg corpus/picture/
cp ../tests/data/intake/*.json corpus/records/
find ../assets/samples -name '*.json' -exec cp {} corpus/records/ \;
for picture in corpus/picture/*; do # the first byte says how to read it: 0, and 1 for the whole frame
    name=$(basename "$picture")
    { printf '\0' && cat "$picture"; } >"corpus/check/$name"
    { printf '\1' && head -c 3000 "$picture" | tail -c 2000; } >"corpus/check/levels-of-$name"
done
cargo run --release --quiet --manifest-path ../Cargo.toml -- policy show >corpus/policy/default.json
