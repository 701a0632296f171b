#!/usr/bin/env python3
"""k-means by shoal, SuperKMeans, scikit-learn and faiss, one after another on the same rows, as a table.

usage: kmeans.py PEER_KMEANS FEATURES.npy C [--iterations 25] [--superkmeans DRIVER] [--rivals superkmeans,sklearn,...] [--avx2]
PEER_KMEANS is the program of kmeans.cpp, DRIVER that of superkmeans_driver.cpp.in. All start from the same rows: those
that SuperKMeans draws, which has no way to be given any (from numpy's where there is no DRIVER). Only SuperKMeans of PyPI
draws its own. Each runs in a process of its own, whose peak memory counts the rows in float32 (shoal's: and the mapped
file). Objectives are of all rows, in double, at the centroids that are returned. --avx2 keeps the rivals' libraries from
AVX-512, as far as they can be told; PEER_KMEANS and DRIVER are to be compiled with -march=x86-64-v3 for it. --rivals:
superkmeans, superkmeans-pypi, superkmeans-hierarchical (shoal's two levels then run instead of its other bounds), sklearn,
faiss, faiss-super. Needs numpy and the rivals."""
import argparse, json, os, subprocess, sys, tempfile, time
import numpy as np


def objective(rows, centroids):
    total = 0.0
    for a in range(0, len(rows), 8192):
        x = rows[a:a + 8192]
        nearest = ((centroids * centroids).sum(1)[None] - 2 * x @ centroids.T).argmin(1)
        total += float(np.square(x - centroids[nearest], dtype=np.float64).sum())
    return total


def peak_mib():
    with open("/proc/self/status") as status:
        return next(float(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def rival(name, raw, shape, start, iterations):
    """One Python rival, in this process: prints what it did as a line of JSON."""
    rows, start = np.fromfile(raw, np.float32).reshape(shape), np.load(start)
    if name == "sklearn":
        from sklearn.cluster import KMeans
        model = KMeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd")
        begin = time.perf_counter()
        model.fit(rows)
        seconds, centroids, done = time.perf_counter() - begin, model.cluster_centers_, model.n_iter_
    elif name.startswith("superkmeans"):  # PyPI's: it draws its own rows to start from
        from superkmeans import SuperKMeans
        kind = dict(hierarchical=True) if name.endswith("hierarchical") else dict(hierarchical=False, iters=iterations)
        model = SuperKMeans(len(start), shape[1], sampling_fraction=1.0, max_points_per_cluster=1 << 30,
                            early_termination=False, **kind)
        begin = time.perf_counter()
        centroids = np.asarray(model.train(rows))
        seconds, done = time.perf_counter() - begin, iterations
    else:
        import faiss
        model = faiss.Kmeans(shape[1], len(start), niter=iterations, max_points_per_centroid=10**9,
                             use_super_kmeans=name == "faiss-super")
        begin = time.perf_counter()
        model.train(rows, init_centroids=start)
        seconds, centroids, done = time.perf_counter() - begin, model.centroids, iterations
    peak = peak_mib()
    print(json.dumps({"seconds": seconds, "iterations": int(done), "objective": objective(rows, centroids), "peak_mib": peak}))


def run(*command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{command[0]} failed: {result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


NAMES = {"superkmeans-pypi": "SuperKMeans 0.2", "superkmeans-hierarchical": "SuperKMeans 0.2, layers",
         "sklearn": "scikit-learn, Lloyd", "faiss": "faiss", "faiss-super": "faiss, super k-means"}


def race(program, rows, clusters, iterations, rivals, shoals, driver=None):
    """What each of them did with the rows: {name: {"seconds", "iterations", "objective", "peak_mib"}}. shoals: {name: options}."""
    n, d = rows.shape
    table = {}
    with tempfile.TemporaryDirectory() as folder:
        raw, ours, start, ids = (os.path.join(folder, name) for name in ("rows.f32", "rows.npy", "start.npy", "ids.txt"))
        np.ascontiguousarray(rows, np.float32).tofile(raw)
        np.save(ours, np.ascontiguousarray(rows, np.float32))  # float32 in memory for all
        if driver:  # run first, since it is the one that draws the rows to start from
            drawn = run(driver, raw, n, d, clusters, iterations if "superkmeans" in rivals else 0, ids)
            chosen = np.loadtxt(ids, dtype=np.int64, ndmin=1)
        else:
            chosen = np.random.default_rng(1).choice(n, clusters, replace=False)
        np.save(start, np.ascontiguousarray(rows[chosen], np.float32))
        for name, options in shoals.items():
            table[name] = run(program, ours, clusters, f"iterations={iterations}", f"start={start}", *options)
        if driver and "superkmeans" in rivals:
            table["SuperKMeans"] = drawn
        for key, name in NAMES.items():
            if key in rivals:
                table[name] = run(sys.executable, __file__, "--rival", key, raw, n, d, start, iterations)
    return table


def without_avx512():
    """Keeps OpenBLAS (scikit-learn's, faiss'), faiss itself and MKL from AVX-512."""
    os.environ.update(OPENBLAS_CORETYPE="Haswell", FAISS_OPT_LEVEL="AVX2", MKL_ENABLE_INSTRUCTIONS="AVX2")


def main():
    if sys.argv[1] == "--rival":
        name, raw, n, d, start, iterations = sys.argv[2:]
        return rival(name, raw, (int(n), int(d)), start, int(iterations))
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("features"), parser.add_argument("clusters", type=int)
    parser.add_argument("--iterations", type=int, default=25)
    parser.add_argument("--superkmeans")
    parser.add_argument("--rivals", default="superkmeans,sklearn,faiss")
    parser.add_argument("--avx2", action="store_true")
    args = parser.parse_args()
    if args.avx2:
        without_avx512()
    rows = np.load(args.features, mmap_mode="r")
    n, d = rows.shape
    shoals = {"shoal": [], "shoal, no bounds kept": ["bounds=none"], "shoal, full products": ["bounds=off"]}
    if "superkmeans-hierarchical" in args.rivals:
        shoals = {"shoal": [], "shoal, two levels": ["hierarchical"], "shoal, two levels, 10 to polish": ["hierarchical", "polish=10"]}
    table = race(args.program, rows, args.clusters, args.iterations, args.rivals.split(","), shoals, args.superkmeans)
    print(f"k-means, {n} x {d}, C = {args.clusters}, at most {args.iterations} iterations, {os.cpu_count()} cores")
    print(f"{'':32}{'seconds':>9}{'iterations':>12}{'s/iteration':>13}{'objective':>13}{'peak MiB':>10}{'shoal is faster by':>20}")
    for name, line in table.items():
        print(f"{name:32}{line['seconds']:9.3f}{line['iterations']:12d}{line['seconds'] / line['iterations']:13.4f}"
              f"{line['objective']:13.2f}{line['peak_mib']:10.0f}{line['seconds'] / table['shoal']['seconds']:20.2f}", flush=True)


if __name__ == "__main__":
    main()
