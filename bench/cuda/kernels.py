#!/usr/bin/env python3
"""kernels.py KERNELS.LOG: registers, shared memory and spills of each kernel as nvcc's ptxas reports them, as Markdown.

The log is what `tests/cuda/compile.sh . OUT each` leaves in its output folder.
"""
import re
import subprocess
import sys

text = open(sys.argv[1]).read()
entry = re.compile(r"Compiling entry function '(\w+)' for 'sm_(\d+)'.*?\n(.*?)Used (\d+) registers([^\n]*)", re.S)
found = [m.groups() for m in entry.finditer(text) if "run_kernel" in m.group(1)]
names = subprocess.run(["c++filt"], input="\n".join(f[0] for f in found), text=True, capture_output=True).stdout.split("\n")
table = {}
for (_, arch, before, registers, rest), name in zip(found, names):
    kernel = re.search(r"run_kernel<(.*?)(?:, (?:shoal::MatrixView|float|double|int|long|unsigned|char|bool).*)?>\(", name)
    kernel = (kernel.group(1) if kernel else name).replace("shoal::", "").replace("(Agreement)", "Agreement ")
    spills = sum(int(n) for n in re.findall(r"(\d+) bytes spill", before))
    shared = re.search(r"(\d+) bytes smem", rest)
    figures = (int(registers), int(shared.group(1)) if shared else 0, spills)
    row = table.setdefault(kernel, {})
    row[arch] = max(figures, row.get(arch, figures))  # the largest, where argument types differ
archs = sorted({a for row in table.values() for a in row}, key=int)
print("| kernel | " + " | ".join(f"sm_{a}: registers, shared bytes, spilled bytes" for a in archs) + " |")
print("|---|" + "---|" * len(archs))
for kernel in sorted(table):
    print(f"| `{kernel}` | " + " | ".join(", ".join(map(str, table[kernel].get(a, ("-",) * 3))) for a in archs) + " |")
