#!/usr/bin/env python3
"""The performance model of docs/performance-model.md and docs/imagenet21k.md: prints their tables. Only MEASURED was measured."""

# Peaks of the data sheets: products in FLOP/s (dense), memory in bytes/s.
HOPPER = dict(float32=67e12, tf32=495e12, bfloat16=990e12, float16=990e12)
MACHINES = {
    "H100 SXM": dict(HOPPER, memory=3.35e12),
    "H200": dict(HOPPER, memory=4.8e12),
    "A100 SXM 40 GB": dict(float32=19.5e12, tf32=156e12, bfloat16=312e12, float16=312e12, memory=1.555e12),
}
# What the model counts on: shares of the peaks; seconds a kernel takes at least, replayed as a graph.
PRODUCTS, TENSOR_PRODUCTS, MEMORY, LAUNCH = 0.75, 0.5, 0.8, 2.5e-6
CACHE, REFRESHES = 5.5e12, 3 / 25  # bytes/s of an H100's second-level cache; refreshes an iteration, as on a CPU (docs/kmeans.md)


class Work:
    """Floating-point operations of products, bytes that memory must move at least and as the kernels move them, and launches."""

    def __init__(self, flops, least_bytes, bytes_moved, launches):
        self.flops, self.least_bytes, self.bytes, self.launches = flops, least_bytes, bytes_moved, launches

    def floors(self, machine, precision):
        """Seconds of the products at the peak rate, and of the least bytes."""
        peaks = MACHINES[machine]
        return self.flops / peaks[precision], self.least_bytes / peaks["memory"]

    def projection(self, machine, precision):
        """Seconds at the shares of the peaks that the model counts on, and no less than the launches."""
        peaks = MACHINES[machine]
        share = PRODUCTS if precision == "float32" else TENSOR_PRODUCTS
        return max(self.flops / peaks[precision] / share + self.bytes / peaks["memory"] / MEMORY, self.launches * LAUNCH)


def step(method, precision, B, C, H=32, d=768, hidden=512, K=256):
    """A step of heads with one hidden layer."""
    R = 2 * B
    flops = 2 * R * H * (3 * hidden * d + 4 * hidden * K + 4 * K * C)
    narrow = precision in ("bfloat16", "float16")
    # Reads and writes of R x C floats by kernels and products, counted in the source; the gradient (one written,
    # two read) has half the size in 16 bits.
    passes = 9 - (1.5 if narrow else 0)
    hidden_passes = 16 + (4 if narrow else 0)  # of R x hidden floats, and of the bottleneck's, the same way
    parameters = 9 * 4 * H * (hidden * (d + 1) + K * (hidden + 1) + C * (K + 1))
    moved = 4 * H * R * (passes * C + hidden_passes * (hidden + K)) + parameters
    return Work(flops, parameters, moved, 14 + 27 * H + (6 + 14 * H if narrow else 0))


def kmeans(n, C, d):
    rows = 12 * n * d  # read for products, for exact distances and for sums
    return Work(2 * n * C * d, n * d * 4, 2 * n * C * 4 + rows, 0)


def neighbours(n, d):
    return Work(2 * n * n * d, n * d * 4, 2 * n * n * 4, 0)


def iteration(precision, n, C, d, candidates=None):
    """Seconds of a k-means iteration on an H100. Dense: each product is written to the second-level cache and read there.
    Pruned (candidates: their share of the pairs): a byte a pair is read; three refreshes in 25 iterations are dense; a
    candidate's 8-bit code is read from the second-level cache. Both compute some exact distances and sum the rows."""
    machine, memory = MACHINES["H100 SXM"], MACHINES["H100 SXM"]["memory"] * MEMORY
    rate = machine[precision] * (PRODUCTS if precision == "float32" else TENSOR_PRODUCTS)
    rows = 24 * n * d / memory  # twice for exact distances, centroids included, and once for sums
    dense = 2 * n * C * d / rate + 8 * n * C / CACHE
    if candidates is None:
        return dense + rows
    return n * C / memory + REFRESHES * (dense + n * C / memory) + candidates * n * C * d / CACHE + rows


