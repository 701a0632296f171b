#!/usr/bin/env python3
"""New rows: by the neighbours' labels or by centroids? Four fifths of each set are clustered, the others predicted.

    venv/bin/python bench/quality/predict.py build/release/shoal DATA --work out/quality
"""
import argparse
import os
import subprocess

import numpy as np

import quality

SETS = ("mini", "pairs", "fashion")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("data")
    parser.add_argument("--work", default="out/quality")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    arguments = parser.parse_args()
    bench = quality.Bench(arguments)
    print("| set | ACC of the clustered rows | of new rows, by neighbours | by centroids |\n|---|---|---|---|")
    for name in arguments.sets:
        truth, scores = bench.truth(name), []
        for seed in bench.seeds:
            order = np.random.default_rng(seed).permutation(len(truth))
            parts = {"old": order[len(order) // 5:], "new": order[:len(order) // 5]}
            files = {}
            for part, rows in parts.items():
                files[part] = bench.out(name, f"rows-{part}", seed) + ".npy"
                np.save(files[part], rows.astype(np.int64))
            labels, _ = bench.cluster(name, "auto-old", ["--method", "auto", "--clusters", str(quality.SETS[name]),
                                                         "--rows", files["old"]], seed)
            row = [100 * quality.accuracy(labels, truth[parts["old"]])]
            for by in ("neighbors", "centroids"):
                out = bench.out(name, f"predicted-{by}", seed)
                subprocess.run([bench.shoal, "predict", os.path.join(bench.out(name, "auto-old", seed), "model.shoal"),
                                bench.file(name), "--rows", files["new"], "--by", by, "--out", out], check=True,
                               stdout=subprocess.DEVNULL)
                row.append(100 * quality.accuracy(np.load(os.path.join(out, "labels.npy")), truth[parts["new"]]))
            scores.append(row)
        print(f"| {name} | " + " | ".join(f"{mean:.1f}" for mean in np.mean(scores, axis=0)) + " |", flush=True)


if __name__ == "__main__":
    main()
