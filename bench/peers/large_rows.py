#!/usr/bin/env python3
"""Makes a large file of float16 rows out of a small one: its rows in turn, each with seeded normal noise.

usage: large_rows.py FEATURES.npy ROWS OUT.npy [NOISE=0.01]"""
import sys
import numpy as np

rows, count, out = np.load(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
noise = float(sys.argv[4]) if len(sys.argv) > 4 else 0.01
target = np.lib.format.open_memmap(out, mode="w+", dtype=np.float16, shape=(count, rows.shape[1]))
rng = np.random.default_rng(0)
for first in range(0, count, len(rows)):
    part = rows[: min(len(rows), count - first)].astype(np.float32)
    target[first : first + len(part)] = part + noise * rng.standard_normal(part.shape, dtype=np.float32)
target.flush()
