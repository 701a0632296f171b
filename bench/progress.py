#!/usr/bin/env python3
"""progress.py SHOAL [FOLDER]: how long the command goes without a sign of life, and how good its estimates are.

Runs k-means (1,000,000 rows of 128 float16 columns, 1,000 clusters), heads and a neighbour search on generated
rows, each with stderr on a terminal and with stderr in a file. It records when what was written and prints, for each
run: the seconds it took, the longest silence (before the first line, between two, after the last), and for each phase
of some length the worst estimate, once three units are done. The error of an estimate is that of the whole phase:
|time so far + time left as shown - actual time| / actual time; in brackets stands the error of the time left alone,
while a fifth of the phase is still to come.

FOLDER, which is made and removed again, needs 300 MB. Needs numpy. With --rows N, N instead of 1,000,000 rows.
"""
import argparse
import os
import pathlib
import pty
import re
import shutil
import subprocess
import tempfile
import threading
import time

import numpy as np

units = {"s": 1, "min": 60, "h": 3600}


def make_rows(path, rows, columns, seed):
    """Rows around 3,000 centres, float16: clusters that overlap, as those of embeddings do."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((3000, columns), dtype=np.float32)
    out = np.lib.format.open_memmap(path, "w+", np.float16, (rows, columns))
    for first in range(0, rows, 50_000):
        count = min(50_000, rows - first)
        noise = random.standard_normal((count, columns), dtype=np.float32)
        out[first:first + count] = centres[random.integers(len(centres), size=count)] + noise


def run(command, terminal):
    """Runs a command. Returns what it wrote to stderr as (seconds, text) pairs, its duration and its stdout."""
    pieces, start = [], time.monotonic()
    if terminal:
        mine, its = pty.openpty()
    else:
        mine, its = os.pipe()
    process = subprocess.Popen(command, stderr=its, stdout=subprocess.PIPE, text=True)
    os.close(its)
    said = []

    def listen():
        for line in process.stdout:
            said.append((time.monotonic() - start, line))

    listener = threading.Thread(target=listen)
    listener.start()
    while True:
        try:
            piece = os.read(mine, 65536)
        except OSError:  # the end of a terminal
            piece = b""
        if not piece:
            break
        pieces.append((time.monotonic() - start, piece.decode(errors="replace")))
    listener.join()
    if process.wait() != 0:
        raise SystemExit(f"{command} failed: {''.join(text for _, text in pieces[-3:])}")
    os.close(mine)
    return pieces, said, time.monotonic() - start


def lines_of(pieces):
    """The lines that were shown, as (seconds, phase, done, total, seconds left or None)."""
    for at, text in pieces:
        for line in re.split(r"[\r\n]+", text.replace("\033[K", "")):
            # On a terminal a bar, or two spaces, stand after the phase; in a log a colon does.
            shown = re.match(r"(.+?)(?:: | {2,})(?:▕.*▏ *)?(?:(\d+) of (\d+) \w+|(\d+) %)?(.*)$", line)
            if not shown:
                continue
            phase, done, total, percent, rest = shown.groups()
            left = re.search(r"([\d.]+) (s|min|h) of [\d.]+ (?:s|min|h) left", rest)
            yield (at, phase, float(done or percent or 0), float(total or 100),
                   float(left[1]) * units[left[2]] if left else None)


def judge(pieces):
    """The worst estimates of each phase of ten seconds or more."""
    phases = []
    for line in lines_of(pieces):
        if not phases or phases[-1][0] != line[1]:
            phases.append((line[1], []))
        phases[-1][1].append(line)
    for phase, lines in phases:
        begin, end = lines[0][0], lines[-1][0]
        if end - begin < 10:
            continue
        whole = part = 0
        for at, _, done, total, left in lines:
            if left is None or done < 3:
                continue
            whole = max(whole, abs(at + left - end) / (end - begin))
            if end - at > (end - begin) / 5:
                part = max(part, abs(at + left - end) / (end - at))
        print(f"    {phase}: {end - begin:.0f} s, worst estimate {100 * whole:.0f} % off ({100 * part:.0f} %)")


def measure(name, command, ways):
    for terminal in ways:
        pieces, said, seconds = run(command, terminal)
        moments = sorted([0, *(at for at, _ in pieces), *(at for at, _ in said), seconds])
        silence = max(b - a for a, b in zip(moments, moments[1:]))
        print(f"{name}, {'terminal' if terminal else 'log'}: {seconds:.0f} s, longest silence {silence:.1f} s", flush=True)
        print("   ", said[0][1].strip())
        if terminal:
            judge(pieces)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("folder", nargs="?", default=None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["k-means", "heads", "neighbors"])
    parser.add_argument("--stderr", choices=["terminal", "file"], help="only this way")
    given = parser.parse_args()
    ways = [True, False] if given.stderr is None else [given.stderr == "terminal"]
    folder = pathlib.Path(given.folder or tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    rows, fewer = folder / "rows.npy", folder / "fewer.npy"
    make_rows(rows, given.rows, 128, 1)
    make_rows(fewer, given.rows // 10, 128, 2)
    jobs = {
        "k-means": ["cluster", rows, "--clusters", given.rows // 1000, "--threads", 2, "--out", folder / "k-means"],
        "heads": ["cluster", fewer, "--method", "temi", "--clusters", given.rows // 10_000, "--heads", 4, "--epochs", 2,
                  "--threads", 2, "--out", folder / "heads"],
        "neighbors": ["neighbors", fewer, "--threads", 2, "--out", folder / "neighbors.npy"],
    }
    for name, job in jobs.items():
        if given.only in (None, name):
            measure(name, [given.shoal, *map(str, job)], ways)
    shutil.rmtree(folder)
