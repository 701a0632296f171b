#!/usr/bin/env python3
"""model.py: the time of a k-means iteration, of neighbours by inverted lists and of a step of TEMI over p hosts, as a model
has it (docs/mpi.md).

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


def inverted_lists(n, p, part=False):
    """m neighbours of each of n rows: 2 sqrt(n) lists, of which a row is compared with 32. The k-means that learns them
    takes 8 iterations, on 32 rows a list. The rows pass each host three times: to the hosts of their lists, as they are
    compared, and as candidates are ranked; lists and ids pass with them. Returns work and wire, which overlap only in
    the second pass: the model adds them."""
    lists, probes, m = 2 * math.sqrt(n), 32, 50
    learning = 8 * 2 * min(n, 32 * lists) * lists * d
    work = (learning + 2 * n * d * (lists + n * probes / lists)) / (p * o.flops)
    passing = n * (3 * 4 * d + 4 * probes + 4 + 4 * m) * (p - 1) / p
    pieces = n / p / (1.6e6 / d)  # some 6 MB each, and one exchange for each host
    wire = exchange(passing + 8 * 2 * (p - 1) / p * 8 * lists * (d + 2), p, 3 * pieces * p + 8 * 4)
    return (work, wire) if part else work + wire


def temi(p):
    """A step: 2 B rows pass eight products with the parameters of each head of the fullest host. Where there are more
    hosts than heads, a team of hosts divides the work of a head; deltas, gradients of logits, inputs of layers and the new
    parameters of student and teacher then pass each link of the team."""
    parameters = d * 512 + 512 * 256 + 256 * C
    team = max(1, p // int(H))
    work = math.ceil(H / p) * 8 * 2 * B * parameters / o.flops / team
    travelling = (8 * B * d + 8 * B + 12 * B * H) * (p - 1) / p  # rows and their partners, ids, labels and agreements
    shared = (2 * B * 4 * (C + 2 * 512 + 2 * 256) + 2 * 4 * parameters) * (team - 1) / team
    return work + exchange(travelling + shared, p, 13 if team == 1 else 23)


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
print(f"\nneighbours by inverted lists, m = 50, d = {d:g}: seconds of work + wire (efficiency)")
print(f"{'hosts':>6} {'n = %g' % o.rows:>34} {'1e6 rows a host':>30}")
for p in hosts:
    cells = []
    for n, ideal in ((o.rows, inverted_lists(o.rows, 1) / p), (1e6 * p, inverted_lists(1e6 * p, 1) / p)):
        work, wire = inverted_lists(n, p, part=True)
        cells.append(f"{work:.4g} + {wire:.4g} ({ideal / (work + wire):.2f})")
    print(f"{p:6} {cells[0]:>34} {cells[1]:>30}")
print(f"\nTEMI, a step, H = {H:g}, B = {B:g}, hidden 512, bottleneck 256: seconds (efficiency)")
for p in hosts:
    print(f"{p:6} {'%.4g (%.2f)' % (temi(p), temi(1) / p / temi(p)):>22}")
