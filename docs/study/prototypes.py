#!/usr/bin/env python3
"""Prototypes of classes that are samples themselves: prototypes.py FEATURES.npy SAMPLES.tsv CLASSES.tsv OUT.npy

WordNet's synsets are both: the prototype of a class is the row of the synset that the class is. SAMPLES names the sample of
each row in its first field, CLASSES the number of a class and then its sample; the classes are in order. OUT has a row a
class, of the features' numbers.
"""
import ast
import struct
import sys


def fields(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def header(file):
    """What the header of a .npy file says."""
    if file.read(6) != b"\x93NUMPY":
        raise SystemExit(f"{file.name} is no .npy file")
    size = "<H" if file.read(2)[0] == 1 else "<I"
    said = ast.literal_eval(file.read(*struct.unpack(size, file.read(struct.calcsize(size)))).decode("latin-1"))
    if said["fortran_order"] or len(said["shape"]) != 2:
        raise SystemExit(f"{file.name} must hold a matrix, row after row")
    return said


def rows_of(classes, samples):
    """The row of each class's own sample."""
    row = {sample: i for i, (sample, *_) in enumerate(fields(samples))}
    rows = []
    for number, sample, *_ in fields(classes):
        if int(number) != len(rows):
            raise SystemExit(f"{classes}: class {number} stands where class {len(rows)} is expected")
        if sample not in row:
            raise SystemExit(f"{classes}: class {number} ({sample}) is no sample of {samples}")
        rows.append(row[sample])
    return rows, len(row)


def main():
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    features, samples, classes, out = sys.argv[1:]
    rows, count = rows_of(classes, samples)
    with open(features, "rb") as file:
        said = header(file)
        n, d = said["shape"]
        if n != count:
            raise SystemExit(f"{samples} names {count} samples; {features} has {n} rows")
        first, size = file.tell(), d * int(said["descr"][2:])
        text = f"{{'descr': '{said['descr']}', 'fortran_order': False, 'shape': ({len(rows)}, {d}), }}"
        head = text.ljust(-(len(text) + 11) % 64 + len(text)) + "\n"
        with open(out, "wb") as to:
            to.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
            for row in rows:
                file.seek(first + row * size)
                to.write(file.read(size))


if __name__ == "__main__":
    main()
