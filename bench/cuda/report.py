#!/usr/bin/env python3
"""The measurements of bench/cuda/cuda.cu and rivals.py as one JSON document and one table in Markdown.

usage: report.py --json OUT.json --markdown OUT.md --card "NAME, CLOCK, DRIVER" LINES...   LINES: files of JSON, a measurement
a line; other lines (what was skipped, and why) follow the table. Beside each measurement stand its floors (products at the
card's peak rate; the least bytes at that of its memory) and what the model of bench/cuda/model.py predicts, if it knows the card.
"""
import argparse
import json

import model

parser = argparse.ArgumentParser()
for name in ("json", "markdown", "card"):
    parser.add_argument("--" + name, required=True)
parser.add_argument("lines", nargs="+")
options = parser.parse_args()

measured, remarks = [], []
for path in options.lines:
    for line in open(path):
        if line.startswith("{"):
            measured.append(json.loads(line))
        elif line.strip():
            remarks.append(line.strip())
machine = next((m for m in model.MACHINES if m.split()[0] in options.card), None)


def work(row):
    """What the model says of a measurement; None where it says nothing."""
    if "k-means" in row["what"]:
        return model.kmeans(row["n"], row["C"], row["d"])
    if row["what"].endswith("step") and "B" in row:
        return model.step(row["what"], row["precision"], row["B"], row["C"], row["H"], row["d"])
    return model.neighbours(row["n"], row["d"]) if row["what"] == "neighbours" else None


for row in measured:
    if machine and row["precision"] in model.MACHINES[machine] and work(row):
        floors = work(row).floors(machine, row["precision"])
        row["floor_products_ms"], row["floor_memory_ms"] = (1e3 * f for f in floors)
        row["model_ms"] = 1e3 * work(row).projection(machine, row["precision"])

json.dump({"card": options.card, "measured": measured, "remarks": remarks}, open(options.json, "w"), indent=1)


def cell(row, key, form="{:.1f}"):
    return form.format(row[key]) if row.get(key) is not None else ""


with open(options.markdown, "w") as out:
    out.write(options.card + "\n\n| what | precision | ms | cuBLAS's products, ms | floor: products, memory, ms | times the floor | model, ms |\n"
              "|---|---|---|---|---|---|---|\n")
    for row in measured:
        sizes = ", ".join(f"{k} = {row[k]:,}" for k in ("n", "sample", "B", "rows", "C", "clusters", "m", "points", "H") if k in row)
        ratio = row["ms"] / (row["floor_products_ms"] + row["floor_memory_ms"]) if row.get("ms") and "model_ms" in row else None
        out.write(f"| {row['what']}, {sizes} | {row['precision']} | {cell(row, 'ms') or row.get('failed', '')} | {cell(row, 'products_ms')} | "
                  f"{cell(row, 'floor_products_ms')}, {cell(row, 'floor_memory_ms')} | "
                  f"{'' if ratio is None else f'{ratio:.1f}'} | {cell(row, 'model_ms')} |\n")
    out.write("".join(f"\n{remark}\n" for remark in remarks))
