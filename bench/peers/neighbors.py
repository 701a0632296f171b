#!/usr/bin/env python3
"""The m cosine neighbours of every row, by shoal and its rivals in turn, as a table with ratios.

usage: neighbors.py PEER_NEIGHBORS FEATURES.npy [--count M] [--queries Q] [--only exact|lists]
PEER_NEIGHBORS is the program of neighbors.cpp. A rival whose time is proportional to the queries (PyTorch's product +
topk, faiss IndexFlatIP) is timed on Q of them and scaled; shoal runs before and after the rivals and its mean counts,
since machines drift. The product alone (numpy's, on Q queries) is the floor that a search without symmetry can't beat.
"""
import argparse, json, os, subprocess, tempfile, time
import numpy as np

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("program"), p.add_argument("features")
p.add_argument("--count", type=int, default=50)
p.add_argument("--queries", type=int, default=8192)
p.add_argument("--only", choices=["exact", "lists"])
a = p.parse_args()


def shoal(*how):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "ids.npy")
        line = subprocess.run([a.program, a.features, str(a.count), *how, out], check=True, capture_output=True).stdout
        return json.loads(line), np.load(out)


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def row(name, seconds, ours, recall=None):
    note = "" if recall is None else f"{recall:.3f}"
    print(f"| {name} | {seconds:.1f} s | {seconds / ours:.1f} | {note} |", flush=True)


x = np.load(a.features).astype(np.float32)
x /= np.linalg.norm(x, axis=1, keepdims=True)
n, k = len(x), a.count
queries = np.linspace(0, n - 1, min(n, a.queries)).astype(int)
print("| search | time | times shoal's | recall |\n|---|---|---|---|")

if a.only != "lists":
    import faiss, torch

    def topk():
        found = []
        for q in np.array_split(queries, max(1, len(queries) // 4096)):
            s = X[q] @ X.T
            s[torch.arange(len(q)), torch.from_numpy(q)] = -2
            found.append(s.topk(k, dim=1).indices)
        return torch.cat(found).numpy()

    X = torch.from_numpy(x)
    first, ids = shoal("exact", "0")
    floor, _ = timed(lambda: [X[q] @ X.T for q in np.array_split(queries, max(1, len(queries) // 4096))])
    torch_seconds, torch_ids = timed(topk)
    flat = faiss.IndexFlatIP(x.shape[1])
    flat.add(x)
    flat_seconds, _ = timed(lambda: flat.search(x[queries[:: 4]], k + 1))
    last, _ = shoal("exact", "0")
    ours, scale = (first["seconds"] + last["seconds"]) / 2, n / len(queries)
    same = np.mean([len(np.intersect1d(i, j)) / k for i, j in zip(ids[queries], torch_ids)])
    row(f"shoal exact ({first['planned_mib']:.0f} MiB)", ours, ours, same)
    row("one product by MKL, no search", floor * scale, ours)
    row("PyTorch product + topk", torch_seconds * scale, ours, 1)
    row("faiss IndexFlatIP", flat_seconds * n / len(queries[::4]), ours)

if a.only != "exact":
    import faiss

    def inverted():
        index = faiss.index_factory(x.shape[1], "IVF1024,Flat", faiss.METRIC_INNER_PRODUCT)
        index.train(x[::4])
        index.add(x)
        index.nprobe = 32
        return index.search(x, k + 1)[1]

    first, _ = shoal("512", "24")
    seconds, found = timed(inverted)
    last, _ = shoal("512", "24")
    truth = faiss.IndexFlatIP(x.shape[1])
    truth.add(x)
    rows = queries[:: max(1, len(queries) // 500)]
    exact = truth.search(x[rows], k + 1)[1]
    recall = np.mean([len(np.intersect1d(i[i != r], j[j != r])) / k for r, i, j in zip(rows, found[rows], exact)])
    ours = (first["seconds"] + last["seconds"]) / 2
    row("shoal, 512 lists, 24 probes", ours, ours, first["recall"])
    row("faiss IVF1024, 32 probes", seconds, ours, recall)
