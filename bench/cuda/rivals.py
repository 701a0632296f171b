#!/usr/bin/env python3
"""The rows that rivals add to the table of bench/cuda/cuda.cu: a PyTorch k-means, and the official TEMI code's step.

usage: rivals.py [--temi CHECKOUT] [--device cuda|cpu] [--small]   CHECKOUT: of HHU-MMBS/TEMI-official-BMVC2023, or the
environment's TEMI_CHECKOUT. --small: sizes that a CPU does in seconds, to see that it runs. Says in one line what it
skips, and why.
"""
import argparse
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--temi", default=os.environ.get("TEMI_CHECKOUT"))
parser.add_argument("--device", default="cuda")
parser.add_argument("--small", action="store_true")
options = parser.parse_args()
try:
    import torch
except ImportError:
    print("skipped: the rows of PyTorch (it is not installed)")
    sys.exit()
device = options.device
if device == "cuda" and not torch.cuda.is_available():
    print("skipped: the rows of PyTorch (it sees no GPU)")
    sys.exit()


def lloyd(x, centroids, rows=16384):
    """One iteration of spherical k-means: the labels of x, whose rows have length one, and the next centroids."""
    sums, labels = torch.zeros_like(centroids), []
    for block in x.split(rows):
        labels.append((block @ centroids.T).argmax(1))
        sums.index_add_(0, labels[-1], block)
    return torch.cat(labels), torch.nn.functional.normalize(torch.where(sums.any(1, keepdim=True), sums, centroids))


def seconds(work):
    """The fastest of three calls, after one to warm up, as cuda.cu measures."""
    times = []
    for _ in range(4):
        if device == "cuda":
            torch.cuda.synchronize()
        begin = time.perf_counter()
        work()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return min(times[1:])


def product_seconds(m, n, k, times):
    a, b = torch.randn(m, k, device=device), torch.randn(n, k, device=device)
    out = torch.empty(m, n, device=device)
    return times * seconds(lambda: torch.mm(a, b.T, out=out))


def row(what, measure):
    """`measure` gives the seconds of the work and of its products; where memory runs out the row says so."""
    try:
        took, products = measure()
    except torch.OutOfMemoryError:
        print(f"| {what} | out of memory | | |", flush=True)
    else:
        print(f"| {what} | {took * 1e3:.2f} | {products * 1e3:.2f} | {took / products:.2f} |", flush=True)


def kmeans(n, C, d):
    x = torch.nn.functional.normalize(torch.randn(n, d, device=device))
    centroids = torch.nn.functional.normalize(torch.randn(C, d, device=device))
    return seconds(lambda: lloyd(x, centroids)), product_seconds(n // 8, C, d, 8)


def temi(B, C, H, d=768, hidden=512, K=256):
    products = (product_seconds(2 * B, H * hidden, d, 3) + product_seconds(2 * B, K, hidden, 4 * H) +
                product_seconds(2 * B, C, K, 4 * H))
    step = official_step(options.temi, "temi", H, C, B, d, device)
    for _ in range(3):
        step()  # its compiled functions settle over the first calls
    return seconds(step), products


for C in (50, 1000) if options.small else (1000, 10450):
    n = 8192 if options.small else 1 << 19
    row(f"PyTorch k-means iteration, n = {n}, C = {C}, d = 768", lambda: kmeans(n, C, 768))
if options.temi is None or not os.path.isdir(options.temi):
    print("skipped: the rows of the official TEMI code (no checkout: TEMI_CHECKOUT or --temi)")
    sys.exit()
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
from official import official_step  # noqa: E402

H = 2 if options.small else 32
for B in (64,) if options.small else (512, 1024, 4096):
    for C in (50,) if options.small else (1000, 10450, 21841):
        row(f"official TEMI step, B = {B}, C = {C}, H = {H}", lambda: temi(B, C, H))
