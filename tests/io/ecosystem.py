"""ecosystem.py READ_BACK SHOAL: files of each format, written by the library that people write them with, are read back as the
same numbers: NumPy, safetensors, h5py, pyarrow; several of them are one input of the command SHOAL. Exits with 77, skipped, where none of them but NumPy is installed."""
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("skipped: there is no NumPy")
    sys.exit(77)

read_back, shoal = sys.argv[1:3]
counts = {}


def rows_of(path):
    """What is read of a file, mapped and then read."""
    out = subprocess.run([read_back, str(path)], stdout=subprocess.PIPE, check=True).stdout
    found = []
    while out:
        n, d = np.frombuffer(out[:16], np.int64)
        end = 16 + 4 * n * d
        found.append(np.frombuffer(out[16:end], np.float32).reshape(n, d))
        out = out[end:]
    return found


def same(library, path, expected):
    """The file holds the rows `expected`, bit for bit as float32."""
    expected = np.asarray(expected).astype(np.float32)
    found = rows_of(path)
    assert len(found) == 2, path
    for x in found:
        assert x.shape == expected.shape, (path, x.shape, expected.shape)
        assert (x.view(np.uint32) == np.ascontiguousarray(expected).view(np.uint32)).all(), path
    counts[library] = counts.get(library, 0) + 1


