#!/usr/bin/env python3
"""Fills docs/study/study.md.in with the numbers of the study: fill.py FOLDER [--any] > docs/study.md

FOLDER holds nouns.json, pairs.json, lemmas.json and gloss.json, each the summary.json that `protocol` wrote, and
experiments.json, which `experiments.py gather` wrote. What stands between {{ and }} in the template is an expression of
Python, with a format after a colon as in f-strings; the names are those defined below. {{claim(...)}} leaves nothing
behind, and stops with an error where what the text says is not what the numbers say; --any is for other data, of which
the text need not be true.
"""
import json
import os
import re
import sys

import experiments as programs

METHODS = ["kmeans", "temi", "scan", "probe"]
NAMES = {"kmeans": "k-means", "temi": "TEMI", "scan": "SCANv2", "probe": "probe"}

# The paper's tables of accuracies, row by row: the set and the benchmark here, the paper's name of it, the command that makes
# it (docs/imagenet21k.md), and what is different here.
ROWS = [
    ("nouns", "odd", "table 1: ImageNet-1K ODD", "odd", "made of all classes, which are uneven before"),
    ("nouns", "imbalanced", "table 1: Imbalanced-2K", "imbalanced", "sizes are much farther apart"),
    ("nouns", "centered", "table 1: Centered-2K", "centered", ""),
    ("nouns", "class_leaves", "table 2: ImageNet21K leaf", "class-leaves", "few classes have none below them"),
    ("nouns", "hzr", "table 2: HZR", "relabeled", "one model embeds rows and prototypes"),
    ("nouns", "p_hzr", "table 2: p-HZR", "relabeled", "the same"),
    ("pairs", "easy", "table 3: the 1,000 easiest classes of CLIP", "easy", "by the probe of the model that is clustered"),
    ("pairs", "union", "table 3: union of three models' easiest", "union", "three texts of one model"),
    ("pairs", "random", "table 3: 1,000 random classes", "random", ""),
    *[("nouns", f"frequency_{s}", f"table 5, figure 2: {name}, s = {s}", f"frequency --s {s}", "")
      for s, name in ((5, "Tiny"), (15, "Small"), (25, "Base"), (35, "Large"), (45, "Huge"))],
    *[("nouns", f"coarse_{d}", f"table 5, figure 2: d = {d}", f"coarse --depth {d}", "another tree, of one root" if d == 1 else "")
      for d in range(1, 9)],
    ("nouns", "all", "tables 2, 5: ImageNet-21K", "–", "{classes} classes"),
]


