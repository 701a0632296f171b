#!/usr/bin/env python3
"""What is each score of `shoal compare` worth? Spearman's rank correlation with the accuracy over many clusterings.

    venv/bin/python bench/quality/trust.py build/release/shoal DATA --work out/quality

Clusterings of one view (several methods, settings and seeds, at the true number of clusters) of mini, pairs and fashion
are scored without labels, then with them. A combined rank, the mean of ranks with weights, is fitted on two of the sets
and shown on the third. Uses the files of quality.py in the same --work.
"""
import argparse
import itertools
import json
import subprocess

import numpy as np
from scipy.stats import rankdata, spearmanr

import quality

SETS = ("mini", "pairs", "fashion")
SCORES = ("silhouette", "neighbor_information", "nearness", "view_agreement")


def clusterings(bench, name, seeds):
    """(folder or file, labels) of every clustering."""
    clusters = ["--clusters", str(quality.SETS[name])]
    kinds = {
        "auto": ["--method", "auto"],
        "kmeans": [],
        "kmeans-random": ["--init", "random"],
        "kmeans-2": ["--iterations", "2"],
        "kmeans-5": ["--iterations", "5", "--init", "random"],
        "kmeans-euclidean": ["--geometry", "euclidean"],
        "kmeans-standardized": ["--standardize"],
        "pmi-graph-5": ["--method", "pmi-graph", "--neighbor-count", "5"],
        "pmi-graph-merged": ["--method", "pmi-graph", "--graph-start", "merged"],
        "leiden": ["--method", "leiden"],
        "leiden-10": ["--method", "leiden", "--neighbor-count", "10"],
        "pmi-graph-leiden": ["--method", "pmi-graph", "--graph-start", "leiden", "--neighbor-count", "30"],
    }
    for (kind, options), seed in itertools.product(kinds.items(), seeds):
        if bench.kinds and kind not in bench.kinds:
            continue
        labels, _ = bench.cluster(name, kind, clusters + options, seed)
        yield bench.out(name, kind, seed), labels
    for seed in seeds:
        labels, _ = bench.sklearn(name, seed)
        yield bench.out(name, "sklearn", seed) + ".npy", labels


def scored(bench, name, seeds):
    """The scores and the accuracy of every clustering of a set."""
    runs, labels = zip(*clusterings(bench, name, seeds))
    views = [option for kind in ("view_lemma.npy", "view_gloss.npy") if name in quality.WITH_VIEWS
             for option in ("--view", bench.file(name, kind))]
    said = subprocess.run([bench.shoal, "compare", *runs, "--features", bench.file(name), *views, "--json"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    truth = bench.truth(name)
    table = {score: np.array([run[score] for run in json.loads(said)["runs"]])
             for score in SCORES if score in json.loads(said)["runs"][0]}
    return table, np.array([100 * quality.accuracy(each, truth) for each in labels])


def correlation(values, accuracy):
    return spearmanr(values, accuracy).statistic


def combined(table, weights):
    """The mean of the ranks, a larger one for a larger score."""
    return sum(weights[score] * rankdata(table[score]) for score in table if score in weights)


def fitted(tables, names):
    """Weights in steps of a quarter whose combined rank has the best mean correlation on the sets of these names."""
    best, chosen = -2, None
    for steps in itertools.product(range(5), repeat=len(SCORES)):
        if sum(steps) != 4:
            continue
        weights = dict(zip(SCORES, np.array(steps) / 4))
        if any(sum(weights[s] for s in tables[name][0]) == 0 for name in names):
            continue
        mean = np.mean([correlation(combined(tables[name][0], weights), tables[name][1]) for name in names])
        if mean > best + 1e-9:
            best, chosen = mean, weights
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("data")
    parser.add_argument("--work", default="out/quality")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--kinds", nargs="*", default=[], help="of clusterings; all of them where not given")
    arguments = parser.parse_args()
    bench = quality.Bench(arguments)
    bench.kinds = arguments.kinds
    tables = {name: scored(bench, name, bench.seeds) for name in SETS}
    print("| score | " + " | ".join(f"{name} ({len(tables[name][1])})" for name in SETS) + " | mean |\n|---|---|---|---|---|")
    for score in SCORES:
        values = [correlation(tables[name][0][score], tables[name][1]) if score in tables[name][0] else np.nan
                  for name in SETS]
        print(f"| {score} | " + " | ".join("" if np.isnan(v) else f"{v:.2f}" for v in values) +
              f" | {np.nanmean(values):.2f} |")
    equal = {score: 0.25 for score in SCORES}
    values = [correlation(combined(tables[name][0], equal), tables[name][1]) for name in SETS]
    print("| mean rank | " + " | ".join(f"{v:.2f}" for v in values) + f" | {np.mean(values):.2f} |")
    values = []
    for name in SETS:
        others = [other for other in SETS if other != name]
        weights = fitted(tables, others)
        values.append(correlation(combined(tables[name][0], weights), tables[name][1]))
        print(f"fitted on {', '.join(others)}: {weights}; on {name}: {values[-1]:.2f}")
    print(f"| fitted on the other two | " + " | ".join(f"{v:.2f}" for v in values) + f" | {np.mean(values):.2f} |")


if __name__ == "__main__":
    main()
