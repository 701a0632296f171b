from ._arrays import rows
from ._shoal import exact_neighbors as _exact_neighbors


def exact_neighbors(X, n_neighbors=50, *, similarity="cosine", n_jobs=0, progress=None):
    """The nearest other rows of each row, exactly: (ids, similarities), n × n_neighbors, the nearest first.

    similarity is "cosine", "inner_product" or "euclidean", whose similarities are distances. progress is called with
    (phase, done, total, objective) and may return False to stop, which raises ValueError.
    """
    x, dtype = rows(X)
    return _exact_neighbors(x, dtype, count=n_neighbors, similarity=similarity, threads=n_jobs, progress=progress)
