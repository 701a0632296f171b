#!/usr/bin/env python3
"""make.py FOLDER [CLASSES]: files in the forms of ImageNet-21K-P's release, made up: what docs/imagenet21k.md starts from.

tree.json (the semantic tree as JSON: a forest of 11 levels), wnids.txt, data.noun (a WordNet whose synsets are the classes,
with words of them above), labels and features of two networks of 16 and 24 columns for both splits, a second view, names of
pictures and ReaL's sets. counts.json holds what the tree decides: classes, leaves, classes of each depth. The same call
writes the same bytes.
"""
import json
import os
import random
import struct
import sys

LEVELS = 11


def npy(path, dtype, shape, data):
    text = "(%s)" % "".join("%d, " % n for n in shape)
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (dtype, text)).ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data)


def integers(path, values):
    npy(path, "<i4", (len(values),), struct.pack("<%di" % len(values), *values))


def forest(classes, rng):
    """The parent of each class, −1 for roots, in an order in which parents need not come first."""
    depth, parent, members = [], [], [[] for _ in range(LEVELS)]
    share = [0.38, 0.11, 0.16, 0.15, 0.1, 0.05, 0.03, 0.01, 0.006, 0.003, 0.001]  # as the paper's coarse counts fall
    for level in range(LEVELS):
        count = max(1, round(share[level] * classes)) if level else classes - sum(max(1, round(s * classes)) for s in share[1:])
        for _ in range(count):
            node = len(parent)
            parent.append(rng.choice(members[level - 1]) if level else -1)
            depth.append(level)
            members[level].append(node)
    order = list(range(classes))
    rng.shuffle(order)
    place = {node: i for i, node in enumerate(order)}
    return [place[parent[n]] if parent[n] >= 0 else -1 for n in order], [depth[n] for n in order]


def features(path, labels, parent, columns, seed, dtype="<f2"):
    """Gaussian rows around centres that children share with their parents, in part."""
    rng = random.Random(seed)
    centre = {}

    def centre_of(c):
        if c not in centre:
            own = [rng.gauss(0, 1) for _ in range(columns)]
            centre[c] = own if parent[c] < 0 else [0.6 * a + 0.8 * b for a, b in zip(centre_of(parent[c]), own)]
        return centre[c]

    data = bytearray()
    letter = "e" if dtype == "<f2" else "f"
    for y in labels:
        data += struct.pack("<%d%s" % (columns, letter), *[x + rng.gauss(0, 0.4) for x in centre_of(y)])
    npy(path, dtype, (len(labels), columns), bytes(data))
    return [centre_of(c) for c in range(len(parent))]


def wordnet(path, wnids, names, parent):
    """data.noun with an entity above the roots."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("  1 This file is made up and has the form of WordNet's data.noun.\n")
        file.write("00000001 03 n 01 entity 0 000 | what is above all classes  \n")
        for c, wnid in enumerate(wnids):
            above = wnids[parent[c]][1:] if parent[c] >= 0 else "00000001"
            words = names[c].replace(" ", "_").split(",_")
            file.write("%s 03 n %02x %s 001 @ %s n 0000 | class %d  \n"
                       % (wnid[1:], len(words), " ".join(w + " 0" for w in words), above, c))


def main():
    folder, classes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10450
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    rng = random.Random(0)
    parent, depth = forest(classes, rng)
    offsets = sorted(rng.sample(range(1000, 15_300_000), classes))
    wnids = ["n%08d" % o for o in offsets]
    names = ["thing %d" % c if c % 3 else "thing %d, other %d" % (c, c) for c in range(classes)]
    paths = []
    for c in range(classes):
        path = [c]
        while parent[path[-1]] >= 0:
            path.append(parent[path[-1]])
        paths.append(path)
    with open("tree.json", "w", encoding="utf-8") as file:
        json.dump({"class_list": wnids, "class_tree_list": paths, "class_description": dict(zip(wnids, names))}, file)
    with open("wnids.txt", "w", encoding="utf-8") as file:
        file.writelines(w + "\n" for w in wnids)
    wordnet("data.noun", wnids, names, parent)

    y, vy = [], []
    for c in range(classes):  # long-tailed: from 2 samples to 9, one to be held out
        y += [c] * (2 + int(rng.paretovariate(1.5)) % 8)
        vy.append(c)
    rng.shuffle(y)
    integers("y.npy", y)
    integers("vy.npy", vy)
    features("train.npy", y, parent, 16, 1)
    features("val.npy", vy, parent, 16, 1)
    features("clip.npy", y, parent, 24, 2)
    features("clip_val.npy", vy, parent, 24, 2)
    features("dino.npy", y, parent, 12, 3)
    features("dino_val.npy", vy, parent, 12, 3)
    features("a.npy", y, parent, 16, 4)
    features("b.npy", y, parent, 16, 5)
    features("c.npy", y, parent, 16, 6)
    texts = [c for c in range(classes) for _ in range(7 * len(names[c].split(", ")))]
    features("text_rows.npy", texts, parent, 24, 2, "<f4")
    order = list(range(1, len(vy) + 1))
    rng.shuffle(order)
    with open("names.txt", "w", encoding="utf-8") as file:
        file.writelines("val/ILSVRC2012_val_%08d.JPEG\n" % i for i in order)
    sets = [[] for _ in vy]
    for row, i in enumerate(order):
        sets[i - 1] = [vy[row], parent[vy[row]]] if parent[vy[row]] >= 0 else [vy[row]]
    with open("real.json", "w", encoding="utf-8") as file:
        json.dump(sets, file)
    above = {p for p in parent if p >= 0}
    with open("counts.json", "w", encoding="utf-8") as file:
        json.dump({"classes": classes, "roots": parent.count(-1), "leaves": classes - len(above),
                   "depths": [sum(d <= level for d in depth) for level in range(LEVELS)], "rows": len(y)}, file)


if __name__ == "__main__":
    main()
