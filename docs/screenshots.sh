#!/usr/bin/env bash
# Takes pictures of every view of the window, light and dark, in two sizes, over the demo workspace on a screen
# of its own. docs/screens.md shows them.
#
#   docs/screenshots.sh [PROGRAM [FOLDER]]      the program is built if none is given; docs/screens
#
# Needs xvfb, xdotool and imagemagick. The pictures in it are made ones; none shows a person or a real document.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:-}
folder=${2:-docs/screens}
if [[ -z $program ]]; then
    cargo build --release
    program=target/release/secondlook
fi
scratch=$(mktemp -d)
export LIBGL_ALWAYS_SOFTWARE=1
export DISPLAY=:$((2000 + $$ % 20000))
trap 'kill "${window_pid:-}" "${screen_pid:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT
mkdir -p "$folder"

Xvfb "$DISPLAY" -screen 0 1920x1080x24 >/dev/null 2>&1 &
screen_pid=$!
# The workspace's folder is in the pictures, so it gets a name that says what it is.
"$program" demo --no-window --workspace "$scratch/made"
mkdir "$scratch/pictures"
: >"$scratch/pictures/empty.jpg"
echo "Dear Sir or Madam" >"$scratch/pictures/letter.jpg"
convert -size 1x1 xc:grey "$scratch/pictures/one-pixel.png"
echo '{ "checks": [' >"$scratch/pictures/broken.json"

open() { # open WORKSPACE COLOURS SIZE [ZOOM [CONTRAST]]
    rm -rf "$scratch/demo"
    cp -r "$scratch/$1" "$scratch/demo"
    printf '{"colours":"%s","zoom":%s,"contrast":"%s"}' "$2" "${4:-1.0}" "${5:-normal}" >"$scratch/demo/window.json"
    "$program" --workspace "$scratch/demo" --actor reviewer &
    window_pid=$!
    size=$3
    local window
    window=$(timeout 60 xdotool search --sync --onlyvisible --name 'Second Look' | head -n 1)
    xdotool windowsize "$window" "${size%x*}" "${size#*x}" windowmove "$window" 0 0 windowfocus "$window"
    # Where nothing takes notice of it.
    xdotool mousemove $((${size%x*} / 2)) $((${size#*x} - 4))
    # The engine has started and the first pictures are decoded by then.
    sleep 10
}
press() { # press KEY…
    for key in "$@"; do
        xdotool key "$key"
        sleep 1.5
    done
}
choose() { # choose CASE: opens it by its name, wherever it stands in the list
    press ctrl+f
    xdotool type --delay 30 "$1"
    press Return Down ctrl+f ctrl+a BackSpace Return
}
take() { # take NAME
    sleep 1
    import -window root -crop "$size+0+0" +repage -strip -dither None -colors 200 "PNG8:$folder/$1.png"
}
shut() {
    kill "$window_pid"
    wait "$window_pid" || true
}

mkdir "$scratch/empty"
for colours in light dark; do
    for size in 1280x800 1920x1080; do
        name=$colours-$size
        open made "$colours" "$size"
        choose 07-portrait
        take "queue-$name"
        press e
        take "evidence-$name"
        press e e e e l
        take "lens-$name"
        press l l l l i
        take "metadata-$name"
        press i
        take "history-$name"
        press Escape
        choose made-b-portrait
        press i
        take "original-$name"
        press Escape F1
        take "keys-$name"
        press Escape ctrl+l
        xdotool type --delay 30 "$scratch/pictures"
        press Return
        sleep 4
        take "notice-$name"
        # Its button "Show report".
        xdotool mousemove $((${size%x*} - 147)) 61 click 1
        sleep 1
        take "report-$name"
        shut
        open empty "$colours" "$size"
        take "welcome-$name"
        shut
    done
    open made "$colours" 1280x800 2.0
    choose 07-portrait
    take "large-$colours"
    press i
    take "large-details-$colours"
    shut
    open made "$colours" 1280x800 1.0 high
    choose 07-portrait
    take "contrast-$colours"
    shut
done
