#!/usr/bin/env python3
"""Scores by NumPy, SciPy and scikit-learn and by shoal, one after the other on the same labels, as a table.

usage: metrics.py PEER_METRICS [--samples N] [--classes C] [--right P] [--ami] [--alone]
       metrics.py PEER_METRICS --features FEATURES.npy --labels LABELS.npy
PEER_METRICS is the program of metrics.cpp. The labels are long-tailed (Pareto 1.2); of each class's samples P lie in
its own cluster, the others in one of forty near. --ami times scikit-learn's AMI too (minutes at 10,000 classes);
--alone runs shoal only. Needs numpy, scipy, scikit-learn."""
import argparse, json, pathlib, resource, subprocess, tempfile, time
import numpy as np


def labelling(n, classes, right):
    rng = np.random.default_rng(7)
    weights = rng.pareto(1.2, classes) + 0.2
    truth = rng.choice(classes, n, p=weights / weights.sum()).astype(np.int32)
    names = rng.permutation(classes)
    near = rng.integers(-20, 21, n)
    labels = np.where(rng.random(n) < right, names[truth], names[(truth + near) % classes]).astype(np.int32)
    return labels, truth


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(score):
    start = time.perf_counter()
    value = score()
    return float(value), time.perf_counter() - start


def numpy_scipy_acc(labels, truth, classes):
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (labels, truth), 1)
    rows, cols = linear_sum_assignment(table, maximize=True)
    return table[rows, cols].sum() / len(truth)


def rivals(labels, truth, classes, with_ami):
    import sklearn.metrics as skm

    yield "nmi", *timed(lambda: skm.normalized_mutual_info_score(truth, labels)), None
    yield "ari", *timed(lambda: skm.adjusted_rand_score(truth, labels)), None
    if with_ami:
        yield "ami", *timed(lambda: skm.adjusted_mutual_info_score(truth, labels)), None
    before = peak_mib()
    yield "acc", *timed(lambda: numpy_scipy_acc(labels, truth, classes)), peak_mib() - before


def feature_rivals(features, labels):
    import sklearn.metrics as skm

    yield "davies_bouldin", *timed(lambda: skm.davies_bouldin_score(features, labels)), None
    before = peak_mib()
    yield "silhouette", *timed(lambda: skm.silhouette_score(features, labels)), peak_mib() - before


def shoal(program, *arguments):
    out = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    return {line["score"]: line for line in map(json.loads, out.splitlines())}


def show(ours, theirs):
    theirs = {name: (value, seconds, mib) for name, value, seconds, mib in theirs}
    print(f"{'score':16}{'shoal':>16}{'rival':>16}{'shoal s':>10}{'rival s':>10}{'ratio':>8}{'shoal MiB':>11}{'rival MiB':>11}")
    for name, line in ours.items():
        value, seconds, mib = theirs.get(name, (None, None, None))
        cells = [f"{value:16.10f}" if value is not None else " " * 16, f"{line['seconds']:10.3f}",
                 f"{seconds:10.2f}{seconds / line['seconds']:8.1f}" if seconds else " " * 18,
                 f"{line['peak_mib']:11.1f}", f"{mib:11.1f}" if mib else ""]
        print(f"{name:16}{line['value']:16.10f}" + "".join(cells))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--samples", type=int, default=2_000_000)
    parser.add_argument("--classes", type=int, default=10_000)
    parser.add_argument("--right", type=float, default=0.5)
    parser.add_argument("--ami", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--features")
    parser.add_argument("--labels")
    a = parser.parse_args()
    if a.features:
        theirs = [] if a.alone else list(feature_rivals(np.load(a.features), np.load(a.labels)))
        return show(shoal(a.program, a.features, a.labels, "silhouette"), theirs)
    labels, truth = labelling(a.samples, a.classes, a.right)
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in ("labels.npy", "truth.npy")]
        for path, values in zip(paths, (labels, truth)):
            np.save(path, values)
        ours = shoal(a.program, *paths)
    show(ours, [] if a.alone else rivals(labels, truth, a.classes, a.ami))


main()
