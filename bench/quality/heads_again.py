#!/usr/bin/env python3
"""Do heads gain from the neighbour graph? TEMI by the pairs of heads_again.cpp beside auto, scored without labels
(shoal compare), then with them.

    venv/bin/python bench/quality/heads_again.py build/release/shoal DATA --program build/release/bench/heads_again \\
        --work out/quality

Uses the runs of quality.py in the same --work.
"""
import argparse
import json
import os
import subprocess

import numpy as np

import quality

VARIANTS = ("nearest-50", "nearest-10", "weighted", "started")
SCORES = ("silhouette", "neighbor_information")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("data")
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", default="out/quality")
    parser.add_argument("--sets", nargs="*", default=["mini", "fashion"], choices=list(quality.SETS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--epochs", type=int, default=0, help="0: those of small_data()")
    arguments = parser.parse_args()
    bench = quality.Bench(arguments)
    print("| set | pairs | loss | silhouette | information | ACC | NMI | ARI | seconds |\n" + "|---" * 9 + "|")
    for name in arguments.sets:
        truth, clusters = bench.truth(name), str(quality.SETS[name])
        runs = {"auto": []}
        records = {}
        for seed in bench.seeds:
            bench.cluster(name, "auto", ["--method", "auto", "--clusters", clusters], seed)
            graph_labels = os.path.join(bench.out(name, "auto", seed), "labels.npy")
            runs["auto"].append(graph_labels)
            for variant in VARIANTS:
                file = bench.out(name, f"temi-{variant}", seed) + ".npy"
                if not os.path.exists(file + ".json"):
                    said = subprocess.run([arguments.program, bench.file(name), clusters, variant, str(seed), file,
                                           str(arguments.epochs), graph_labels], check=True, stdout=subprocess.PIPE,
                                          text=True).stdout
                    with open(file + ".json", "w") as out:
                        out.write(said)
                with open(file + ".json") as record:
                    records[file] = json.load(record)
                runs.setdefault(variant, []).append(file)
        files = [file for kind in runs.values() for file in kind]
        said = subprocess.run([bench.shoal, "compare", *files, "--features", bench.file(name), "--json"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        scored = {run["run"]: run for run in json.loads(said)["runs"]}
        for kind, own in runs.items():
            trained = kind != "auto"
            loss = quality.mean_and_deviation([records[file]["loss"] for file in own], 3) if trained else ""
            seconds = f"{np.median([records[file]['seconds'] for file in own]):.0f}" if trained else ""
            rows = [[scored[file][score] for score in SCORES] + quality.scores(np.load(file), truth) for file in own]
            cells = [quality.mean_and_deviation(values, digits) for values, digits in zip(zip(*rows), (3, 3, 1, 1, 1))]
            print(f"| {name} | {kind} | {loss} | {' | '.join(cells)} | {seconds} |", flush=True)


if __name__ == "__main__":
    main()
