#!/usr/bin/env bash
# command.sh SHOAL DATA PROTOCOL [DEVICE]: every verb of the command that computes, on the CPU and on a GPU: the same files,
# alike in all but what float32 can't tell. The command is of a build with CUDA; with cpu as DEVICE this tries itself. 77
# without a GPU.
if [ "${4:-cuda}" = cuda ] && ! nvidia-smi -L 2>/dev/null | grep -q GPU; then
  echo "skipped: no GPU here"
  exit 77
fi
. "$(dirname "$0")/../command/lib.sh"
protocol=$3 device=${4:-cuda} failures=0
failed() { echo "FAILED: $1"; failures=$((failures + 1)); }  # and goes on: each verb is told of
rows=$data/features.npy truth=$data/labels.npy
common=(--threads 4 --device)

# alike FILE SHARE: in cpu/FILE and other/FILE so many entries are equal, of floats to 1e-3.
alike() {
  python3 - "$@" <<'END' || failed "$1 differs"
import ast, struct, sys
def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    length = struct.unpack("<H", raw[8:10])[0]
    head = ast.literal_eval(raw[10:10 + length].decode())
    kind = {"<i4": "i", "<i8": "q", "<f4": "f", "|i1": "b", "<i2": "h"}[head["descr"]]
    return head["shape"], kind, [x for x, in struct.iter_unpack("<" + kind, raw[10 + length:])]
name, share = sys.argv[1], float(sys.argv[2])
(shape, kind, a), (other_shape, other_kind, b) = read("cpu/" + name), read("other/" + name)
assert (shape, kind) == (other_shape, other_kind), (shape, kind, other_shape, other_kind)
same = sum(abs(x - y) <= 1e-3 if kind == "f" else x == y for x, y in zip(a, b)) / max(1, len(a))
print(f"  {name}: {100 * same:.2f} % equal")
sys.exit(same < share)
END
}
# same_numbers FILE TOLERANCE: two JSON texts whose numbers are equal to this, times and the machine aside.
same_numbers() {
  python3 - "$@" <<'END' || failed "$1 differs"
import json, sys
aside = {"seconds", "device", "device_precision", "fit_seconds", "peak_memory", "command", "threads", "version"}
def walk(a, b, path=""):
    if isinstance(a, dict):
        assert a.keys() == b.keys(), (path, a.keys() ^ b.keys())
        return max([0.0, *(walk(a[k], b[k], f"{path}/{k}") for k in a if k not in aside and "seconds" not in k)])
    if isinstance(a, list):
        assert len(a) == len(b), path
        return max([0.0, *(walk(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b)))])
    if isinstance(a, (int, float)) and not isinstance(a, bool):
        return abs(a - b) / max(1.0, abs(a))
    return 0.0
name, tolerance = sys.argv[1], float(sys.argv[2])
worst = walk(json.load(open("cpu/" + name)), json.load(open("other/" + name)))
print(f"  {name}: numbers to {worst:.1e}")
sys.exit(worst > tolerance)
END
}
# on_both NAME ARGUMENTS…: shoal with the arguments, {} being the folder or file NAME of either device; what it prints is kept.
on_both() {
  local name=$1 begin=$SECONDS where
  shift
  for where in cpu other; do
    mkdir -p $where
    local on=cpu
    [ $where = cpu ] || on=$device
    "$shoal" "${@//\{\}/$where/$name}" "${common[@]}" $on > $where/$name.said 2> $where/$name.errors ||
      failed "$* on $on: $(tail -c 600 $where/$name.errors)"
  done
  echo "$name: $((SECONDS - begin)) s"
}
mkdir cpu other

