#!/usr/bin/env python3
"""Writes the goldens of the metrics tests beside itself: scores by scikit-learn and SciPy of seeded labellings.
usage: make_goldens.py        (needs numpy, scipy, scikit-learn)"""
import pathlib
import numpy as np
import sklearn.metrics as skm
from scipy.optimize import linear_sum_assignment

HERE = pathlib.Path(__file__).parent
MASK = 2**64 - 1


def scores(labels, truth):
    _, k = np.unique(labels, return_inverse=True)
    _, c = np.unique(truth, return_inverse=True)
    n = len(labels)
    table = np.zeros((k.max(initial=-1) + 1, c.max(initial=-1) + 1), np.int64)
    np.add.at(table, (k, c), 1)
    rows, cols = linear_sum_assignment(table, maximize=True)
    values = {"acc": table[rows, cols].sum() / n if n else 1.0, "purity": table.max(1).sum() / n if n else 1.0}
    for kind in ("arithmetic", "geometric", "min", "max"):
        values["nmi_" + kind] = skm.normalized_mutual_info_score(truth, labels, average_method=kind)
        values["ami_" + kind] = skm.adjusted_mutual_info_score(truth, labels, average_method=kind)
    values["ari"] = skm.adjusted_rand_score(truth, labels)
    values["rand"] = skm.rand_score(truth, labels) if n > 1 else 1.0
    values["fowlkes_mallows"] = skm.fowlkes_mallows_score(truth, labels)
    values["homogeneity"], values["completeness"], values["v"] = skm.homogeneity_completeness_v_measure(truth, labels)
    values["mutual"] = skm.mutual_info_score(truth, labels) if n else 0.0
    return values


def cases():
    rng = np.random.default_rng(6)
    yield "empty", [], []
    yield "one sample", [3], [-4]
    yield "one cluster, one class", [1] * 9, [5] * 9
    yield "one cluster", [1] * 9, [0, 1, 2] * 3
    yield "one class", [0, 1, 2] * 3, [1] * 9
    yield "all distinct, the same", list(range(12)), list(range(12))[::-1]
    yield "all distinct against three", list(range(12)), [0, 1, 2] * 4
    yield "equal but renamed", [7, 7, -2, -2, 0], [1, 1, 9, 9, 4]
    yield "independent", [0, 0, 1, 1], [0, 1, 0, 1]
    yield "two against all distinct", [0, 1] * 6, list(range(12))
    for trial in range(12):
        n, K, C = int(rng.integers(20, 150)), int(rng.integers(2, 12)), int(rng.integers(2, 12))
        yield f"random {trial}", rng.integers(0, K, n), rng.integers(0, C, n)
    for trial in range(12):
        n, C = int(rng.integers(60, 200)), int(rng.integers(3, 15))
        weights = rng.pareto(1.2, C) + 0.2
        truth = rng.choice(C, n, p=weights / weights.sum())
        right = rng.random(n) < rng.uniform(0.2, 0.95)
        yield f"long tail {trial}", np.where(right, (truth * 7 + 3) % 31, rng.integers(0, 31, n)), truth
    for trial in range(8):
        n = int(rng.integers(30, 120))
        yield f"negative and wide ids {trial}", rng.integers(-6, 5, n) * 10**12, rng.integers(-3, 9, n) * -(10**6)
    for trial in range(6):
        n, C = 120, 6
        truth = rng.integers(0, C, n)
        yield f"over-clustered {trial}", truth * 5 + rng.integers(0, 5, n), truth


def mix(x):
    """splitmix64, which the C++ test repeats."""
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def large(n=1_000_000, C=400):
    """A million rows: class u²C for u uniform (long-tailed), 60 % right, else one of the next 40 classes."""
    with np.errstate(over="ignore"):
        x = np.arange(n, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    u = (x & np.uint64(0xFFFF)).astype(np.int64)
    truth = u * u * C >> 32
    near = (x >> np.uint64(16) & np.uint64(0xFFFF)).astype(np.int64) % 40
    right = (x >> np.uint64(32) & np.uint64(0xFFFF)).astype(np.int64) < 39322
    labels = np.where(right, truth, (truth + near) % C) * 3 + 1
    assert int(x[5]) == mix(5)
    return labels, truth


def feature_cases():
    """Small feature sets in eighths, so that text holds them exactly: name, features, labels."""
    rng = np.random.default_rng(7)
    for trial, (n, d, K, offset) in enumerate([(40, 3, 4, 0), (90, 5, 6, 0), (60, 20, 3, 200), (50, 2, 20, 0), (33, 7, 2, -5)]):
        labels = rng.integers(0, K, n)
        centres = rng.integers(-12, 13, (K, d))
        x = (centres[labels] + rng.integers(-20, 21, (n, d))) / 8 + offset + 1 / 16
        if trial == 1:
            x[10:20] = x[10]  # duplicates
        yield f"features {trial}", x, labels


def feature_scores(x, labels):
    values = {}
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    for name, metric, rows in (("euclidean", "euclidean", x), ("cosine", "cosine", unit)):
        values[name + "_silhouette"] = skm.silhouette_score(x, labels, metric=metric)
        values[name + "_davies_bouldin"] = skm.davies_bouldin_score(rows, labels)
        values[name + "_calinski_harabasz"] = skm.calinski_harabasz_score(rows, labels)
    return values


with open(HERE / "features.txt", "w") as out:
    for name, x, labels in feature_cases():
        print("case", name, file=out)
        print("labels", len(labels), *map(int, labels), file=out)
        print("features", *x.shape, *map(float, x.ravel()), file=out)
        print("scores", *(f"{key} {float(value)!r}" for key, value in feature_scores(x, labels).items()), file=out)
with open(HERE / "scores.txt", "w") as out:
    for name, labels, truth in cases():
        print("case", name, file=out)
        print("labels", len(labels), *map(int, labels), file=out)
        print("truth", len(truth), *map(int, truth), file=out)
        print("scores", *(f"{key} {float(value)!r}" for key, value in scores(labels, truth).items()), file=out)
with open(HERE / "large.txt", "w") as out:
    print("scores", *(f"{key} {float(value)!r}" for key, value in scores(*large()).items()), file=out)
