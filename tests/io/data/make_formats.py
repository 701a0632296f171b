"""Writes the files of other formats than .npy beside it, by the library of each format: numpy, safetensors and
ml_dtypes of pip. All hold the numbers of make.py, those of integers the numbers of `whole`."""
import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

x = ((np.arange(15).reshape(5, 3) - 4) / 4).astype(np.float32)
whole = np.arange(15).reshape(5, 3) - 4
bfloat16 = x.astype(ml_dtypes.bfloat16)

np.save("float64rows.npy", x.astype(np.float64))
np.save("int8rows.npy", whole.astype(np.int8))
np.save("uint8rows.npy", (whole + 4).astype(np.uint8))

np.savez("one.npz", x)
np.savez("several.npz", single=x, half=x.astype(np.float16), labels=np.arange(5))
np.savez_compressed("compressed.npz", x)

save_file({"features": x}, "one.safetensors", metadata={"made by": 'make_formats.py, "é"'})
save_file({"single": x, "half": x.astype(np.float16), "brain": bfloat16, "double": x.astype(np.float64),
           "whole": whole.astype(np.int8), "labels": np.arange(5)}, "several.safetensors")


def write_bin(name, rows):  # as big-ann-benchmarks, benchmark/dataset_io.py
    with open(name, "wb") as file:
        np.array(rows.shape, np.uint32).tofile(file)
        rows.tofile(file)


def write_vecs(name, rows):  # as the TEXMEX corpus describes its files
    with open(name, "wb") as file:
        for row in rows:
            np.array([len(row)], np.int32).tofile(file)
            row.tofile(file)


write_bin("rows.fbin", x)
write_bin("rows.f16bin", x.astype(np.float16))
write_bin("rows.u8bin", (whole + 4).astype(np.uint8))
write_bin("rows.i8bin", whole.astype(np.int8))
write_vecs("rows.fvecs", x)
write_vecs("rows.bvecs", (whole + 4).astype(np.uint8))

np.savetxt("rows.csv", x, delimiter=",", header="a,b,c", comments="")
np.savetxt("commented.tsv", x, delimiter="\t", header="made by\nmake_formats.py", fmt="%g")
