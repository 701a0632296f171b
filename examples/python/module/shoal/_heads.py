import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import _shoal
from ._arrays import rows
from ._estimator import Clusterer


class _Heads(Clusterer):
    """Cluster heads trained on pairs of rows; the head of least loss gives the clusters.

    The partner of a row is one of its n_neighbors nearest rows by `metric`, "cosine" or "euclidean", or the same row of `view`, given to fit().
    What is None keeps the method's default; small_data suits up to about 100,000 rows. batch_size and n_neighbors are
    at most what the rows allow. n_jobs and progress are as KMeans has them; a fit that is stopped, by Ctrl-C or by
    progress, keeps what it has learnt.

    Fitted: labels_, confidence_, losses_ (one an epoch), n_iter_ (epochs), and stopped_.
    """

    def __init__(self, n_clusters=8, *, heads=16, epochs=None, batch_size=512, learning_rate=None, hidden=None,
                 bottleneck=256, n_neighbors=50, metric="cosine", small_data=False, random_state=0, n_jobs=0, progress=None):
        self.n_clusters = n_clusters
        self.heads = heads
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.hidden = hidden
        self.bottleneck = bottleneck
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.small_data = small_data
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.progress = progress

    def fit(self, X, y=None, *, view=None):
        """Trains on the rows of X, and on those of view where it is given. y is ignored."""
        x, dtype = self._rows(X, reset=True)
        n = len(x)
        self._check_clusters(n)
        if n < 2:
            raise ValueError(f"n_samples={n} must be at least 2: rows are trained in pairs")
        other, other_dtype = (None, "") if view is None else rows(view)
        neighbors = None
        if view is None:
            neighbors, _ = _shoal.exact_neighbors(x, dtype, count=min(self.n_neighbors, n - 1), similarity=self.metric,
                                                  threads=self.n_jobs, progress=self.progress)
        result = _shoal.heads_fit(
            type(self)._method, x, dtype, neighbors=neighbors, view=other, view_dtype=other_dtype,
            clusters=self.n_clusters, heads=self.heads, batch=self.batch_size, bottleneck=self.bottleneck,
            epochs=self.epochs, learning_rate=self.learning_rate,
            hidden=None if self.hidden is None else list(self.hidden), small_data=self.small_data, seed=self._seed(),
            threads=self.n_jobs, progress=self.progress)
        self.labels_ = result["labels"]
        self.confidence_ = result["confidence"]
        self.losses_ = np.array(result["losses"])
        self.n_iter_ = max(1, len(self.losses_))
        self.stopped_ = result["stopped"]
        self.model_ = result["model"]
        return self

    def _predict_rows(self, x, dtype):
        return _shoal.heads_predict(self.model_, x, dtype, threads=self.n_jobs)

    def save(self, path):
        """Saves the model for the command: shoal predict."""
        check_is_fitted(self)
        _shoal.heads_save(str(path), type(self)._method, self.model_)


class TEMI(_Heads):
    __doc__ = "TEMI (Adaloglou et al., BMVC 2023). " + _Heads.__doc__
    _method = "TEMI"


class SCANv2(_Heads):
    __doc__ = "SCANv2. " + _Heads.__doc__
    _method = "SCANv2"


class SCP(_Heads):
    __doc__ = "SCP, whose pairs are usually two views of a row. " + _Heads.__doc__
    _method = "SCP"
