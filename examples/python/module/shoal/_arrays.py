"""What the module takes for an array: its numbers where they are, and the name of their dtype."""
import numpy as np

DTYPES = [np.float32, np.float64, np.float16, np.int8, np.uint8]


def rows(x):
    """x as (array, name of its dtype), without a copy where shoal reads its dtype and its rows are contiguous."""
    x = np.asarray(x)
    if x.ndim != 2:
        raise ValueError(f"X is {x.ndim}-dimensional where two dimensions are expected: reshape it to (rows, columns)")
    if x.dtype.name == "bfloat16":  # ml_dtypes' array; NumPy itself knows only its bits
        return adjacent(x).view(np.uint16), "bfloat16"
    if x.dtype not in DTYPES:
        x = x.astype(np.float32)
    return adjacent(x), x.dtype.name


def adjacent(x):
    """x with the columns of each row next to each other."""
    item = x.dtype.itemsize
    if x.size and (x.strides[1] != item or x.strides[0] % item or x.strides[0] < 0):
        return np.ascontiguousarray(x)
    return x


def labels(y, dtype=np.int64):
    """y as contiguous integers."""
    y = np.asarray(y)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(f"labels must be a one-dimensional array of integers, not of shape {y.shape} and {y.dtype}")
    if np.any((y > np.iinfo(dtype).max) | (y < np.iinfo(dtype).min)):
        raise ValueError(f"labels must fit {np.dtype(dtype).name}")
    return np.ascontiguousarray(y, dtype)
