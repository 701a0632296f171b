#!/usr/bin/env python3
"""A training step of shoal and of the official TEMI code, in turn, on the same machine in one run.

usage: heads.py REPO STEP [CASE...]   REPO: a checkout of HHU-MMBS/TEMI-official-BMVC2023; STEP: build/bench/bench/step;
CASE: METHOD:H:C[:B:d], default those of docs/heads.md. Needs torch. Prints a row a case: milliseconds (the fastest step) of both, their
ratio, the product floor by PyTorch's own product (MKL), how far shoal is from it, and shoal's step in bfloat16.
"""
import json
import resource
import subprocess
import sys
import time

import torch
from official import official_step

repo, step_program = sys.argv[1:3]
cases = sys.argv[3:] or ["temi:16:1000", "temi:4:10000", "temi:16:24", "temi:1:919", "scan:16:1000"]


def fastest_ms(f, repeats):
    """The fastest of some runs: what others do on the machine only ever adds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        f()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


a, b = torch.randn(8192, 384), torch.randn(384, 1000)
print("| case | official ms | shoal ms | official / shoal | floor ms (MKL) | shoal / floor | shoal's own floor ms "
      "| bfloat16 ms | official / bfloat16 |")
print("|---|---|---|---|---|---|---|---|---|")
for case in cases:
    method, H, C, *rest = case.split(":")
    H, C, B, d = int(H), int(C), *([int(v) for v in rest] or [512, 384])
    ours, narrow = (json.loads(subprocess.run([step_program, method, str(H), str(C), str(B), str(d), "9", products],
                                              check=True, capture_output=True, text=True).stdout)
                    for products in ("float32", "bfloat16"))
    step = official_step(repo, method, H, C, B, d)
    step()
    theirs = fastest_ms(step, 7)
    gflops = 2 * 8192 * 384 * 1000 / 1e6 / fastest_ms(lambda: a @ b, 9)
    floor = ours["gflop"] * 1e3 / gflops
    print(f"| {case} | {theirs:.0f} | {ours['step_ms']:.0f} | {theirs / ours['step_ms']:.2f} | {floor:.0f} | "
          f"{ours['step_ms'] / floor:.2f} | {ours['own_floor_ms']:.0f} | "
          f"{narrow['step_ms']:.0f} | {theirs / narrow['step_ms']:.2f} |", flush=True)
print(f"peak of the official code {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
