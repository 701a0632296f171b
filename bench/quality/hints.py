#!/usr/bin/env python3
"""How many clusters? Each hint of `shoal suggest` beside the truth.

    venv/bin/python bench/quality/hints.py build/release/shoal DATA --work out/quality

nouns have four truths: the same rows, cut at four levels of their hierarchy. At most --sample rows of a set are looked
at, and up to --most clusters of nouns (a sixteenth of the rows of the others).
"""
import argparse
import json
import os
import subprocess

import quality

TRUTH = {"mini": "24", "fashion": "10", "pairs": "214", "nouns": "26, 506, 919, 2,039"}
HINTS = ("merging", "resolution", "stability", "silhouette")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shoal")
    parser.add_argument("data")
    parser.add_argument("--work", default="out/quality")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--sets", nargs="*", default=list(TRUTH), choices=list(TRUTH))
    parser.add_argument("--sample", type=int, default=10_000)
    parser.add_argument("--most", type=int, default=2500)
    arguments = parser.parse_args()
    bench = quality.Bench(arguments)
    print("| set | truth | merge tree | Leiden | halves | silhouette |\n|---|---|---|---|---|---|")
    for name in arguments.sets:
        for seed in bench.seeds:
            out = bench.out(name, f"suggest-{arguments.sample}", seed)
            if not os.path.exists(out + ".json"):
                most = ["--most", str(arguments.most)] if name == "nouns" else []
                said = subprocess.run([bench.shoal, "suggest", bench.file(name), "--seed", str(seed), "--out",
                                       out + ".html", "--json", "--sample", str(arguments.sample), *most], check=True,
                                      stdout=subprocess.PIPE, text=True).stdout
                with open(out + ".json", "w") as file:
                    file.write(said)
            with open(out + ".json") as file:
                said = json.load(file)
            print(f"| {name} | {TRUTH[name]} | " + " | ".join(str(said[hint]["suggestion"]) for hint in HINTS) + " |",
                  flush=True)


if __name__ == "__main__":
    main()
