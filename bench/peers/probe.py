#!/usr/bin/env python3
"""The linear probe by shoal and scikit-learn's multinomial logistic regression of the same penalty, on the same rows.

usage: probe.py PEER_PROBE FEATURES.npy LABELS.npy [--epochs E] [--whole]
PEER_PROBE is the program of probe.cpp. scikit-learn minimises C Σ loss + ½ ‖W‖², hence C = 1 / (penalty n).
Needs numpy, scikit-learn."""
import argparse, json, subprocess, tempfile, time
import numpy as np
from sklearn.linear_model import LogisticRegression


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer_probe")
    parser.add_argument("features")
    parser.add_argument("labels")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--whole", action="store_true", help="time the grid without race too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/validation.npy"
        command = [options.peer_probe, options.features, options.labels, out, str(options.epochs)]
        lines = subprocess.run(command + ["whole"] * options.whole, check=True, capture_output=True, text=True).stdout
        held_out = np.load(out)
    runs = [json.loads(line) for line in lines.splitlines()]
    single = runs[0]["cpu_seconds"]
    for run in runs:
        if run["run"] != "penalty":
            print(f"{run['run']:12s} {run['cpu_seconds']:8.2f} CPU s  {run['cpu_seconds'] / single:5.2f} trainings  accuracy "
                  f"{run['accuracy']:.4f}  learning rate {run['learning_rate']:g}, weight decay {run['weight_decay']:g}")
    x, y = np.load(options.features).astype(np.float32), np.load(options.labels)
    training = np.ones(len(y), bool)
    training[held_out] = False
    deviation = x[training].std(0, ddof=1)
    x = (x - x[training].mean(0)) / np.where(deviation > 0, deviation, 1)
    for run in runs:
        if run["run"] != "penalty":
            continue
        start = time.perf_counter()
        model = LogisticRegression(C=1 / (run["penalty"] * training.sum()), max_iter=500, tol=1e-6)
        score = model.fit(x[training], y[training]).score(x[held_out], y[held_out])
        print(f"penalty {run['penalty']:g}: shoal {run['accuracy']:.4f} in {run['seconds']:.1f} s, "
              f"scikit-learn {score:.4f} in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
