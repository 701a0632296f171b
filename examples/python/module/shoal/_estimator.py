"""What the estimators share: checks of X as scikit-learn makes them, seeds, and predictions."""
import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ._arrays import DTYPES, rows


class Clusterer(ClusterMixin, BaseEstimator):
    def _rows(self, X, *, reset):
        """X as the module takes it. Dtypes that shoal reads are not copied; others become float32."""
        if getattr(getattr(X, "dtype", None), "name", None) == "bfloat16":  # scikit-learn knows no such dtype
            x, name = rows(X)
            validate_data(self, np.broadcast_to(np.float32(0), x.shape), reset=reset)
            return x, name
        return rows(validate_data(self, X, reset=reset, dtype=DTYPES, order="C"))

    def _seed(self):
        """random_state as shoal takes seeds: a number as it is."""
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _check_clusters(self, n):
        if self.n_clusters < 1:
            raise ValueError(f"n_clusters={self.n_clusters} must be at least 1")
        if n < self.n_clusters:
            raise ValueError(f"n_samples={n} must be at least n_clusters={self.n_clusters}")

    def predict(self, X):
        """The cluster of each row."""
        return self._predict(X)["labels"]

    def predict_confidence(self, X):
        """The probability of the likeliest cluster of each row."""
        return self._predict(X)["confidence"]

    def _predict(self, X):
        check_is_fitted(self)
        return self._predict_rows(*self._rows(X, reset=False))
