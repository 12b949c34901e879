#!/usr/bin/env bash
# Takes docs/screenshot.png: the window over the demo workspace, on a screen of its own.
#
# Needs xvfb, xdotool and imagemagick. The pictures in it are made ones; none shows a person or a
# real document. Give the program to photograph as the only argument, or it is built.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-}
if [[ -z $program ]]; then
    cargo build --release
    program=target/release/secondlook
fi
size=1280x800
scratch=$(mktemp -d)
# The workspace's folder is in the picture, so it gets a name that says what it is.
export SECONDLOOK_WORKSPACE="$scratch/demo"
export LIBGL_ALWAYS_SOFTWARE=1
display=:$((2000 + $$ % 20000))
trap 'kill "${window_pid:-}" "${screen_pid:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

"$program" demo --no-window
Xvfb "$display" -screen 0 "${size}x24" >/dev/null 2>&1 &
screen_pid=$!
sleep 1
export DISPLAY=$display
"$program" --actor reviewer &
window_pid=$!
window=$(timeout 60 xdotool search --sync --onlyvisible --name 'Second Look' | head -n 1)
xdotool windowsize "$window" "${size%x*}" "${size#*x}" windowmove "$window" 0 0 windowfocus "$window"
# The first case is decoded by then; what the checks made of its parts is laid over it.
sleep 10
xdotool key e
sleep 3
import -window root -strip -dither None -colors 200 "PNG8:$scratch/screenshot.png"
mv "$scratch/screenshot.png" docs/screenshot.png
ls -l docs/screenshot.png
