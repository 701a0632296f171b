#!/usr/bin/env python3
"""model.py: the time of a k-means iteration and of a step of TEMI over p hosts, as a model has it (docs/mpi.md).

Nothing here is measured. Each step is work / speed + bytes through a host's link / bandwidth + exchanges * latency.
"""
import argparse
import math

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, value, text in (("rows", 1e9, "n"), ("clusters", 1e5, "C"), ("features", 768, "d"), ("heads", 16, "H"), ("batch", 512, "B"),
                          ("flops", 2e12, "of a host, a second"), ("bandwidth", 1e9, "of a link, bytes a second"),
                          ("latency", 100e-6, "of a link, seconds")):
    options.add_argument("--" + name, type=float, default=value, help=text)
o = options.parse_args()
C, d, H, B = o.clusters, o.features, o.heads, o.batch


def exchange(bytes_through_link, p, count):
    """`count` exchanges that all hosts take part in, and the bytes that pass each link in them."""
    return 0 if p == 1 else bytes_through_link / o.bandwidth + count * 2 * math.ceil(math.log2(p)) * o.latency


def kmeans(n, p, f):
    """An iteration in which bounds leave the share f of all products: a reduction of C (d + 2) integers of 8 bytes."""
    work = (2 * f * n * C * d / p + 10 * C * d) / o.flops  # the centroids of the sums are computed at every host
    return work + exchange(2 * (p - 1) / p * 8 * C * (d + 2), p, 4)


def temi(p):
    """A step: 2 B rows pass eight products with the parameters of each head of the fullest host."""
    parameters = d * 512 + 512 * 256 + 256 * C
    work = math.ceil(H / p) * 8 * 2 * B * parameters / o.flops
    travelling = (8 * B * d + 8 * B + 12 * B * H) * (p - 1) / p  # rows and their partners, ids, labels and agreements
    return work + exchange(travelling, p, 13)


hosts = [2**k for k in range(11)]
print(f"k-means, an iteration, C = {C:g}, d = {d:g}: seconds (efficiency)")
print(f"{'hosts':>6} {'n = %g, f = 1' % o.rows:>22} {'f = 0.1':>18} {'1e6 rows a host, f = 1':>24}")
for p in hosts:
    cells = []
    for f in (1, 0.1):
        time = kmeans(o.rows, p, f)
        cells.append(f"{time:.4g} ({kmeans(o.rows, 1, f) / p / time:.2f})")
    time = kmeans(1e6 * p, p, 1)
    cells.append(f"{time:.4g} ({kmeans(1e6, 1, 1) / time:.2f})")
    print(f"{p:6} {cells[0]:>22} {cells[1]:>18} {cells[2]:>24}")
print(f"\nTEMI, a step, H = {H:g}, B = {B:g}, hidden 512, bottleneck 256: seconds (efficiency)")
for p in [p for p in hosts if p <= 2 * H]:
    print(f"{p:6} {'%.4g (%.2f)' % (temi(p), temi(1) / p / temi(p)):>22}")
