#!/usr/bin/env python3
"""Reruns every figure of docs/graph.md: shoal's graph methods beside scikit-learn's k-means++, igraph and leidenalg.

    python3 -m venv venv && venv/bin/pip install numpy scipy scikit-learn igraph leidenalg
    venv/bin/python bench/quality/quality.py build/release/shoal DATA --work out/quality

DATA holds a folder for each set: mini, pairs, nouns, fashion, each with features.npy and labels.npy, mini and pairs
with view_lemma.npy and view_gloss.npy too. Labels score and do nothing else. What lies in --work is not run again, so
that a stopped run goes on; remove it to run everything. Scores are scikit-learn's and scipy's, not shoal's own.
"""
import argparse
import json
import os
import platform
import subprocess
import time

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

SETS = {"mini": 24, "pairs": 214, "fashion": 10, "nouns": 919}
WITH_VIEWS = ("mini", "pairs")
MODULARITY = ("mini", "pairs", "fashion")  # beside igraph and leidenalg
EQUAL_WEIGHTS = ("pairs", "fashion")       # there neighbours are searched once for all runs
METHODS = ("scikit-learn k-means++", "auto", "kmeans", "leiden", "turtle")


def accuracy(labels, truth):
    """The best one-to-one match of clusters and classes."""
    counts = np.zeros((labels.max() + 1, truth.max() + 1))
    np.add.at(counts, (labels, truth), 1)
    rows, columns = linear_sum_assignment(-counts)
    return counts[rows, columns].sum() / len(labels)


def scores(labels, truth):
    return [100 * accuracy(labels, truth), 100 * normalized_mutual_info_score(truth, labels),
            100 * adjusted_rand_score(truth, labels)]