class Study:
    """The summaries of a folder, and what the template says of them."""

    def __init__(self, folder, claims):
        self.claims = claims
        self.sets = {}
        self.varied_file = os.path.join(folder, "experiments.json")
        for name in sorted(os.listdir(folder)):
            if name.endswith(".json") and name != "experiments.json":
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    self.sets[name[:-5]] = json.load(file)

    # Numbers.

    def bench(self, data, name):
        for b in self.sets[data]["benchmarks"]:
            if b["name"] == name:
                return b
        raise KeyError(f"{data} has no benchmark {name}")

    def score(self, data, name, method, key):
        """A score of a method, its mean over seeds."""
        b = self.bench(data, name)
        return b["probe"][key] if method == "probe" else b["methods"][method][key]["mean"]

    def acc(self, data, name, method):
        """Accuracy in percent."""
        return 100 * self.score(data, name, method, "acc")

    def deviation(self, data, name, method):
        return 100 * self.bench(data, name)["methods"][method]["acc"]["deviation"]

    def change(self, data, to, start, method):
        """Change of accuracy from one benchmark to another, in percent of the first."""
        return 100 * (self.acc(data, to, method) / self.acc(data, start, method) - 1)

    def gain(self, data, name, method):
        """Accuracy beyond that of k-means, in percent of it."""
        return 100 * (self.acc(data, name, method) / self.acc(data, name, "kmeans") - 1)

    def paper(self, name, method):
        """The paper's accuracy in percent on the benchmark of this name."""
        for s in self.sets.values():
            for b in s["benchmarks"]:
                if b["name"] == name and "paper_acc" in b:
                    return b["paper_acc"][METHODS.index(method)]
        raise KeyError(f"the paper has no {name}")

    def paper_gain(self, name, method):
        return 100 * (self.paper(name, method) / self.paper(name, "kmeans") - 1)

    def compared(self, data, to, method, whose="here"):
        """A change of accuracy in percent, of those that the program compares with the paper's."""
        for c in self.sets[data]["comparisons"]:
            if c["to"] == to:
                return 100 * (c[whose][METHODS.index(method)] - 1)
        raise KeyError(f"{data} has no comparison for {to}")

    def curve(self, data, name, by, at, method, key):
        """A score in percent at a point of a curve, such as by_clusters at 2 clusters a class."""
        for point in self.bench(data, name)[by]:
            if at in point.values():
                return 100 * point[method][key]["mean"]
        raise KeyError(f"{name} has no {by} {at}")

    def by_share(self, data, name, share, method):
        """NMI in percent with so many clusters a class."""
        classes = self.sizes(data, name, "classes")
        if share == 1:
            return 100 * self.score(data, name, method, "nmi")
        return self.curve(data, name, "by_clusters", max(2, int(share * classes + 0.5)), method, "nmi")

    def sizes(self, data, name, key):
        return self.bench(data, name)["sizes"][key]

    def r2(self, data, measure, which):
        return self.sets[data]["probe_fits"][which][measure]["determination"]

    def slope(self, data, measure, which):
        return self.sets[data]["probe_fits"][which][measure]["slope"]

    def settings(self, data, key):
        return self.sets[data]["settings"][key]

    def won(self, data):
        """Benchmarks on which TEMI or SCANv2 is above k-means."""
        return sum(max(self.gain(data, b["name"], m) for m in ("temi", "scan")) > 0 for b in self.sets[data]["benchmarks"])

    def many(self, data):
        return len(self.sets[data]["benchmarks"])

    def cpu(self, *sets):
        return sum(self.sets[s]["cpu_seconds"] for s in sets)

    def claim(self, holds):
        if self.claims and not holds:
            raise SystemExit("a claim of the text does not hold")
        return ""

    # Texts.

    @staticmethod
    def signed(value, digits=1):
        return ("+" if value >= 0 else "−") + f"{abs(value):.{digits}f}"

    @staticmethod
    def minus(value, digits=2):
        return ("−" if value < 0 else "") + f"{abs(value):.{digits}f}"

    @staticmethod
    def listed(values):
        """a, b and c"""
        *some, last = values
        return ", ".join(some) + (" and " if some else "") + last

    def changes(self, data, to, methods=METHODS[:3], digits=1):
        return self.listed([self.signed(self.compared(data, to, m), digits) for m in methods])

    def paper_changes(self, to, methods=METHODS[:3], digits=1):
        for s in self.sets:
            if any(c["to"] == to for c in self.sets[s].get("comparisons", [])):
                return self.listed([self.signed(self.compared(s, to, m, "paper"), digits) for m in methods])
        raise KeyError(f"the paper has no {to}")

    def costs(self, data):
        return ", ".join(f"{b['title']} {b['cpu_seconds']:.0f}" for b in self.sets[data]["benchmarks"])

    def best_bold(self, data, b):
        best = max(METHODS[:3], key=lambda m: b["methods"][m]["acc"]["mean"])
        cells = []
        for m in METHODS[:3]:
            acc = b["methods"][m]["acc"]
            text = f"{100 * acc['mean']:.1f} ± {100 * acc['deviation']:.1f}"
            cells.append(f"**{text}**" if m == best else text)
        return cells

    def accuracy_table(self, data):
        rows = ["| benchmark | samples | classes | probe | k-means | TEMI | SCANv2 | alignment | DB | silhouette |",
                "|---|---|---|---|---|---|---|---|---|---|"]
        for b in self.sets[data]["benchmarks"]:
            s = b["separability"]
            cells = [b["title"], f"{b['sizes']['training']:,}", f"{b['sizes']['classes']:,}", f"{100 * b['probe']['acc']:.1f}",
                     *self.best_bold(data, b), self.minus(s["alignment"], 3), self.minus(s["davies_bouldin"]),
                     self.minus(s["silhouette"], 3)]
            rows.append("| " + " | ".join(cells) + " |")
        return "\n".join(rows)

    def change_table(self, data):
        rows = ["| relative change of accuracy, % (the paper) | k-means | TEMI | SCANv2 | probe |", "|---|---|---|---|---|"]
        for c in self.sets[data]["comparisons"]:
            cells = [self.signed(100 * (h - 1)) + " (" + self.signed(100 * (p - 1)) + ")" for h, p in zip(c["here"], c["paper"])]
            rows.append("| " + " | ".join([f"{c['to']} against {c['from']}", *cells]) + " |")
        return "\n".join(rows)

    def feature_table(self, name, sets):
        """One benchmark by the features of several models: {what the features are: the set of results}."""
        rows = ["| features | probe | k-means | TEMI | SCANv2 |", "|---|---|---|---|---|"]
        for title, data in sets.items():
            b = self.bench(data, name)
            rows.append("| " + " | ".join([title, f"{100 * b['probe']['acc']:.1f}", *self.best_bold(data, b)]) + " |")
        return "\n".join(rows)

    def labels_table(self, data):
        rows = ["| all classes | NMI | AMI | ARI | top1→1 | top1→L | top5→1 | top5→L | ECE | confidence |",
                "|---|---|---|---|---|---|---|---|---|---|"]
        for m in METHODS:
            def percent(key):
                return "–" if m == "probe" and key in ("nmi", "ami", "ari") else f"{100 * self.score(data, 'all', m, key):.1f}"
            cells = [NAMES[m]] + [percent(key) for key in ("nmi", "ami", "ari", "top1_to_1")]
            for key in ("top1_to_L", "top5_to_1", "top5_to_L"):
                cells.append(f"{percent(key)} (+{self.more(data, m, key):.0f} %)")
            cells += ["–", "–"] if m == "kmeans" else [f"{self.score(data, 'all', m, 'ece'):.3f}",
                                                       f"{self.score(data, 'all', m, 'confidence'):.2f}"]
            rows.append("| " + " | ".join(cells) + " |")
        return "\n".join(rows)

    def row_by_row(self):
        """Each row of the paper's tables of accuracies beside that of the benchmark here, in percent."""
        rows = ["| the paper | `shoal benchmark` | k-means, TEMI, SCANv2, probe: the paper | here | where it differs |",
                "|---|---|---|---|---|"]
        for data, name, theirs, command, differs in ROWS:
            if not any(b["name"] == name for b in self.sets[data]["benchmarks"]):
                continue
            ours = ", ".join(f"{self.acc(data, name, m):.1f}" for m in METHODS)
            paper = ", ".join(f"{self.paper(name, m):.1f}" for m in METHODS)
            cells = [theirs, f"`{command}`" if command != "–" else command, paper, ours,
                     differs.format(classes=self.sizes(data, name, "classes"))]
            rows.append("| " + " | ".join(cells) + " |")
        return "\n".join(rows)

    def experiments(self):
        """The tables of experiments.py."""
        return programs.page(self.varied_file)

    def varied(self, data, experiment, series, value, key="acc", factor=100):
        """The mean of a score of experiments.py, in percent."""
        with open(self.varied_file, encoding="utf-8") as file:
            results = json.load(file)["results"]
        for p in results:
            if (p["set"], p["experiment"], p["series"], p["value"]) == (data, experiment, series, value):
                return factor * p[key]["mean"]
        raise KeyError(f"experiments.json has no {experiment} {value} of {series} on {data}")

    def more(self, data, method, key):
        """The gain of several labels or predictions over one, in percent."""
        return 100 * (self.score(data, "all", method, key) / self.score(data, "all", method, "top1_to_1") - 1)


def fill(template, study):
    names = {name: getattr(study, name) for name in dir(study) if not name.startswith("_")}

    def value(match):
        expression = match.group(1)
        try:
            code, spec = re.fullmatch(r"(.*?)(?::(,?(?:\.\d+f)?))?", expression, re.S).groups()
            return format(eval(code, names), spec or "")  # the template is part of this program
        except SystemExit as error:
            raise SystemExit(f"study.md.in: {error}: {expression}") from None
        except Exception as error:
            raise SystemExit(f"study.md.in: {{{{{expression}}}}}: {type(error).__name__}: {error}") from None

    filled = re.sub(r"\{\{(.*?)\}\}", value, template, flags=re.S)
    return re.sub(r"\n{3,}", "\n\n", filled)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--any"]
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "study.md.in"), encoding="utf-8") as file:
        sys.stdout.write(fill(file.read(), Study(arguments[0], "--any" not in sys.argv)))


if __name__ == "__main__":
    main()
