#!/usr/bin/env python3
"""k-means by shoal, SuperKMeans, scikit-learn and faiss, one after another on the same rows, as a table.

usage: kmeans.py PEER_KMEANS FEATURES.npy C [--iterations 25] [--superkmeans DRIVER] [--rivals superkmeans,sklearn,faiss]
PEER_KMEANS is the program of kmeans.cpp, DRIVER that of superkmeans_driver.cpp. Random rows as seeds everywhere (each
library draws its own: their objectives differ by luck). The objective is ours, of all rows. Needs numpy and the rivals."""
import argparse, json, os, subprocess, tempfile, time
import numpy as np


def objective(rows, centroids):
    total = 0.0
    for a in range(0, len(rows), 8192):
        x = rows[a:a + 8192]
        d = (centroids * centroids).sum(1)[None] - 2 * x @ centroids.T
        total += float((d.min(1) + (x * x).sum(1)).astype(np.float64).sum())
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("features"), parser.add_argument("clusters", type=int)
    parser.add_argument("--iterations", type=int, default=25)
    parser.add_argument("--superkmeans")
    parser.add_argument("--rivals", default="superkmeans,sklearn,faiss")
    args = parser.parse_args()
    rows = np.ascontiguousarray(np.load(args.features).astype(np.float32))
    n, d = rows.shape
    table = []

    def shoal(name, *options):
        line = subprocess.run([args.program, args.features, str(args.clusters), f"iterations={args.iterations}", *options],
                              capture_output=True, text=True, check=True).stdout
        run = json.loads(line)
        table.append((name, run["seconds"], run["objective"]))

    shoal("shoal")
    shoal("shoal, no bounds kept", "bounds=none")
    shoal("shoal, full products", "bounds=off")
    for rival in args.rivals.split(","):
        if rival == "superkmeans" and args.superkmeans:
            with tempfile.NamedTemporaryFile(suffix=".f32") as raw:
                rows.tofile(raw.name)
                out = subprocess.run([args.superkmeans, raw.name, str(n), str(d), str(args.clusters), str(args.iterations)],
                                     capture_output=True, text=True, check=True).stdout.split()
            table.append(("SuperKMeans on MKL", float(out[2]), float(out[-1])))
        if rival == "sklearn":
            from sklearn.cluster import KMeans
            model = KMeans(args.clusters, init="random", n_init=1, max_iter=args.iterations, tol=0, random_state=1, algorithm="lloyd")
            begin = time.perf_counter()
            model.fit(rows)
            table.append(("scikit-learn lloyd", time.perf_counter() - begin, float(model.inertia_)))
        if rival == "faiss":
            import faiss
            model = faiss.Kmeans(d, args.clusters, niter=args.iterations, seed=1, max_points_per_centroid=10**9)
            begin = time.perf_counter()
            model.train(rows)
            table.append(("faiss", time.perf_counter() - begin, objective(rows, model.centroids)))
    print(f"k-means, {n} x {d}, C = {args.clusters}, {args.iterations} iterations, {os.cpu_count()} cores")
    print(f"{'':24}{'seconds':>9}{'s/iteration':>13}{'objective':>12}{'shoal is faster by':>20}")
    for name, seconds, value in table:
        print(f"{name:24}{seconds:9.3f}{seconds / args.iterations:13.4f}{value:12.1f}{seconds / table[0][1]:20.2f}")


if __name__ == "__main__":
    main()