# k-means: how it starts and what bounds it.
kmeans() {
  local name=$1 share=$2
  shift 2
  on_both "$name" cluster "$rows" --clusters 24 --iterations 5 --seed 1 --out {} --no-report "$@"
  alike "$name/labels.npy" "$share"
  alike "$name/confidence.npy" "$share"
}
kmeans cosine 0.98
kmeans euclidean 0.98 --geometry euclidean --init random
kmeans chain 0.98 --init afk-mc2
kmeans restarts 0.98 --restarts 2 --standardize
kmeans sizes 0.95 --min-size 100 --max-size 250
kmeans batches 0.9 --mini-batch 512
kmeans levels 0.9 --hierarchical
for precision in float32 tf32 float16 bfloat16; do  # refined labels don't depend on it, not by a bit
  [ "$device" = cpu ] && break
  "$shoal" cluster "$rows" --clusters 24 --iterations 5 --out refined.$precision --no-report "${common[@]}" "$device" \
    --device-precision $precision --refine > /dev/null
  cmp refined.$precision/labels.npy refined.float32/labels.npy || failed "refined labels in $precision"
done
"$shoal" cluster "$rows" --clusters 24 --iterations 5 --seed 1 --out again --no-report "${common[@]}" "$device" > /dev/null
cmp again/labels.npy other/cosine/labels.npy || failed "k-means again: other bits"
cmp again/model.shoal other/cosine/model.shoal || failed "k-means again: another model"

# Neighbours, and what is made of them.
on_both near.npy neighbors "$rows" --count 20 --out {}
alike near.npy 0.999
on_both far.npy neighbors "$rows" --count 20 --similarity euclidean --out {}
alike far.npy 0.999
on_both lists.npy neighbors "$rows" --count 20 --index ivf --out {}
alike lists.npy 0.99
on_both queries.npy neighbors "$rows" --queries "$data/view_gloss.npy" --count 5 --out {}
alike queries.npy 0.999
for method in pmi wpmi temi scan scp; do
  on_both "$method" cluster "$rows" --method $method --clusters 24 --neighbors cpu/near.npy --heads 3 --epochs 2 --warmup 1 \
    --batch 256 --hidden 64 --bottleneck 32 --out {} --no-report
  alike $method/labels.npy 0.98
done
on_both views cluster "$rows" --method scp --view "$data/view_gloss.npy" --clusters 24 --heads 1 --epochs 1 --out {} --no-report
alike views/labels.npy 0.98
for method in auto pmi-graph leiden; do
  on_both $method cluster "$rows" --method $method --clusters 24 --out {} --no-report
  alike $method/labels.npy 0.95
done
on_both turtle cluster "$rows" --method turtle --clusters 24 --steps 20 --out {} --no-report
alike turtle/labels.npy 0.98

# Models, classes and scores.
for model in cosine temi auto; do
  on_both predict_$model predict cpu/$model/model.shoal "$data/view_gloss.npy" --out {}
  alike predict_$model/labels.npy 0.999
done
on_both zero zero-shot "$rows" "$data/class_texts.npy" --labels "$truth" --out {} --json
alike zero/labels.npy 0.999
same_numbers zero.said 1e-3
on_both refined relabel "$rows" "$truth" "$data/class_texts.npy" --hierarchy "$data/hierarchy.tsv" --classes "$data/classes.tsv" \
  --out {}
alike refined/labels.npy 0.999
on_both probe probe "$rows" "$truth" --epochs 5 --out {} --json
alike probe/labels.npy 0.98
on_both scores evaluate cpu/cosine/labels.npy "$truth" --features "$rows" --neighbors cpu/near.npy --json
same_numbers scores.said 1e-3
on_both trust compare cpu/cosine cpu/auto --features "$rows" --json
same_numbers trust.said 1e-3
on_both hints suggest "$rows" --sample 2000 --json
same_numbers hints.said 0.2

# The study.
shoal=$protocol
on_both study "$rows" "$truth" "$data/hierarchy.tsv" "$data/classes.tsv" --repeats 1 --heads 1 --epochs 2 --pairs 2000 --hidden 0 \
  --bottleneck 8 --scan-batch 256 --neighbors 5 --iterations 2 --probe-epochs 1 --silhouette-sample 200 --easy 6 \
  --prototypes "$data/class_texts.npy" --only all hzr --out {}
same_numbers study/all.json 0.05
same_numbers study/hzr.json 0.05
[ $failures -eq 0 ] || exit 1
echo "all verbs compute on $device as on the CPU"
