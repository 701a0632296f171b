#!/usr/bin/env python3
"""The measurements of rivals beside those of bench/cuda/cuda.cu, in its form: k-means by PyTorch, cuVS and cuML, and the
official TEMI code's step.

usage: rivals.py [--temi CHECKOUT] [--device cuda|cpu] [--small] [PART...]   CHECKOUT: of HHU-MMBS/TEMI-official-BMVC2023, or
the environment's TEMI_CHECKOUT. --small: sizes that a CPU does in seconds, to see that it runs. PART: kmeans or temi, without
one both. Says in one line what it skips, and why.
"""
import argparse
import json
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--temi", default=os.environ.get("TEMI_CHECKOUT"))
parser.add_argument("--device", default="cuda")
parser.add_argument("--small", action="store_true")
parser.add_argument("parts", nargs="*")
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
    """One iteration of spherical k-means: the labels of x, whose rows have length one, and the next centroids in float32."""
    sums, labels = torch.zeros(centroids.shape, device=device), []
    for block in x.split(rows):
        labels.append((block @ centroids.T).argmax(1))
        sums.index_add_(0, labels[-1], block.float())
    return torch.cat(labels), torch.nn.functional.normalize(torch.where(sums.any(1, keepdim=True), sums, centroids.float()))


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


def set_precision(name):
    """The products of float32 matrices in float32 or TF32; the type of matrices."""
    torch.set_float32_matmul_precision("high" if name == "tf32" else "highest")
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def measure(what, precision, sizes, work):
    """Prints the milliseconds of what work() makes, in JSON; if memory runs out it says so."""
    row = {"what": what, "precision": precision, **sizes}
    try:
        row["ms"] = round(seconds(work()) * 1e3, 3)
    except torch.OutOfMemoryError:
        row["failed"] = "out of memory"
    print(json.dumps(row), flush=True)


def torch_kmeans(n, C, d, kind):
    x = torch.nn.functional.normalize(torch.randn(n, d, device=device)).to(kind)
    centroids = torch.nn.functional.normalize(torch.randn(C, d, device=device)).to(kind)
    return lambda: lloyd(x, centroids)


def library_kmeans(n, C, d):
    """Two fits by the first of cuVS and cuML that is installed differ by ten iterations."""
    x = torch.nn.functional.normalize(torch.randn(n, d, device=device))
    try:
        from cuvs.cluster import kmeans
        fit = lambda k: kmeans.fit(kmeans.KMeansParams(n_clusters=C, max_iter=k, tol=0, init_method="Array"), x, x[:C].clone())
    except ImportError:
        from cuml.cluster import KMeans
        fit = lambda k: KMeans(n_clusters=C, max_iter=k, tol=0, init=x[:C].cpu().numpy(), n_init=1).fit(x)
    return (seconds(lambda: fit(12)) - seconds(lambda: fit(2))) / 10


def temi(B, C, H, d=768):
    step = official_step(options.temi, "temi", H, C, B, d, device)
    for _ in range(3):
        step()  # its compiled functions settle over the first calls
    return step


def wanted(part):
    return not options.parts or part in options.parts


if wanted("kmeans"):
    n = 8192 if options.small else 1 << 19
    for C in (50,) if options.small else (1000, 10450):
        for precision in ("float32", "tf32", "bfloat16"):
            measure("PyTorch k-means iteration", precision, {"n": n, "C": C, "d": 768},
                    lambda: torch_kmeans(n, C, 768, set_precision(precision)))
        try:
            row = {"what": "cuVS or cuML k-means iteration", "precision": "float32", "n": n, "C": C, "d": 768}
            print(json.dumps({**row, "ms": round(library_kmeans(n, C, 768) * 1e3, 3)}), flush=True)
        except ImportError:
            print(f"skipped: k-means by cuVS or cuML, C = {C} (neither is installed)")
if not wanted("temi"):
    sys.exit()
if not options.temi or not os.path.isdir(options.temi):
    print("skipped: the rows of the official TEMI code (no checkout: TEMI_CHECKOUT or --temi)")
    sys.exit()
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
from official import official_step  # noqa: E402

H = 2 if options.small else 32
for B in (64,) if options.small else (512, 4096):
    for C in (50,) if options.small else (1000, 10450, 21841):
        for precision in ("float32", "tf32")[: 1 if B == 512 else 2]:  # each takes seconds to compile
            set_precision(precision)
            measure("official TEMI step", precision, {"B": B, "C": C, "H": H, "d": 768}, lambda: temi(B, C, H))
