#!/usr/bin/env python3
"""How the time of k-means grows with the rows and with the clusters: shoal and its rivals on generated rows, as a picture.

    curves.py run PEER_KMEANS RESULTS.json [--limit SECONDS] [--avx2]
    curves.py draw RESULTS.json PICTURE.svg

PEER_KMEANS is the program of kmeans.cpp. Rows are 128 normal numbers around one of 300 centres; all start from the same
ones and do 10 iterations, so that a curve shows work and not luck. What RESULTS.json holds is not run again. A rival that
took longer than the limit at one size isn't asked for the next. `run` needs the rivals of kmeans.py, `draw` matplotlib."""
import argparse
import json
import os

import numpy as np

from kmeans import NAMES, race, without_avx512

ROWS = [10_000, 30_000, 100_000, 300_000, 1_000_000]  # at C = 1,000
CLUSTERS = [100, 300, 1_000, 3_000, 10_000, 20_000]  # of 100,000 rows
POINTS = {"rows": [(n, 1_000) for n in ROWS], "clusters": [(100_000, c) for c in CLUSTERS]}
COLORS = {"shoal": "#1f77b4", "SuperKMeans 0.2": "#2ca02c", "SuperKMeans 0.2, layers": "#98df8a",
          "scikit-learn, Lloyd": "#d62728", "faiss": "#ff7f0e", "faiss, super k-means": "#9467bd"}


def generated(n):
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((300, 128), np.float32)
    return centres[rng.integers(300, size=n)] + rng.standard_normal((n, 128), np.float32)


def run(arguments):
    if arguments.avx2:
        without_avx512()
    results = {}
    if os.path.exists(arguments.results):
        with open(arguments.results, encoding="utf-8") as file:
            results = json.load(file)
    for n, clusters in dict.fromkeys(POINTS["rows"] + POINTS["clusters"]):
        point = results.setdefault(f"{n} {clusters}", {})
        slow = {name for key, other in results.items() for name, seconds in other.items()
                if seconds > arguments.limit and all(a <= b for a, b in zip(map(int, key.split()), (n, clusters)))}
        asked = [key for key, name in NAMES.items() if name not in point and name not in slow]
        shoals = {} if "shoal" in point else {"shoal": []}
        if not asked and not shoals:
            continue
        for name, line in race(arguments.program, generated(n), clusters, 10, asked, shoals).items():
            point[name] = line["seconds"]
        print(n, clusters, point, flush=True)
        with open(arguments.results + ".part", "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
        os.replace(arguments.results + ".part", arguments.results)


def draw(arguments):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "shoal", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    import matplotlib.pyplot as plt
    with open(arguments.results, encoding="utf-8") as file:
        results = json.load(file)
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True)
    for axis, (kind, points), title in zip(axes, POINTS.items(), ("rows, at C = 1,000", "clusters, of 100,000 rows")):
        for name, color in COLORS.items():
            line = [(n if kind == "rows" else clusters, results.get(f"{n} {clusters}", {}).get(name)) for n, clusters in points]
            line = [(x, seconds) for x, seconds in line if seconds is not None]
            axis.loglog(*zip(*line), "o-", color=color, label=name, linewidth=2.5 if name == "shoal" else 1.5, markersize=4)
        axis.set_xlabel(title)
        axis.grid(True, which="major", color="#ddd")
    axes[0].set_ylabel("seconds of 10 iterations, d = 128")
    axes[0].legend(frameon=False, loc="upper left")
    figure.tight_layout()
    figure.savefig(arguments.picture, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    runs = verbs.add_parser("run")
    runs.add_argument("program"), runs.add_argument("results")
    runs.add_argument("--limit", type=float, default=120)
    runs.add_argument("--avx2", action="store_true")
    drawn = verbs.add_parser("draw")
    drawn.add_argument("results"), drawn.add_argument("picture")
    arguments = parser.parse_args()
    run(arguments) if arguments.verb == "run" else draw(arguments)


if __name__ == "__main__":
    main()
