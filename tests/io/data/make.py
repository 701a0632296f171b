"""Writes the .npy files beside it: what NumPy itself writes for the dtypes that shoal reads."""
import numpy as np

x = (np.arange(15).reshape(5, 3) - 4) / 4
np.save("float32.npy", x.astype(np.float32))
np.save("float16.npy", x.astype(np.float16))
np.save("fortran.npy", np.asfortranarray(x.astype(np.float32)))
with open("version2.npy", "wb") as file:
    np.lib.format.write_array(file, x.astype(np.float32), version=(2, 0))
bits = (x.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)  # exact: few digits
np.save("bfloat16.npy", bits.view("V2"))  # the bytes and dtype of an array of ml_dtypes.bfloat16
np.save("labels64.npy", np.array([3, -1, 0, 7]))
np.save("labels8.npy", np.array([3, -1, 0, 7], np.int8))
np.save("float64.npy", np.array([0.5, -2]))
