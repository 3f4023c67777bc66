#!/usr/bin/env python3
"""Makes the pictures and the recording in docs/ from the real program.

    cargo build --release && scripts/tour.py            # docs/pictures/*.svg and docs/tour.cast

Needs Python 3.11 and tmux. The program runs in tmux with a home of its own, without keys and without a
network, so what is seen is the built-in demonstration. Every picture is what tmux says stands on the screen.
"""

import html
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import fcntl
import time
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("FAREWAY", str(ROOT / "target/release/fareway"))
PICTURES = ROOT / "docs/pictures"
CAST = ROOT / "docs/tour.cast"
SIZE = (120, 34)

# What is played: ("type", text), ("key", tmux key name), ("until", regex on the screen), ("picture", name).
STEPS = json.loads((ROOT / "scripts/tour.json").read_text())

CELL_W, CELL_H, PAD = 8.4, 18.0, 14
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
BASE = [
    "#1d1f21", "#cc6666", "#b5bd68", "#f0c674", "#81a2be", "#b294bb", "#8abeb7", "#c5c8c6",
    "#666666", "#d54e53", "#b9ca4a", "#e7c547", "#7aa6da", "#c397d8", "#70c0b1", "#eaeaea",
]


def xterm(n):
    """The colour of the 256-colour palette's entry n."""
    if n < 16:
        return BASE[n]
    if n < 232:
        n -= 16
        level = lambda v: 0 if v == 0 else 55 + 40 * v
        return "#%02x%02x%02x" % (level(n // 36), level(n // 6 % 6), level(n % 6))
    return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3)


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.fg = self.bg = None
        self.bold = self.dim = self.italic = self.underline = self.reverse = self.strike = False

    def apply(self, codes):
        codes = codes or [0]
        i = 0
        while i < len(codes):
            c = codes[i]
            if c == 0:
                self.reset()
            elif c in (38, 48):
                colour = None
                if codes[i + 1 : i + 2] == [5]:
                    colour, i = xterm(codes[i + 2]), i + 2
                elif codes[i + 1 : i + 2] == [2]:
                    colour, i = "#%02x%02x%02x" % tuple(codes[i + 2 : i + 5]), i + 4
                if c == 38:
                    self.fg = colour
                else:
                    self.bg = colour
            elif 30 <= c <= 37:
                self.fg = BASE[c - 30]
            elif 90 <= c <= 97:
                self.fg = BASE[c - 82]
            elif 40 <= c <= 47:
                self.bg = BASE[c - 40]
            elif 100 <= c <= 107:
                self.bg = BASE[c - 92]
            elif c == 39:
                self.fg = None
            elif c == 49:
                self.bg = None
            else:
                flags = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
                if c in flags:
                    setattr(self, flags[c], True)
                for off, names in {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}.items():
                    if c == off:
                        for name in names:
                            setattr(self, name, False)
            i += 1

    def key(self):
        fg, bg = self.fg, self.bg
        if self.reverse:
            fg, bg = bg or "#101216", fg or "#d8dee9"
        return (fg, bg, self.bold, self.dim, self.italic, self.underline, self.strike)


def width(ch):
    if unicodedata.combining(ch) or ch in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(ch) in "WF" else 1


def runs(line, style):
    """(column, style, text, columns) for each stretch of one style in a line of `capture-pane -e`."""
    out, col, start, text, key = [], 0, 0, "", None
    i = 0
    while i < len(line):
        m = re.compile(r"\x1b\[([\d;:]*)m|\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)").match(line, i)
        if m:
            if m.group(1) is not None:
                style.apply([int(c) if c else 0 for c in re.split("[;:]", m.group(1))])
            i = m.end()
            continue
        if text and style.key() != key:
            out.append((start, key, text, col - start))
            text = ""
        if not text:
            start, key = col, style.key()
        text += line[i]
        col += width(line[i])
        i += 1
    if text:
        out.append((start, key, text, col - start))
    return out


def erased(lines, cols):
    """(column, row, columns, background) of what tmux leaves out: erased cells at the end of a line, as their neighbours are."""
    grid, style = [], Style()
    for line in lines:
        row = [None] * cols
        for col, key, _, n in runs(line, style):
            row[col : col + n] = [key[1] or "none"] * n
        grid.append(row[:cols])
    for x in range(cols):
        column = [row[x] for row in grid]
        for y, known in enumerate(column):
            above = next((c for c in reversed(column[:y]) if c), None)
            below = next((c for c in column[y + 1 :] if c), None)
            if not known and above == below and above not in (None, "none"):
                yield x, y, 1, above


def svg(screen, size, background="#101216", foreground="#d8dee9"):
    # the theme's own background: what most cells stand on
    lines, style = screen.split("\n")[: size[1]], Style()
    area = {}
    for line in lines:
        for _, key, _, n in runs(line, style):
            area[key[1]] = area.get(key[1], 0) + n
    background = max((bg for bg in area if bg), key=area.get, default=background)
    cols, rows = size
    w, h = cols * CELL_W + 2 * PAD, rows * CELL_H + 2 * PAD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}" '
        f'font-family="{FONT}" font-size="14">',
        f'<rect width="100%" height="100%" rx="8" fill="{background}"/>',
    ]
    for x, y, n, bg in erased(lines, cols):
        if bg != background:
            out.append(f'<rect x="{PAD + x * CELL_W:.1f}" y="{PAD + y * CELL_H:.1f}" width="{n * CELL_W:.1f}" height="{CELL_H}" fill="{bg}"/>')
    style = Style()
    for y, line in enumerate(screen.split("\n")[:rows]):
        for col, (fg, bg, bold, dim, italic, underline, strike), text, n in runs(line, style):
            x, top = PAD + col * CELL_W, PAD + y * CELL_H
            if bg and bg != background:
                out.append(f'<rect x="{x:.1f}" y="{top:.1f}" width="{n * CELL_W:.1f}" height="{CELL_H}" fill="{bg}"/>')
            if text.strip():
                attrs = [f'x="{x:.1f}"', f'y="{top + 13.5:.1f}"', f'fill="{fg or foreground}"', f'textLength="{n * CELL_W:.1f}"']
                attrs += ['font-weight="bold"'] * bold + ['opacity="0.6"'] * dim + ['font-style="italic"'] * italic
                decoration = " ".join(["underline"] * underline + ["line-through"] * strike)
                attrs += [f'text-decoration="{decoration}"'] * bool(decoration)
                out.append(f'<text xml:space="preserve" {" ".join(attrs)}>{html.escape(text)}</text>')
    out.append("</svg>\n")
    return "\n".join(out)


