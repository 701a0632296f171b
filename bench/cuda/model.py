#!/usr/bin/env python3
"""The performance model of docs/performance-model.md: prints its tables. Nothing here is measured on a GPU."""

# Peaks of the data sheets: float32 and TF32 (dense) in FLOP/s, memory in bytes/s; what the model counts on of each.
MACHINES = {
    "H100 SXM": dict(float32=67e12, tf32=495e12, memory=3.35e12),
    "A100 SXM 40 GB": dict(float32=19.5e12, tf32=156e12, memory=1.555e12),
}
PRODUCTS, TF32_PRODUCTS, MEMORY, LAUNCH = 0.75, 0.5, 0.8, 2.5e-6  # shares of the peaks; seconds a launch


def products(machine, precision):
    return MACHINES[machine][precision] * (PRODUCTS if precision == "float32" else TF32_PRODUCTS)


def step(machine, precision, B, C, H=32, d=768, hidden=512, K=256):
    """Seconds of a step: its products, its passes over logits and parameters, and no less than its launches."""
    R = 2 * B
    flops = 2 * R * H * (3 * hidden * d + 4 * hidden * K + 4 * K * C)
    logits = 30 * R * C * 4 * H  # every kernel's and product's reads and writes of R x C floats, counted in the source
    parameters = 9 * 4 * H * (hidden * (d + 1) + K * (hidden + 1) + C * (K + 1))
    bandwidth = MACHINES[machine]["memory"] * MEMORY
    floor = flops / MACHINES[machine][precision] + parameters / MACHINES[machine]["memory"]
    time = flops / products(machine, precision) + (logits + parameters) / bandwidth
    return floor, max(time, (12 + 30 * H) * LAUNCH)


def clock(seconds):
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


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
                floor, time = step(machine, precision, B, C)
                print(f"| {name} | {machine} | {precision} | {floor * 1e3:.1f} | {time * 1e3:.1f} | "
                      f"{clock(time * (n // B) * epochs)} |")
    print("\n| k-means iteration | machine | floor, s (float32) | projected, s (float32) |\n|---|---|---|---|")
    for n, C in ((1_281_167, 1000), (11_060_000, 10450), (14_000_000, 21841)):
        for machine, peaks in MACHINES.items():
            flops, tiles = 2 * n * C * 768, 2 * n * C * 4
            rows = n * 768 * 4 + n * 768 * 20  # read for products and for sums; sums in double, read and written
            print(f"| n = {n:,}, C = {C:,}, d = 768 | {machine} | {flops / peaks['float32']:.2f} | "
                  f"{flops / products(machine, 'float32') + (tiles + rows) / peaks['memory'] / MEMORY:.2f} |")


main()
