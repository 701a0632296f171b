#!/usr/bin/env python3
"""closures.py A.o B.o: whether two compilers give the lambdas of the same functions the same captures in the same order.

nvcc's front end writes f(x) as this->f(x), so that a lambda which captures both captures `this` first, where g++ captures x
first. A program with sources of both kinds takes one of the two functions that call such a lambda, and hands it the other's
captures. Objects must have debug information; readelf reads it.
"""
import re
import subprocess
import sys

entry = re.compile(r" <(\d+)><[0-9a-f]+>: Abbrev Number: \d+ \((\w+)\)")
attribute = re.compile(r"    <[0-9a-f]+>   DW_AT_(name|linkage_name|decl_line)\s*: .*?(\S+)$")
of_closure = re.compile(r"(_ZZ.+U[lT].*?E\d*_)(?:C[1-4]|cl)E")


def closures(path):
    """The captures of each lambda, by its mangled name, and the line where it stands."""
    found, above = {}, []
    dump = subprocess.Popen(["readelf", "--wide", "--debug-dump=info", path], stdout=subprocess.PIPE, text=True)
    for line in dump.stdout:
        if match := entry.match(line):
            depth = int(match[1])
            del above[depth:]
            above += [None] * (depth - len(above)) + [{"tag": match[2], "members": []}]
        elif above and (match := attribute.match(line)):
            here = above[-1]
            here[match[1]] = match[2]
            over = above[-2] if len(above) > 1 else None
            if over is None or over["tag"] != "DW_TAG_structure_type" or "name" in over:
                continue
            if here["tag"] == "DW_TAG_member" and match[1] == "name":
                over["members"].append(match[2])
            elif match[1] == "linkage_name" and (closure := of_closure.match(match[2])):
                found[closure[1]] = (over["members"], over.get("decl_line"))
    return found


first, second = closures(sys.argv[1]), closures(sys.argv[2])
shared = first.keys() & second.keys()
different = {}
for closure in shared:
    (members, line), (others, _) = first[closure], second[closure]
    if members != others:
        different[re.sub(r"I.*", "", closure) + f":{line}"] = (members, others)
for closure, (members, others) in sorted(different.items()):
    print(f"{closure}: {', '.join(members)} here and {', '.join(others)} there; write this->f() in the lambda")
print(f"{len(shared)} lambdas compared")
sys.exit(bool(different) or len(shared) < 100)