def environment(home):
    keep = {k: os.environ[k] for k in ("PATH", "LANG", "LC_ALL") if k in os.environ}
    # what runs on the machine that makes the pictures is none of their business
    config = pathlib.Path(home) / ".config/fareway/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[network]\nrefresh = false\ndiscover = false\n")
    return {**keep, "HOME": home, "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def pictures(home):
    PICTURES.mkdir(parents=True, exist_ok=True)
    socket = os.path.join(home, "tmux")
    tmux = lambda *args: subprocess.run(["tmux", "-S", socket, *args], check=True, capture_output=True, text=True).stdout
    env = " ".join(f"{k}='{v}'" for k, v in environment(home).items())
    (pathlib.Path(home) / "tmux.conf").write_text('set -g default-terminal "tmux-256color"\nset -as terminal-features ",*:RGB"\nset -g status off\n')
    tmux("-f", f"{home}/tmux.conf", "new-session", "-d", "-s", "t", "-x", str(SIZE[0]), "-y", str(SIZE[1]), f"env -i {env} {BINARY}")
    try:
        for verb, what in STEPS:
            if verb == "type":
                tmux("send-keys", "-l", "-t", "t", what)
            elif verb == "key":
                tmux("send-keys", "-t", "t", what)
            elif verb == "until":
                deadline = time.monotonic() + 60
                while not re.search(what, tmux("capture-pane", "-p", "-t", "t")):
                    if time.monotonic() > deadline:
                        sys.exit(f"tour: {what!r} never came; the screen:\n" + tmux("capture-pane", "-p", "-t", "t"))
                    time.sleep(0.05)
            elif verb == "picture":
                time.sleep(0.3)
                (PICTURES / f"{what}.svg").write_text(svg(tmux("capture-pane", "-e", "-p", "-t", "t"), SIZE))
                print(f"docs/pictures/{what}.svg")
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], capture_output=True)


KEYS = {"Enter": "\r", "Escape": "\x1b", "Up": "\x1b[A", "Down": "\x1b[B", "Left": "\x1b[D", "Right": "\x1b[C", "Tab": "\t", "F1": "\x1bOP", "BSpace": "\x7f", "PageUp": "\x1b[5~", "PageDown": "\x1b[6~"}


def key_bytes(name):
    if name in KEYS:
        return KEYS[name]
    if name.startswith("C-"):
        return chr(ord(name[2].upper()) & 0x1F)
    if name.startswith("M-"):
        return "\x1b" + name[2:]
    return name


def recording(home):
    """The same steps in a bare pty, as an asciinema v2 file: what the program really writes, byte for byte."""
    cols, rows = SIZE
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(BINARY, [BINARY], environment(home))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
    began, events, seen = time.monotonic(), [], ""

    def listen(seconds):
        nonlocal seen
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([fd], [], [], left)[0]:
                try:
                    data = os.read(fd, 65536).decode("utf-8", "replace")
                except OSError:
                    return
                events.append([round(time.monotonic() - began, 4), "o", data])
                seen += re.sub(r"\x1b\[[\d;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)", "", data)

    listen(1.0)
    for verb, what in STEPS:
        if verb == "type":
            for ch in what:
                os.write(fd, ch.encode())
                listen(0.04)
        elif verb == "key":
            os.write(fd, key_bytes(what).encode())
            listen(0.6)
        elif verb == "until":
            listen(4.0)
        elif verb == "picture":
            listen(1.0)
    os.close(fd)
    os.waitpid(pid, 0)
    header = {"version": 2, "width": cols, "height": rows, "title": "fareway", "env": {"TERM": "xterm-256color"}}
    CAST.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in [header, *events]) + "\n")
    print(f"docs/tour.cast: {sum(len(e[2].encode()) for e in events)} bytes in {events[-1][0]:.0f} s")


if __name__ == "__main__":
    if not shutil.which("tmux") or not os.path.exists(BINARY):
        sys.exit(f"tour: needs tmux and {BINARY} (cargo build --release)")
    for play in (pictures, recording):
        with tempfile.TemporaryDirectory() as home:
            play(home)
