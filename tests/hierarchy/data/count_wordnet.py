"""Counts WordNet 3.0's nouns on its own, for tests/hierarchy/wordnet_test.cpp; nothing is shared with the C++ reader.
  python count_wordnet.py /usr/share/wordnet/data.noun > wordnet_facts.txt
Each line: what, then numbers. Depths are counted in steps to the root; "tree" follows first hypernyms."""
import collections
import functools
import re
import sys

sys.setrecursionlimit(10000)
hypernym = re.compile(r" @i? (\d{8}) n 0000")
parents = {}
for line in open(sys.argv[1]):
    if re.match(r"\d{8} ", line):
        parents[line[:8]] = hypernym.findall(line.split("|")[0])

children = collections.defaultdict(set)
for node, above in parents.items():
    for parent in above:
        children[parent].add(node)

tree = functools.cache(lambda n: 1 + tree(parents[n][0]) if parents[n] else 0)
least = functools.cache(lambda n: 1 + min(map(least, parents[n])) if parents[n] else 0)
most = functools.cache(lambda n: 1 + max(map(most, parents[n])) if parents[n] else 0)


def histogram(depth):
    counts = collections.Counter(depth(n) for n in parents)
    return " ".join(str(counts[d]) for d in range(max(counts) + 1))


print("nodes", len(parents))
print("edges", sum(map(len, parents.values())))
print("roots", *(int(n) for n in parents if not parents[n]))
print("leaves", sum(n not in children for n in parents))
print("several_parents", sum(len(above) > 1 for above in parents.values()))
print("tree_depths", histogram(tree))
print("least_depths", histogram(least))
print("most_depths", histogram(most))
