"""Scores of clusterings. Labels are any integers; a label of -1 is none, and its sample is left out."""
import numpy as np

from . import _shoal
from ._arrays import labels as _labels, rows as _rows


def evaluate(labels, truth, *, n_jobs=0):
    """All scores of a clustering against true classes, as fractions: acc, nmi, ami, ari, purity, and others."""
    return _shoal.evaluate(_labels(labels), _labels(truth), n_jobs)


def _score(name, meaning):
    def score(labels, truth, *, n_jobs=0):
        return evaluate(labels, truth, n_jobs=n_jobs)[name]
    score.__name__ = score.__qualname__ = name
    score.__doc__ = meaning + " of a clustering against true classes."
    return score


acc = _score("acc", "Accuracy under the best one-to-one assignment of clusters to classes")
nmi = _score("nmi", "Normalised mutual information (arithmetic mean)")
ami = _score("ami", "Adjusted mutual information (arithmetic mean)")
ari = _score("ari", "Adjusted Rand index")
purity = _score("purity", "Accuracy under the best many-to-one assignment of clusters to classes")


def silhouette(X, labels, *, metric="euclidean", sample_size=0, random_state=0, n_jobs=0):
    """The mean silhouette of all rows, or of sample_size of them against all."""
    if metric not in ("euclidean", "cosine"):
        raise ValueError(f"metric ({metric}) must be 'euclidean' or 'cosine'")
    x, dtype = _rows(X)
    return _shoal.silhouette(x, dtype, _labels(labels), cosine=metric == "cosine", sample=sample_size,
                             seed=random_state, threads=n_jobs)


def calibration_error(confidence, right, *, bins=15):
    """The expected calibration error of confidences in [0, 1], given which predictions were right."""
    return _shoal.calibration_error(np.ascontiguousarray(confidence, np.float32),
                                    np.ascontiguousarray(right, bool).view(np.uint8), bins)