# Milliseconds measured on an H200 (docs/performance-model.md), d = 768, in float32, TF32 and bfloat16.
MEASURED = {
    "search": (664.0, 209.1, 189.5),        # 50 neighbours of each of 131,072 rows
    "iteration": (174.4, 38.8, 26.8),       # of k-means, 524,288 rows, C = 10,450
    "refined": (181.9, 51.8, 42.2),         # the same, with labels refined to float32's
    "TEMI": (31.3, 16.5, 15.2),             # a step of B = 512, C = 10,450, H = 32
    "SCANv2": (207.0, 82.6, 74.2),          # a step of B = 4,096, C = 10,450, H = 32
}


def clock(seconds):
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def imagenet21k(n=11_060_000):
    """The times of docs/imagenet21k.md: what was measured on fewer rows, as often as n rows take it."""
    print("\n| 11,060,000 rows, C = 10,450, H200 | of what was measured | float32 | TF32 | bfloat16 |\n|---|---|---|---|---|")
    for title, key, times in (
            ("neighbours, m = 50, exact", "search", (n / 131_072) ** 2),
            ("k-means, 25 iterations", "iteration", 25 * n / 524_288),
            ("the same, labels refined", "refined", 25 * n / 524_288),
            ("TEMI, 25 epochs, B = 512", "TEMI", 25 * (n // 512)),
            ("SCANv2, 25 epochs, B = 4,096", "SCANv2", 25 * (n // 4096))):
        print(f"| {title} | {times:,.0f} times | " + " | ".join(clock(times * ms / 1e3) for ms in MEASURED[key]) + " |")


def main():
    print("| training | machine | products | floor a step, ms | projected step, ms | projected training |\n|---|---|---|---|---|---|")
    cases = [
        ("TEMI, ImageNet-1K, C = 1,000, B = 512, 50 epochs", 1_281_167, 512, 1000, 50),
        ("SCANv2, ImageNet-1K, C = 1,000, B = 4,096, 50 epochs", 1_281_167, 4096, 1000, 50),
        ("TEMI, ImageNet-21K, C = 10,450, B = 512, 25 epochs", 11_060_000, 512, 10450, 25),
        ("SCANv2, ImageNet-21K, C = 10,450, B = 4,096, 25 epochs", 11_060_000, 4096, 10450, 25),
        ("SCANv2, ImageNet-21K full, C = 21,841, B = 4,096, 25 epochs", 14_000_000, 4096, 21841, 25),
    ]
    for name, n, B, C, epochs in cases:
        for machine in MACHINES:
            for precision in ("float32", "tf32"):
                work = step(name.split(",")[0], precision, B, C)
                floor, time = sum(work.floors(machine, precision)), work.projection(machine, precision)
                print(f"| {name} | {machine} | {precision} | {floor * 1e3:.1f} | {time * 1e3:.1f} | "
                      f"{clock(time * (n // B) * epochs)} |")
    print("\n| k-means iteration | machine | floor, s (float32) | projected, s (float32) |\n|---|---|---|---|")
    for n, C in ((1_281_167, 1000), (11_060_000, 10450), (14_000_000, 21841)):
        for machine in MACHINES:
            work = kmeans(n, C, 768)
            print(f"| n = {n:,}, C = {C:,}, d = 768 | {machine} | {work.floors(machine, 'float32')[0]:.2f} | "
                  f"{work.projection(machine, 'float32'):.2f} |")
    imagenet21k()

    print("\n| k-means iteration, n = 524,288, ms | dense, float32 | dense, TF32 | dense, bfloat16 | pruned, 0.2 % | "
          "pruned, 2 % | as fast as bfloat16 at |\n|---|---|---|---|---|---|---|")
    for C in (100, 1000, 10450, 21841):
        for d in (64, 384, 768):
            n = 1 << 19
            dense = [iteration(p, n, C, d) for p in ("float32", "tf32", "bfloat16")]
            pruned = [iteration("bfloat16", n, C, d, share) for share in (0.002, 0.02)]
            even = 0.002 + 0.018 * (dense[2] - pruned[0]) / (pruned[1] - pruned[0])
            print(f"| C = {C:,}, d = {d} | " + " | ".join(f"{t * 1e3:.1f}" for t in dense + pruned) + f" | {even:.1%} |")


if __name__ == "__main__":
    main()
