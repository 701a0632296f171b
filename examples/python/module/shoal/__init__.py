"""Clusters of features, at scale: k-means, TEMI, SCANv2, SCP, exact neighbours, metrics and benchmarks.

Arrays are NumPy's: float32, float16, float64, int8 and uint8, and bfloat16 of ml_dtypes, in memory or np.memmap. None
of them is copied; all are read as float32. Bad input raises ValueError. Python's lock is released while shoal works;
Ctrl-C ends a fit with what it has learnt.
"""
from . import benchmarks, metrics
from ._neighbors import exact_neighbors
from ._shoal import Error, Hierarchy, __version__

__all__ = ["Error", "Hierarchy", "KMeans", "SCANv2", "SCP", "TEMI", "__version__", "benchmarks", "exact_neighbors",
           "metrics"]

_estimators = {"KMeans": "_kmeans", "TEMI": "_heads", "SCANv2": "_heads", "SCP": "_heads"}


def __getattr__(name):  # the estimators alone need scikit-learn
    if name not in _estimators:
        raise AttributeError(f"module 'shoal' has no attribute '{name}'")
    from importlib import import_module
    return getattr(import_module("." + _estimators[name], __name__), name)