def mean_and_deviation(values, digits):
    """Over seeds, as text; of one seed the value alone."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"


def unit_rows(path):
    x = np.load(path).astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


class Bench:
    def __init__(self, arguments):
        self.shoal, self.data, self.work = arguments.shoal, arguments.data, arguments.work
        self.seeds = arguments.seeds
        self.chosen = getattr(arguments, "methods", METHODS)
        os.makedirs(self.work, exist_ok=True)

    def file(self, name, kind="features.npy"):
        return os.path.join(self.data, name, kind)

    def truth(self, name):
        return np.load(self.file(name, "labels.npy")).astype(np.int64)

    def out(self, name, what, seed):
        """Where a run's files are, or begin."""
        return os.path.join(self.work, f"{name}.{what}.{seed}")

    def sklearn(self, name, seed):
        """Labels and seconds of k-means++ on rows of unit length, one start, scikit-learn's defaults otherwise."""
        out = self.out(name, "sklearn", seed)
        if not os.path.exists(out + ".json"):
            from sklearn.cluster import KMeans
            x = unit_rows(self.file(name))
            start = time.perf_counter()
            labels = KMeans(SETS[name], n_init=1, random_state=seed).fit_predict(x)
            seconds = time.perf_counter() - start
            np.save(out + ".npy", labels.astype(np.int32))
            with open(out + ".json", "w") as file:
                json.dump({"seconds": seconds}, file)
        with open(out + ".json") as file:
            return np.load(out + ".npy"), json.load(file)["seconds"]

    def cluster(self, name, what, options, seed):
        """Labels and seconds of a run of shoal cluster."""
        out = self.out(name, what, seed)
        if not os.path.exists(os.path.join(out, "run.json")):
            subprocess.run([self.shoal, "cluster", self.file(name), "--out", out, "--seed", str(seed), "--no-report",
                            *options], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(out, "run.json")) as file:
            return np.load(os.path.join(out, "labels.npy")), json.load(file)

    def methods(self, name):
        """What is run on a set: name, and a call that gives labels and seconds for a seed."""
        clusters = ["--clusters", str(SETS[name])]

        def shoal(what, *options):
            def run(seed):
                labels, record = self.cluster(name, what, clusters + list(options), seed)
                return labels, sum(record["seconds"].values()) - record["seconds"].get("predict", 0)
            return run

        yield "scikit-learn k-means++", lambda seed: self.sklearn(name, seed)
        yield "auto", shoal("auto", "--method", "auto")
        if name in WITH_VIEWS:
            views = [option for kind in ("view_lemma.npy", "view_gloss.npy")
                     for option in ("--view", self.file(name, kind))]
            yield "auto, views", shoal("auto-views", "--method", "auto", *views)
        yield "kmeans", shoal("kmeans", "--method", "kmeans")
        yield "leiden", shoal("leiden", "--method", "leiden")
        yield "turtle, rows as they are", shoal("turtle", "--method", "turtle")
        yield "turtle", shoal("turtle-standardized", "--method", "turtle", "--standardize")
        if name in WITH_VIEWS:
            spaces = ["--view", self.file(name, "view_gloss.npy")]
            yield "turtle, two spaces", shoal("turtle-views", "--method", "turtle", "--standardize", *spaces)

    def table(self, name):
        truth, means = self.truth(name), {}
        print(f"\n{name}: {len(truth):,} rows, C = {SETS[name]}, seeds {' '.join(map(str, self.seeds))}\n")
        print("| method | ACC | NMI | ARI | seconds |\n|---|---|---|---|---|")
        for title, run in self.methods(name):
            if title.split(",")[0] not in self.chosen:
                continue
            rows, seconds = [], []
            for seed in self.seeds:
                labels, took = run(seed)
                rows.append(scores(labels, truth))
                seconds.append(took)
            means[title] = np.mean(rows, axis=0)
            cells = " | ".join(mean_and_deviation(values, 1) for values in zip(*rows))
            print(f"| {title} | {cells} | {np.median(seconds):.1f} |", flush=True)
        base = means.get("scikit-learn k-means++")
        for title, mean in means.items():
            if title.startswith("auto") and base is not None:
                print(f"\n{title} less k-means++: ACC {mean[0] - base[0]:+.2f}, NMI {mean[1] - base[1]:+.2f}, "
                      f"ARI {mean[2] - base[2]:+.2f}")

    def neighbors(self, name, count):
        """A file of the nearest neighbours, found by shoal."""
        file = os.path.join(self.work, f"{name}.neighbors.{count}.npy")
        if not os.path.exists(file):
            subprocess.run([self.shoal, "neighbors", self.file(name), "--count", str(count), "--out", file],
                           check=True, stdout=subprocess.DEVNULL)
        return file

    def graph(self, name, count):
        """The graph that shoal cluster --method leiden makes. Edges weigh their squared cosine, those of the sets in
        EQUAL_WEIGHTS all the same, as where leiden is given --neighbors."""
        ids, x = np.load(self.neighbors(name, count)), unit_rows(self.file(name))
        weights = np.full(ids.shape, 0.5)
        for first in range(0, len(x) if name not in EQUAL_WEIGHTS else 0, 1024):
            rows = slice(first, first + 1024)
            weights[rows] = np.maximum(np.einsum("id,ikd->ik", x[rows], x[ids[rows]]), 0) ** 2 / 2
        n = len(x)
        one_way = sparse.csr_matrix((weights.ravel(), (np.repeat(np.arange(n), count), ids.ravel())), shape=(n, n))
        return one_way + one_way.T

    def modularity(self, name, resolution, count):
        """Modularity at the same resolution on the same graph, each run of two iterations."""
        import random

        import igraph
        import leidenalg
        upper = sparse.triu(self.graph(name, count)).tocoo()
        graph = igraph.Graph(upper.shape[0], np.column_stack([upper.row, upper.col]))
        weights = upper.data.tolist()

        def value(labels):
            return graph.modularity(labels, weights=weights, resolution=resolution)

        def ours(seed):
            source = (["--neighbors", self.neighbors(name, count)] if name in EQUAL_WEIGHTS else
                      ["--neighbor-count", str(count)])
            labels, record = self.cluster(name, f"leiden-{resolution:g}",
                                          ["--method", "leiden", "--resolution", str(resolution), *source], seed)
            return labels.tolist(), record["seconds"]["fit"]

        def igraphs(seed):
            random.seed(seed)
            start = time.perf_counter()
            found = graph.community_leiden(objective_function="modularity", weights=weights, resolution=resolution,
                                           n_iterations=2)
            return found.membership, time.perf_counter() - start

        def leidenalgs(seed):
            start = time.perf_counter()
            found = leidenalg.find_partition(graph, leidenalg.RBConfigurationVertexPartition, weights=weights,
                                             resolution_parameter=resolution, n_iterations=2, seed=seed)
            return found.membership, time.perf_counter() - start

        best = {}
        for title, run in (("shoal", ours), ("igraph", igraphs), ("leidenalg", leidenalgs)):
            values, seconds, clusters = [], [], []
            for seed in self.seeds:
                labels, took = run(seed)
                values.append(value(labels))
                seconds.append(took)
                clusters.append(len(set(labels)))
            best[title] = np.mean(values)
            print(f"| {name} | {resolution:g} | {title} | {mean_and_deviation(values, 5)} | {np.mean(clusters):.0f} | "
                  f"{np.median(seconds):.2f} |", flush=True)
        print(f"| {name} | {resolution:g} | shoal against igraph | {100 * (best['shoal'] / best['igraph'] - 1):+.3f} % "
              "| | |")


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("data")
    parser.add_argument("--work", default="out/quality")
    parser.add_argument("--sets", nargs="*", default=list(SETS), choices=list(SETS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--resolutions", nargs="*", type=float, default=[1, 3, 10])
    parser.add_argument("--baseline", action="store_true", help="run scikit-learn alone")
    parser.add_argument("--no-modularity", action="store_true", help="leave igraph and leidenalg out")
    parser.add_argument("--only-modularity", action="store_true", help="run Leiden, igraph and leidenalg alone")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    if arguments.baseline:
        for name in arguments.sets:
            for seed in arguments.seeds:
                bench.sklearn(name, seed)
        return
    print(f"{processor()}, {os.cpu_count()} threads, {time.strftime('%Y-%m-%d')}")
    for name in [] if arguments.only_modularity else arguments.sets:
        bench.table(name)
    if arguments.no_modularity:
        return
    print("\n| set | γ | Leiden of | modularity | clusters | seconds |\n|---|---|---|---|---|---|")
    for name in MODULARITY:
        if name in arguments.sets:
            for resolution in arguments.resolutions:
                bench.modularity(name, resolution, 30)


if __name__ == "__main__":
    main()
