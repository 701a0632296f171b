#!/usr/bin/env python3
"""Losses of 50 steps of the authors' TURTLE, and all that it drew, for fit_test.cpp.

    python3 make_trace.py TURTLE

TURTLE is a checkout of the authors' repository (mlbio-epfl/turtle); its run_turtle.py runs unchanged, on the CPU, on
small features that are made here. What it draws and the losses of its steps are noted by wrappers around the functions
of numpy and PyTorch that it calls. Needs torch, numpy, scipy, scikit-learn, tqdm.
"""
import os
import sys
import tempfile

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
DATASET, CLUSTERS = "fer2013", 7  # a name that the program knows, for its number of clusters
STEPS, BATCH, ROWS = 50, 60, 150
SPACES = {"clipRN50": 9, "dinov2": 6}


def features(rng, columns):
    centres = rng.normal(size=(CLUSTERS, columns))
    return (centres[np.arange(ROWS) % CLUSTERS] + 0.5 * rng.normal(size=(ROWS, columns))).astype(np.float32)


def record(program, root, spaces):
    """Runs the program; returns its batches, its layers in the order in which it made them, and its losses."""
    batches, layers, errors, entropies = [], [], [], []
    choice, linear, cross_entropy, entr = (np.random.choice, torch.nn.Linear, torch.nn.functional.cross_entropy,
                                           torch.special.entr)

    class Linear(linear):
        def __init__(self, inputs, outputs):
            super().__init__(inputs, outputs)
            layers.append(torch.cat([self.weight, self.bias[:, None]], 1).detach().numpy().copy())

    def noted(function, into):
        def call(*arguments, **options):
            value = function(*arguments, **options)
            into.append(value if isinstance(value, np.ndarray) else float(value.sum()))
            return value
        return call

    np.random.choice, torch.nn.Linear = noted(choice, batches), Linear
    torch.nn.functional.cross_entropy = noted(cross_entropy, errors)
    torch.special.entr = noted(entr, entropies)
    try:
        program.run(["--dataset", DATASET, "--phis", *spaces, "--device", "cpu", "--T", str(STEPS), "--batch_size",
                     str(BATCH), "--root_dir", root, "--seed", "1"])
    finally:
        np.random.choice, torch.nn.Linear = choice, linear
        torch.nn.functional.cross_entropy, torch.special.entr = cross_entropy, entr
    count = len(spaces)
    del layers[count:2 * count]  # classifiers that are made before the first step and never used
    errors = np.array(errors).reshape(STEPS, -1)[:, -count:].sum(1)  # those of the labels' own step
    return np.array(batches), layers, np.column_stack([errors, np.array(entropies).reshape(STEPS, count).sum(1)])


def main():
    sys.path.insert(0, sys.argv[1])
    import run_turtle
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(f"{root}/labels")
        np.save(f"{root}/labels/{DATASET}_val.npy", np.arange(ROWS) % CLUSTERS)
        for number, (name, columns) in enumerate(SPACES.items()):
            os.makedirs(f"{root}/representations/{name}")
            x = features(rng, columns)
            np.save(f"{HERE}/space{number}.npy", x)
            for part in ("train", "val"):
                np.save(f"{root}/representations/{name}/{DATASET}_{part}.npy", x)
        for title, spaces in (("one", list(SPACES)[:1]), ("two", list(SPACES))):
            batches, layers, losses = record(run_turtle, root, spaces)
            np.save(f"{HERE}/{title}_batches.npy", batches.astype(np.int32))
            np.save(f"{HERE}/{title}_layers.npy", np.concatenate([layer.ravel() for layer in layers]))
            np.save(f"{HERE}/{title}_losses.npy", losses.astype(np.float32))


if __name__ == "__main__":
    main()
