#!/usr/bin/env python3
"""The experiments of the sources that are not a matter of benchmarks: what the number of heads, the batch, m, β, the
teacher's momentum, the pairs, SCP's parts and more clusters than classes do.

    docs/study/experiments.py run SHOAL DATA WORK [--sets mini pairs fashion] [--seeds 0 1 2] [--only heads batch …]
            [--values 1 2 …]
    docs/study/experiments.py gather WORK > docs/study/results/experiments.json
    docs/study/experiments.py page docs/study/results/experiments.json [PICTURES]

DATA holds a folder for each set with features.npy and labels.npy, and where there are two views view_lemma.npy and
view_gloss.npy. A run is a file WORK/SET/EXPERIMENT/VALUE/SEED.json: what is there is not run again, so that a stopped
program goes on. `gather` makes means and deviations of all the runs in WORK; `page` prints the tables and, into the
folder PICTURES, draws a curve of each experiment over numbers. Labels score the clusters; the pairs of the experiment
"pairs" use them too, as the poster's do.
"""
import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess

# The heads of the study (docs/study.md), which were chosen by the training loss: TEMI, then SCANv2.
TEMI = {"--method": "temi", "--heads": 4, "--hidden": "none", "--bottleneck": 64, "--teacher-momentum": 0.98, "--batch": 256,
        "--lr": 0.1, "--final-rate": 0.005}
SCAN = {**TEMI, "--method": "scan", "--batch": 1024, "--lr": 0.015, "--final-rate": 0.00075}
KMEANS = {"--method": "kmeans"}
SCP = {"--method": "scp", "--heads": 1}
NEIGHBORS = 20
PAIRS = 250_000  # that heads are trained on, on every set: as many epochs as that takes
STANDARDIZED = ("fashion",)  # whose rows have a mean of two thirds of their length: as they are, TEMI puts them in one cluster


def over(option, values, base):
    """The settings of a curve: {value: settings}."""
    return {value: {**base, option: value} for value in values}


# What is run: {experiment: {series: {value: settings}}}. "m", "share", "longer" and files in braces are no options of the
# command; a list is an option given so many times, an empty one a flag.
EXPERIMENTS = {
    "heads": {"TEMI": over("--heads", [1, 2, 4, 8, 16, 32, 50], TEMI)},
    "batch": {"TEMI": over("--batch", [64, 128, 256, 512, 1024], TEMI),
              "SCANv2": over("--batch", [64, 128, 256, 512, 1024], SCAN)},
    "m": {"TEMI": over("m", [5, 10, 20, 50, 100], TEMI), "SCANv2": over("m", [5, 10, 20, 50, 100], SCAN)},
    "beta": {"TEMI": over("--beta", [0.5, 0.55, 0.6, 0.7, 0.8, 1], TEMI)},
    "momentum": {"TEMI": over("--teacher-momentum", [0.9, 0.96, 0.98, 0.99, 0.996, 0.999], TEMI)},
    "pairs": {"TEMI": {"neighbours": {**TEMI, "m": 50},
                       "half true positives": {**TEMI, "m": 50, "--true-pairs": "{labels}", "--true-share": 0.5},
                       "true positives": {**TEMI, "m": 50, "--true-pairs": "{labels}"},
                       "any two rows of a class": {**TEMI, "--class-pairs": "{labels}"}}},
    "scp": {"SCP": {"whole": {**SCP, "--view": "{gloss}"},
                    "without balance (α = 0)": {**SCP, "--view": "{gloss}", "--alpha": 0},
                    "without confidence": {**SCP, "--view": "{gloss}", "--confidence": 0},
                    "without consistency": {**SCP, "--view": "{gloss}", "--consistency": 0},
                    "pairs of neighbours": {**SCP, "m": 20},
                    "mix: both views side by side, pairs of neighbours":
                        {**SCP, "m": 20, "features": "{lemma}+{gloss}"},
                    "three views: the whole text too":
                        {**SCP, "features": "{features}", "--view": ["{lemma}", "{gloss}"]},
                    "plain head": {**SCP, "--view": "{gloss}", "--plain": []},
                    "whole, four times as many pairs": {**SCP, "--view": "{gloss}", "longer": 4},
                    "pairs of neighbours, four times as many": {**SCP, "m": 20, "longer": 4}}},
    "clusters": {"k-means": over("share", [1, 2, 4, 7, 10], KMEANS), "TEMI": over("share", [1, 2, 4, 7, 10], TEMI)},
}
TITLES = {"heads": "Number of heads", "batch": "Pairs in a batch", "m": "Neighbours m", "beta": "β",
          "momentum": "Momentum of the teacher", "pairs": "Pairs", "scp": "SCP", "clusters": "Clusters a class"}