def refused(library, path, words):
    """The file is refused with these words."""
    run = subprocess.run([read_back, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 1 and words in run.stderr.decode(), (path, run.returncode, run.stderr.decode())
    counts[library] = counts.get(library, 0) + 1


def one_input(library, folder, *meant):
    """Each of `meant` is the rows of all.npy to the command, which finds the same neighbours; and so it is for labels."""
    for features in (f"{folder}/all.npy", *meant):
        out = f"{folder}/found.npy"
        subprocess.run([shoal, "neighbors", features, "--count", "5", "--out", out], stdout=subprocess.DEVNULL, check=True)
        found = Path(out).read_bytes()
        expected = found if features == f"{folder}/all.npy" else expected
        assert found == expected, features
    counts[library] = counts.get(library, 0) + len(meant)


def labels(library, features, columns):
    """The columns, shards of 257 labels and of weights, are read as .npy files of them are."""
    folder = Path(features).parent
    np.save(folder / "y.npy", np.arange(257) % 4)
    np.save(folder / "w.npy", (np.arange(257) % 3 + 1).astype("float32"))
    found = []
    for y, w in ((f"{folder}/y.npy", f"{folder}/w.npy"), columns):
        out = folder / "labelled"
        cluster = [shoal, "cluster", features, "--clusters", "4", "--out", out]
        subprocess.run([*cluster, "--truth", y, "--weights", w], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        score = subprocess.run([shoal, "evaluate", out / "labels.npy", y], stdout=subprocess.PIPE, check=True).stdout
        found.append(((out / "labels.npy").read_bytes(), score))
    assert found[0] == found[1], columns
    counts[library] = counts.get(library, 0) + 2


def refused_input(library, meant, words):
    """The command refuses the input with these words."""
    run = subprocess.run([shoal, "neighbors", meant, "--out", "x.npy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 1 and words in run.stderr.decode(), (meant, run.returncode, run.stderr.decode())
    counts[library] = counts.get(library, 0) + 1


random = np.random.default_rng(3)
x = random.normal(size=(257, 19)) * 10.0 ** random.integers(-6, 6, size=(257, 1))
x[0, :3] = [0.0, -0.0, 1e-42]  # a subnormal
arrays = {str(np.dtype(t)): x.astype(t) for t in ("float32", "float64")}
arrays["float16"] = np.clip(x, -6e4, 6e4).astype("float16")
arrays["int8"] = random.integers(-128, 128, size=(257, 19)).astype("int8")
arrays["uint8"] = random.integers(0, 256, size=(257, 19)).astype("uint8")
try:
    import ml_dtypes

    arrays["bfloat16"] = x.astype(ml_dtypes.bfloat16)
except ImportError:
    pass


def with_numpy(folder):
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
        same("numpy", folder / f"{name}.npy", array)
        np.savez(folder / f"{name}.npz", labels=np.arange(3), x=array, rows=x)
        same("numpy", f"{folder}/{name}.npz:x", array)
    np.savez_compressed(folder / "c.npz", x=x)
    refused("numpy", folder / "c.npz", "is compressed")
    for name, delimiter in (("t.csv", ","), ("t.tsv", "\t")):
        np.savetxt(folder / name, arrays["float32"], delimiter=delimiter, header="written by NumPy")
        same("numpy", folder / name, np.loadtxt(folder / name, delimiter=delimiter))
    for suffix, array in (("fbin", arrays["float32"]), ("u8bin", arrays["uint8"]), ("i8bin", arrays["int8"])):
        with open(folder / f"a.{suffix}", "wb") as file:  # as big-ann-benchmarks writes them
            np.array(array.shape, dtype="uint32").tofile(file)
            array.tofile(file)
        same("numpy", folder / f"a.{suffix}", array)
    for suffix, array in (("fvecs", arrays["float32"]), ("bvecs", arrays["uint8"])):
        with open(folder / f"a.{suffix}", "wb") as file:  # as texmex's readers expect them
            for row in array:
                np.array([len(row)], dtype="int32").tofile(file)
                row.tofile(file)
        same("numpy", folder / f"a.{suffix}", array)


def with_safetensors(folder):
    from safetensors.numpy import save_file

    writable = {name: array for name, array in arrays.items() if name != "bfloat16"}
    save_file(writable, folder / "all.safetensors", metadata={"format": "pt"})
    for name, array in writable.items():
        same("safetensors", f"{folder}/all.safetensors:{name}", array)
    save_file({"x": arrays["float32"]}, folder / "one.safetensors")
    same("safetensors", folder / "one.safetensors", arrays["float32"])
    if "bfloat16" in arrays:
        save_file({"x": arrays["bfloat16"]}, folder / "b.safetensors")
        same("safetensors", folder / "b.safetensors", arrays["bfloat16"])


def with_h5py(folder):
    import h5py

    path = folder / "a.h5"
    ways = {
        "whole": {},
        "pieces": {"chunks": (32, 8)},
        "gzip": {"compression": "gzip", "shuffle": True, "fletcher32": True},
        "auto": {"chunks": True},
    }
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            if name != "bfloat16":
                for way, options in ways.items():
                    file.create_dataset(f"{name}/{way}", data=array, **options)
        file.create_dataset("big", data=arrays["float32"].astype(">f4"))
        file.create_dataset("labels", data=np.arange(257))
        file.create_dataset("counts", data=arrays["int8"].astype("int64"))
        file.create_dataset("lzf", data=arrays["float32"], compression="lzf")
        file.create_dataset("promised", shape=(1 << 40, 512), chunks=(64, 512), dtype="f4")
    with h5py.File(folder / "one.h5", "w") as file:
        file["embeddings"] = arrays["float32"]
        file["ids"] = np.arange(257)
    if subprocess.run([read_back, str(folder / "one.h5")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        refused("h5py", path, "h5py.File('")  # built without HDF5: the line of Python that converts it
        return
    for name, array in arrays.items():
        if name != "bfloat16":
            for way in ways:
                same("h5py", f"{path}:{name}/{way}", array)
    same("h5py", f"{path}:big", arrays["float32"])
    same("h5py", folder / "one.h5", arrays["float32"])
    refused("h5py", path, "name one, as file.h5:name")
    refused("h5py", f"{path}:labels", "is 1-dimensional")
    refused("h5py", f"{path}:counts", "float16, float32, float64, int8 or uint8 is expected")
    refused("h5py", f"{path}:lzf", "(lzf), which this HDF5 library does not have")
    refused("h5py", f"{path}:promised", "not all of its rows were written")


    parts = folder / "hdf5"
    parts.mkdir()
    np.save(parts / "all.npy", arrays["float32"])
    for i, (first, last) in enumerate(((0, 100), (100, 101), (101, 257))):
        with h5py.File(parts / f"part-{i}.h5", "w") as file:
            file.create_dataset("train/x", data=arrays["float32"][first:last], compression="gzip")
            file["ids"] = np.arange(first, last)
            file.create_dataset("y", data=np.arange(first, last) % 4, compression="gzip", chunks=True)
            file["w"] = (np.arange(first, last) % 3 + 1).astype("float64")
    labels("h5py", f"{parts}/all.npy", (f"{parts}/*.h5:y", ",".join(f"{parts}/part-{i}.h5:w" for i in range(3))))
    one_input("h5py", parts, f"{parts}/*.h5", f"{parts}/part-?.h5:train/x", ",".join(f"{parts}/part-{i}.h5" for i in range(3)))
    with h5py.File(parts / "part-3.h5", "w") as file:
        file["train/x"] = arrays["float32"][:, :7]
    refused_input("h5py", f"{parts}/*.h5", "part-3.h5 has 7 columns where")
    with h5py.File(parts / "part-3.h5", "w") as file:
        file["train/x"] = arrays["int8"].astype("int32")
    refused_input("h5py", f"{parts}/*.h5", "part-3.h5:train/x is of a type of 4 bytes")


def with_pyarrow(folder):
    import pyarrow as pa
    from pyarrow import csv, feather, ipc, parquet

    columns = pa.table({f"x{k}": arrays["float32"][:, k] for k in range(19)})
    csv.write_csv(columns, folder / "p.csv")
    same("pyarrow", folder / "p.csv", arrays["float32"])

    names = pa.array([f"image {i}" for i in range(257)])
    lists = {}
    for name, array in arrays.items():
        if name != "bfloat16":  # which Arrow doesn't have
            numbers = pa.array(np.ascontiguousarray(array).ravel())
            lists[f"{name}_fixed"] = pa.FixedSizeListArray.from_arrays(numbers, 19)
            lists[f"{name}_list"] = pa.ListArray.from_arrays(pa.array(np.arange(258) * 19, "int32"), numbers)
            lists[f"{name}_large"] = pa.LargeListArray.from_arrays(pa.array(np.arange(258) * 19, "int64"), numbers)
    flat = pa.array(arrays["float32"].ravel())
    tensor = pa.fixed_shape_tensor(pa.float32(), [19])
    lists["tensor"] = pa.ExtensionArray.from_storage(tensor, pa.FixedSizeListArray.from_arrays(flat, 19))
    table = pa.table({"name": names, **lists, "kind": names.dictionary_encode(), "counts": pa.array(np.arange(257)),
                      "y": pa.array(np.arange(257) % 4, "uint8"), "w": pa.array(np.arange(257) % 3 + 1, "float64")})
    one = pa.table({"name": names, "embedding": lists["float32_fixed"]})
    parquet.write_table(one, folder / "one.parquet")
    feather.write_feather(one, folder / "one.feather")
    if subprocess.run([read_back, str(folder / "one.parquet")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        refused("pyarrow", folder / "one.parquet", "read_parquet(")  # built without Arrow: the line that converts it
        refused("pyarrow", folder / "one.feather", "read_feather(")
        return
    same("pyarrow", folder / "one.parquet", arrays["float32"])
    same("pyarrow", folder / "one.feather", arrays["float32"])

    parquet_ways = {
        "plain": {"compression": "none", "use_dictionary": False},
        "groups": {"row_group_size": 50},
        "zstd": {"compression": "zstd", "data_page_size": 1000, "data_page_version": "2.0"},
        "gzip": {"compression": "gzip", "row_group_size": 256, "write_page_checksum": True},
        "split": {"use_byte_stream_split": ["float32_fixed.list.element"], "use_dictionary": False},
        "untold": {"store_schema": False},  # as other writers do: fixed sizes are not said
    }
    for way, options in parquet_ways.items():
        path = folder / f"{way}.parquet"
        parquet.write_table(table, path, **options)
        for name in lists:
            same("pyarrow", f"{path}:{name}", arrays["float32" if name == "tensor" else name.split("_")[0]])
    arrow_ways = {"whole": {}, "batches": {"max_chunksize": 50}}
    for way, options in arrow_ways.items():
        for codec in (None, "zstd", "lz4"):
            for form, open_writer in (("file", ipc.new_file), ("stream", ipc.new_stream)):
                path = folder / f"{way}_{codec}_{form}.arrow"
                with open_writer(path, table.schema, options=ipc.IpcWriteOptions(compression=codec)) as writer:
                    writer.write_table(table, **options)
                for name in lists:
                    same("pyarrow", f"{path}:{name}", arrays["float32" if name == "tensor" else name.split("_")[0]])
    sliced = table.slice(100, 57)
    feather.write_feather(sliced, folder / "sliced.feather", compression="uncompressed")
    same("pyarrow", f"{folder}/sliced.feather:float32_list", arrays["float32"][100:157])

    for kind in ("parquet", "feather"):
        parts = folder / f"table.{kind}"  # a folder, as Spark writes one
        parts.mkdir()
        (parts / "_SUCCESS").touch()
        for i, (first, last) in enumerate(((0, 100), (100, 101), (101, 257))):
            part = table.slice(first, last - first)
            if kind == "parquet":
                parquet.write_table(part, parts / f"part-{i}.parquet", compression="zstd", row_group_size=40)
            else:
                feather.write_feather(part, parts / f"part-{i}.feather")
        np.save(folder / "all.npy", arrays["float32"])
        each = ",".join(f"{parts}/part-{i}.{kind}:float32_list" for i in range(3))
        labels("pyarrow", f"{folder}/all.npy", (f"{parts}:y", f"{parts}/part-?.{kind}:w"))
        one_input("pyarrow", folder, f"{parts}:float32_list", f"{parts}/*.{kind}:float32_fixed", each)
        refused_input("pyarrow", str(parts), f"part-0.{kind} has ")
        for wrong, words in (
            (pa.array([[1.0, 2.0]] * 3, pa.list_(pa.float32())), f"part-3.{kind}:float32_list has 2 columns where"),
            (pa.array([[1] * 19] * 3, pa.list_(pa.int64())), f"part-3.{kind}:float32_list holds list<"),
            (None, f"part-3.{kind} has no column float32_list"),
        ):
            part = pa.table({"x": pa.array([1])} if wrong is None else {"float32_list": wrong})
            (parquet.write_table if kind == "parquet" else feather.write_feather)(part, parts / f"part-3.{kind}")
            refused_input("pyarrow", f"{parts}:float32_list", words)
        for i in range(4):
            (parts / f"part-{i}.{kind}").unlink()

    refused("pyarrow", folder / "plain.parquet", "name one, as table.parquet:name; it has float32_fixed")
    refused("pyarrow", f"{folder}/plain.parquet:missing", "has no column missing")
    refused("pyarrow", f"{folder}/plain.parquet:counts", "holds int64 where lists of float16, float32")
    wrong = {
        "ragged": pa.array([[1.0, 2.0], [3.0], [4.0, 5.0, 6.0]]),
        "unlike": pa.array([[1.0, 2.0], [3.0, 4.0], [5.0]]),
        "no_list": pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float64(), 2)),
        "no_number": pa.array([[1.0, 2.0], [3.0, None], [5.0, 6.0]]),
        "empty": pa.array([[], [], []], pa.list_(pa.float32())),
        "counts": pa.array([[1], [2], [3]], pa.list_(pa.int64())),
    }
    for name, column in wrong.items():
        parquet.write_table(pa.table({name: column}), folder / "wrong.parquet")
        feather.write_feather(pa.table({name: column}), folder / "wrong.feather")
        for kind in ("parquet", "feather"):
            refused("pyarrow", f"{folder}/wrong.{kind}:{name}", f"wrong.{kind}:{name}")
    try:
        feather.write_feather(columns, folder / "first.feather", version=1)
    except (TypeError, ValueError):  # a pyarrow that no longer writes it
        return
    refused("pyarrow", folder / "first.feather", "is a Feather file of version 1")


with tempfile.TemporaryDirectory() as name:
    missing = []
    for write in (with_numpy, with_safetensors, with_h5py, with_pyarrow):
        try:
            write(Path(name))
        except ImportError as error:
            missing.append(error.name)
print("files of each library, read back or refused as they should be: " + ", ".join(f"{k} {v}" for k, v in counts.items()))
if missing:
    print("not installed, and so not tested: " + ", ".join(missing))
sys.exit(77 if set(counts) == {"numpy"} else 0)
