#!/usr/bin/env python3
"""Goldens of kmeans_test.cpp by scikit-learn: rows, starts, and where Lloyd's iterations lead from them.

usage: make_golden.py     writes beside itself: rows.npy [600 x 24], start.npy [30 x 24], weights.npy [600 x 1], objectives.txt
"""
import os
import numpy as np
from sklearn.cluster import KMeans

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(3)
centers = rng.normal(size=(40, 24)) * 2
rows = (centers[rng.integers(0, 40, 600)] + rng.normal(size=(600, 24))).astype(np.float32)
start = rows[rng.choice(600, 30, replace=False)].copy()
weights = rng.uniform(0.25, 4, 600).astype(np.float32)
np.save(f"{here}/rows.npy", rows)
np.save(f"{here}/start.npy", start)
np.save(f"{here}/weights.npy", weights[:, None])
with open(f"{here}/objectives.txt", "w") as out:
    for name, w in (("plain", None), ("weighted", weights)):
        for iterations in (1, 2, 10, 100):
            model = KMeans(30, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
            model.fit(rows.astype(np.float64), sample_weight=w)
            print(name, iterations, repr(float(model.inertia_)), file=out)
