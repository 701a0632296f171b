#!/usr/bin/env python3
"""commands.py SHOAL PROTOCOL PAGE FOLDER: runs every command of docs/imagenet21k.md in FOLDER, which make.py wrote.

What the page leaves to the reader is filled in: B is the folder of a benchmark and C its number of classes. Settings are small
(a head, an epoch); the names of files and all other options are the page's. Afterwards the class counts are compared with
counts.json. The first command that fails ends it.
"""
import json
import os
import re
import shlex
import subprocess
import sys

SMALL = {
    "cluster": "--no-report",
    "heads": "--heads 1 --epochs 1 --warmup 1 --hidden none --bottleneck 8",
    "probe": "--epochs 1 --learning-rates 0.005 --weight-decays 0",
    "protocol": "--heads 1 --epochs 1 --pairs 1000 --repeats 1 --probe-epochs 1 --iterations 2 --hidden 0 --bottleneck 8 "
                "--silhouette-sample 200 --only all coarse_1 random hzr --cluster-shares 2 --neighbor-counts 5 --easy 20",
}


def code_blocks(page):
    """The commands of the page's code blocks, a line each, without their comments."""
    for block in re.findall(r"^```\n(.*?)^```", page, re.S | re.M):
        for line in block.replace("\\\n", " ").splitlines():
            line = re.sub(r"\s+#.*", "", line).strip()
            if line:
                yield re.sub(r"\s+", " ", line)


def benchmarks(page):
    """The commands of the table of benchmarks, whose head says how each goes on."""
    for cell in re.findall(r"^\|[^|]*\| (`[^|]*) \|$", page, re.M):
        codes = re.findall(r"`([^`]+)`", cell)
        if not codes or codes[0].split()[0] not in CONSTRUCTORS:
            continue
        first = codes[0]
        yield first
        for code in codes[1:]:
            if code.split()[0] in CONSTRUCTORS:
                first = code
                yield code
            elif code.isdigit():  # another value of the first's number
                yield re.sub(r"\d+$", code, first)


CONSTRUCTORS = ["odd", "frequency", "imbalanced", "centered", "coarse", "leaves", "class-leaves", "relabeled", "easy", "random",
                "union"]


class Runner:
    def __init__(self, shoal, protocol):
        self.shoal, self.protocol, self.done = shoal, protocol, 0

    def run(self, command):
        words = command.split(" ")
        if words[0] == "shoal":
            words[0] = self.shoal
            if words[1] == "cluster":
                command = " ".join(words + [SMALL["cluster"]] + ([] if "kmeans" in words else [SMALL["heads"]]))
            elif words[1] == "probe":
                command = " ".join(words + [SMALL["probe"]])
            else:
                command = " ".join(words)
        elif words[0] == "protocol":
            command = " ".join(set_small([self.protocol] + words[1:]))
        print("$", command.replace(self.shoal, "shoal").replace(self.protocol, "protocol"), flush=True)
        ran = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ran.returncode != 0:
            raise SystemExit(f"failed with {ran.returncode}: {ran.stdout[-2000:]}")
        self.done += 1
        return ran.stdout


def set_small(words):
    """The command with small settings in the place of its own."""
    small = shlex.split(SMALL["protocol"])
    names = {w for w in small if w.startswith("--")}
    kept, skip = [], False
    for word in words:
        if word.startswith("--"):
            skip = word in names
        if not skip:
            kept.append(word)
    return kept + small


def count_of(path):
    """The number of values in a vector of a .npy file."""
    with open(path, "rb") as file:
        return int(re.search(rb"'shape': \((\d+)", file.read(128)).group(1))


def main():
    shoal, protocol, page_file, folder = sys.argv[1:]
    shoal, protocol = os.path.abspath(shoal), os.path.abspath(protocol)
    with open(page_file, encoding="utf-8") as file:
        page = file.read()
    os.chdir(folder)
    runner = Runner(shoal, protocol)
    tail = "y.npy --validation vy.npy --out "
    later = []
    some = min(1000, count_of("vy.npy") // 4)  # classes of the random and the easy benchmarks
    for command in benchmarks(page):
        name = re.sub(r"\W+", "_", re.sub(r"--(hierarchy|classes|list|accuracy)( \S+)?", "", command)).strip("_")
        constructor, *options = command.replace("--count 1000", f"--count {some}").split(" ")
        whole = " ".join(["shoal benchmark", constructor, tail + name, *options])
        if re.search(r"--(refined|accuracy|list)", command):
            later.append(whole)  # of files that other commands write
        else:
            runner.run(whole)
        if command.startswith("random"):
            for letter, seed in zip("ABC", "123"):
                runner.run(whole.replace(f"--out {name}", f"--out {letter} --seed {seed}"))
    runner.run(f"shoal benchmark frequency --s 5 {tail}B")
    runner.run("shoal benchmark verify B/manifest.json --sources .")
    classes = count_of("B/classes.npy")
    runner.run("shoal neighbors train.npy --count 10 --out nn.npy")
    for command in code_blocks(page):
        command = re.sub(r"--clusters C\b", f"--clusters {classes}", command).replace("--count 50 ", "--count 10 ")
        runner.run(command.replace("--clusters 10450", f"--clusters {count_of('vy.npy')}"))
        if "--out zero" in command:  # what the relabelled benchmark is made of
            runner.run("shoal zero-shot clip_val.npy zero/prototypes.npy --labels vy.npy --out zero_val")
        if "--leaf" in command:
            runner.run(command.replace("--out hzr", "--out R"))
            runner.run(command.replace("clip.npy y.npy", "clip_val.npy vy.npy").replace("--out hzr", "--out VR"))
        if command.startswith("shoal cluster train.npy --method temi") and "--out mixed" in command:
            runner.run(f"shoal cluster train.npy --method temi --neighbors nn.npy --clusters {classes} --out temi")
    for whole in later:
        runner.run(whole)
    runner.run("shoal predict B/temi/model.shoal val.npy --out real")
    runner.run("shoal evaluate real/labels.npy vy.npy --top5 real/top5.npy --multi-label real.json --pictures names.txt")
    runner.run("shoal predict B/temi/model.shoal val.npy --rows B/validation_rows.npy --probabilities --out B/probabilities")
    runner.run("shoal evaluate B/probabilities/labels.npy B/validation_labels.npy --probabilities B/probabilities/probabilities.npy")

    with open("counts.json", encoding="utf-8") as file:
        counts = json.load(file)
    expected = {"coarse_depth_0": counts["depths"][0], "leaves": counts["leaves"], "class_leaves": counts["leaves"]}
    for name, classes in expected.items():
        if count_of(f"{name}/classes.npy") != classes:
            raise SystemExit(f"{name} has {count_of(name + '/classes.npy')} classes; the tree says {classes}")
    print(f"{runner.done} commands ran; {counts['classes']} classes, {counts['leaves']} leaves, as the tree has")


if __name__ == "__main__":
    main()
