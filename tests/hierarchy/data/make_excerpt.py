"""Writes wordnet_excerpt.noun: the licence header of WordNet 3.0's data.noun and, as they are, the lines of a few
synsets and of all that they descend from.   python make_excerpt.py /usr/share/wordnet/data.noun > wordnet_excerpt.noun"""
import sys

wanted = {"02084071", "10954498"}  # dog (two parents) and Albert Einstein (an instance)
header, lines, parents = [], {}, {}
for line in open(sys.argv[1]):
    if line.startswith("  "):
        header.append(line)
        continue
    fields = line.split(" | ")[0].split()
    start = 5 + 2 * int(fields[3], 16)
    lines[fields[0]] = line
    parents[fields[0]] = [fields[k + 1] for k in range(start, len(fields), 4) if fields[k] in ("@", "@i")]

queue = sorted(wanted)
for offset in queue:
    for parent in parents[offset]:
        if parent not in wanted:
            wanted.add(parent)
            queue.append(parent)
sys.stdout.writelines(header + [lines[offset] for offset in lines if offset in wanted])