TEXTS = {
    "heads": "Heads are trained together, and the one of lowest loss is taken.",
    "batch": "The learning rate grows with the batch, and the same epochs are fewer steps of larger batches.",
    "m": "Pairs are a row and one of its m nearest neighbours.",
    "beta": "The exponent of PMI and TEMI.",
    "momentum": "How slowly the teacher follows the student.",
    "pairs": "The poster's experiment with TEMI: pairs drawn from the 50 nearest neighbours, from those of them that have the "
             "row's class, half and half; and any two rows of a class. All but the first use labels. w is the weight that "
             "TEMI's heads give to a pair at the end.",
    "scp": "Two views of a sample are the text of its lemmas and that of its definition; one head, which is ours "
           "but in the line of the plain head, the multilayer perceptron of SCP's source.",
    "clusters": "As many clusters as classes, and up to ten times as many.",
}
NAMED = ("pairs", "scp")  # their values are names, not numbers: a table and no curve
COLORS = {"TEMI": "#1f77b4", "SCANv2": "#ff7f0e", "k-means": "#333333"}


# Running.

class Runner:
    def __init__(self, arguments):
        self.shoal, self.data, self.work = arguments.shoal, arguments.data, arguments.work
        self.epochs, self.threads = arguments.epochs, arguments.threads

    def call(self, *arguments):
        return subprocess.run([self.shoal, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout

    def files(self, name):
        folder = os.path.join(self.data, name)
        return {"features": os.path.join(folder, "features.npy"), "labels": os.path.join(folder, "labels.npy"),
                "lemma": os.path.join(folder, "view_lemma.npy"), "gloss": os.path.join(folder, "view_gloss.npy")}

    def neighbors(self, name, features, m):
        kind = "+".join(os.path.splitext(os.path.basename(part))[0] for part in features.split("+"))
        file = os.path.join(self.work, name, f"neighbors.{kind}.{m}.npy")
        if not os.path.exists(file):
            self.call("neighbors", features, "--count", m, "--out", file)
        return file

    def rows(self, features):
        import numpy as np
        return len(np.load(features.split("+")[0], mmap_mode="r"))

    def classes(self, files):
        import numpy as np
        return int(np.load(files["labels"]).max()) + 1

    def options(self, settings, files, name):
        """The features and options of a run: files in the place of names in braces, a file of neighbours for m."""
        settings = dict(settings)
        features = settings.pop("features", "{lemma}" if "--view" in settings else "{features}").format(**files)
        settings["--clusters"] = round(self.classes(files) * settings.pop("share", 1))
        m, pairs = settings.pop("m", NEIGHBORS), PAIRS * settings.pop("longer", 1)
        if settings["--method"] != "kmeans" and not {"--view", "--class-pairs"} & set(settings):
            settings["--neighbors"] = self.neighbors(name, features, m)
        if settings["--method"] != "kmeans":
            batch = settings.get("--batch", 512)
            settings["--epochs"] = self.epochs or math.ceil(pairs / (self.rows(features) // batch * batch))
            settings["--warmup"] = settings["--epochs"] // 10
            if name in STANDARDIZED:
                settings["--standardize"] = []
        words = []
        for option, value in settings.items():
            values = value if isinstance(value, list) else [value]
            words += [option] if value == [] else [w for v in values for w in (option, str(v).format(**files))]
        return features, words

    def scores(self, folder, name, features, weights):
        """What a run is worth: its scores by labels, its loss; the weights of pairs by true classes where asked."""
        files = self.files(name)
        with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
            record = json.load(file)
        said = json.loads(self.call("evaluate", os.path.join(folder, "labels.npy"), files["labels"], "--json"))
        scores = {key: said[key] for key in ("acc", "nmi", "ami", "ari")}
        scores.update(loss=record["losses"][-1], seconds=record["seconds"]["fit"], used=record["clusters_used"],
                      median_confidence=record["median_confidence"])
        if weights:
            near = self.neighbors(name, features, 50)
            pairs = json.loads(self.call("pairs", near, files["labels"], "--model",
                                         os.path.join(folder, "model.shoal"), "--features", features, "--json"))
            for kind in ("true", "false"):
                scores[f"weight_{kind}"] = pairs["weights"][f"mean_weight_{kind}_positives"]
        return scores

    def run(self, name, experiment, series, value, settings, seed):
        files = self.files(name)
        if experiment == "scp" and not os.path.exists(files["gloss"]):
            return
        out = result_file(self.work, name, experiment, series, value, seed)
        if os.path.exists(out):
            return
        os.makedirs(os.path.dirname(out), exist_ok=True)
        folder = out + ".run"
        shutil.rmtree(folder, ignore_errors=True)
        features, options = self.options(settings, files, name)
        print(f"{name}: {experiment}, {series}, {value}, seed {seed}", flush=True)
        self.call("cluster", features, "--seed", seed, "--threads", self.threads, "--no-report", "--out", folder, *options)
        scores = self.scores(folder, name, features, experiment == "pairs")
        with open(out + ".part", "w", encoding="utf-8") as file:
            json.dump(scores, file)
        os.replace(out + ".part", out)
        shutil.rmtree(folder)


def result_file(work, name, experiment, series, value, seed):
    return os.path.join(work, name, experiment, series, re.sub(r"[^\w.()=α]+", "-", str(value)), f"{seed}.json")


def run(arguments):
    runner = Runner(arguments)
    for name in arguments.sets:
        os.makedirs(os.path.join(arguments.work, name), exist_ok=True)
        for seed in arguments.seeds:
            for experiment in arguments.only:
                for series, values in EXPERIMENTS[experiment].items():
                    for value, settings in values.items():
                        if arguments.values and str(value) not in arguments.values:
                            continue
                        runner.run(name, experiment, series, value, settings, seed)


# What the runs say.

def spread(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return {"mean": round(statistics.mean(values), 6), "deviation": round(deviation, 6)}


def gather(arguments):
    """Means and deviations over seeds of the runs that are there."""
    found = []
    for name in sorted(os.listdir(arguments.work)):
        for experiment, all_series in EXPERIMENTS.items():
            for series, values in all_series.items():
                for value in values:
                    files = [result_file(arguments.work, name, experiment, series, value, seed) for seed in range(100)]
                    runs = []
                    for file in filter(os.path.exists, files):
                        with open(file, encoding="utf-8") as opened:
                            runs.append(json.load(opened))
                    if runs:
                        found.append({"set": name, "experiment": experiment, "series": series, "value": value,
                                      "runs": len(runs), **{key: spread([r[key] for r in runs]) for key in runs[0]}})
    print(json.dumps({"results": found}, indent=1, ensure_ascii=False))


def cell(point, key, factor=100, digits=1):
    if key not in point:
        return "–"
    text = f"{factor * point[key]['mean']:.{digits}f}"
    if point["runs"] > 1:
        text += f" ± {factor * point[key]['deviation']:.{digits}f}"
    return text.replace("-", "−")


def table(points, experiment):
    """One experiment on all sets."""
    keys = {"acc": "ACC", "nmi": "NMI"}
    if experiment == "clusters":
        keys = {"nmi": "NMI", "ami": "AMI"}
    rows = [["set", "", TITLES[experiment], *keys.values(), "loss"]]
    if experiment in NAMED:
        rows[0] += ["median confidence"]
    if experiment == "pairs":
        rows[0] += ["w of true positives", "of false positives"]
    rows += [["---"] * len(rows[0])]
    before = None
    for p in points:
        head = (p["set"], p["series"])
        row = [*(head if head != before else ("", "")), str(p["value"])] + [cell(p, key) for key in keys] + [
            cell(p, "loss", 1, 3)]
        if experiment in NAMED:
            row += [cell(p, "median_confidence", 1, 3)]
        if experiment == "pairs":
            row += [cell(p, "weight_true", 1, 3), cell(p, "weight_false", 1, 3)]
        rows.append(row)
        before = head
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def picture(points, experiment):
    """A curve for each set and series over the values, placed at equal distances, as an SVG."""
    key = "nmi" if experiment == "clusters" else "acc"
    values = list(dict.fromkeys(p["value"] for p in points))
    sets = list(dict.fromkeys(p["set"] for p in points))
    heights = [100 * p[key]["mean"] for p in points]
    low, high = 5 * math.floor(min(heights) / 5), 5 * math.ceil(max(heights) / 5 + 0.01)
    width, height = 640, 320

    def x(value):
        return 50 + (width - 200) * values.index(value) / max(1, len(values) - 1)

    def y(percent):
        return 20 + (height - 70) * (high - percent) / (high - low)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for tick in range(low, high + 1, max(5, 5 * round((high - low) / 25))):
        out.append(f'<path d="M50 {y(tick):.1f}H{width - 150}" stroke="#ddd"/><text x="44" y="{y(tick) + 4:.1f}" '
                   f'text-anchor="end">{tick}</text>')
    for value in values:
        out.append(f'<text x="{x(value):.1f}" y="{height - 32}" text-anchor="middle">{value}</text>')
    out.append(f'<text x="{(width - 100) / 2}" y="{height - 10}" text-anchor="middle">{TITLES[experiment]}; '
               f'{key.upper()} in percent</text>')
    labels = []
    for dash, name in zip(("", "6 3", "2 3"), sets):
        for series, color in COLORS.items():
            line = [(x(p["value"]), y(100 * p[key]["mean"])) for p in points if (p["set"], p["series"]) == (name, series)]
            if not line:
                continue
            path = "L".join(f"{a:.1f} {b:.1f}" for a, b in line)
            out.append(f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>')
            labels.append((line[-1][1] + 4, line[-1][0] + 8, color, f"{name}, {series}"))
    lowest = 0
    for end, left, color, text in sorted(labels):  # at the ends of their lines, but none upon another
        lowest = max(end, lowest + 14)
        out.append(f'<text x="{left:.1f}" y="{lowest:.1f}" fill="{color}">{text}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def page(file, pictures=None):
    """The tables of all experiments that were run, one under the other."""
    with open(file, encoding="utf-8") as opened:
        results = json.load(opened)["results"]
    out = []
    for experiment, title in TITLES.items():
        points = [p for p in results if p["experiment"] == experiment]
        if not points:
            continue
        out += [f"**{title}.** {TEXTS[experiment]}", table(points, experiment)]
        if experiment not in NAMED:
            out.append(f"![{title}](study/experiment_{experiment}.svg)")
            if pictures:
                with open(os.path.join(pictures, f"experiment_{experiment}.svg"), "w", encoding="utf-8") as drawn:
                    drawn.write(picture(points, experiment))
    return "\n\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    runs = verbs.add_parser("run")
    runs.add_argument("shoal")
    runs.add_argument("data")
    runs.add_argument("work")
    runs.add_argument("--sets", nargs="*", default=["mini", "pairs", "fashion"])
    runs.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    runs.add_argument("--only", nargs="*", default=list(EXPERIMENTS), choices=list(EXPERIMENTS))
    runs.add_argument("--values", nargs="*", help="only these")
    runs.add_argument("--epochs", type=int, default=0, help="of all heads; 0: as many as 250,000 pairs take")
    runs.add_argument("--threads", type=int, default=0)
    gathers = verbs.add_parser("gather")
    gathers.add_argument("work")
    pages = verbs.add_parser("page")
    pages.add_argument("results")
    pages.add_argument("pictures", nargs="?")
    arguments = parser.parse_args()
    if arguments.verb == "run":
        run(arguments)
    elif arguments.verb == "gather":
        gather(arguments)
    else:
        print(page(arguments.results, arguments.pictures))


if __name__ == "__main__":
    main()
