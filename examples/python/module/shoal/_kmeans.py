import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from . import _shoal
from ._estimator import Clusterer


class KMeans(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Clusterer):
    """k-means by cosine (spherical k-means) or Euclidean distance. The same random_state gives the same bits.

    init is "k-means++", "afk-mc2", "random" or an array of first centroids. tol ends the iterations when one gains
    less than this share of the objective. n_jobs is a number of threads, 0 for all cores. progress is called with
    (phase, done, total, objective) and may return False to stop; so does Ctrl-C, and the fit keeps what it has.

    Fitted: cluster_centers_ (of unit length under cosine), labels_, inertia_, n_iter_, and stopped_, which says why
    the iterations ended.
    """

    def __init__(self, n_clusters=8, *, metric="cosine", init="k-means++", n_init=1, max_iter=25, tol=0.0,
                 random_state=0, n_jobs=0, progress=None):
        self.n_clusters = n_clusters
        self.metric = metric
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.progress = progress

    def fit(self, X, y=None, sample_weight=None):
        """Clusters the rows of X. y is ignored."""
        x, dtype = self._rows(X, reset=True)
        self._check_clusters(len(x))
        if self.metric not in ("cosine", "euclidean"):
            raise ValueError(f"metric ({self.metric}) must be 'cosine' or 'euclidean'")
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, x if dtype != "bfloat16" else np.empty((len(x), 1)),
                                                 dtype=np.float32)
        start = None if isinstance(self.init, str) else np.ascontiguousarray(self.init, np.float32)
        result = _shoal.kmeans_fit(
            x, dtype, clusters=self.n_clusters, cosine=self.metric == "cosine", iterations=self.max_iter,
            seeding=self.init if start is None else "k-means++", seed=self._seed(), restarts=self.n_init,
            tolerance=self.tol, weights=sample_weight, start=start, threads=self.n_jobs, progress=self.progress)
        self.cluster_centers_ = result["centroids"]
        self.labels_ = result["labels"]
        self.inertia_ = result["inertia"]
        self.n_iter_ = max(1, result["iterations"])
        self.stopped_ = result["stopped"]
        self._temperature = result["temperature"]
        self._n_features_out = len(self.cluster_centers_)
        return self

    def _predict_rows(self, x, dtype):
        return _shoal.kmeans_predict(x, dtype, centroids=self.cluster_centers_, cosine=self.metric == "cosine",
                                     temperature=self._temperature, threads=self.n_jobs)

    def transform(self, X):
        """The distance of each row to each centroid: Euclidean, or 1 − cosine."""
        check_is_fitted(self)
        x, dtype = self._rows(X, reset=False)
        if dtype == "bfloat16":
            x = (x.astype(np.uint32) << 16).view(np.float32)
        x, centers = np.asarray(x, np.float64), self.cluster_centers_.astype(np.float64)
        if self.metric == "cosine":
            return 1 - x @ centers.T / np.linalg.norm(x, axis=1, keepdims=True)
        squares = (x**2).sum(1)[:, None] - 2 * x @ centers.T + (centers**2).sum(1)
        return np.sqrt(np.maximum(squares, 0))

    def save(self, path):
        """Saves the model for the command: shoal predict."""
        check_is_fitted(self)
        _shoal.kmeans_save(str(path), centroids=self.cluster_centers_, cosine=self.metric == "cosine",
                           temperature=self._temperature)
