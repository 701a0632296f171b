"""What the module promises: scikit-learn's own checks of the estimators, dtypes without copies, errors, stopping."""
import os
import pickle
import re
import signal
import threading
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import shoal

DATA = Path(__file__).resolve().parents[2] / "data"
HEADS = {"heads": 2, "epochs": 20, "batch_size": 32, "hidden": [16], "bottleneck": 8, "n_neighbors": 5, "n_jobs": 1,
         "learning_rate": 0.03, "metric": "euclidean"}
WEIGHTS = {"check_sample_weight_equivalence_on_dense_data":
           "first centroids are drawn by row: a row of weight 2 takes other draws than the row twice (as with "
           "scikit-learn's KMeans, which expects this failure too)"}
ZERO_ROWS = {"check_estimators_dtypes": "its rows of small integers have a row of zeros, which has no cosine: refused"}


def expected_failures(estimator):
    if not isinstance(estimator, shoal.KMeans):
        return {}
    return WEIGHTS | (ZERO_ROWS if estimator.metric == "cosine" else {})


@parametrize_with_checks([shoal.KMeans(3, metric="euclidean", n_jobs=1), shoal.KMeans(3, n_jobs=1),
                          shoal.TEMI(3, **HEADS), shoal.SCANv2(3, **HEADS), shoal.SCP(3, **HEADS)],
                         expected_failed_checks=expected_failures)
def test_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def features():
    return np.load(DATA / "features.npy", mmap_mode="r")


@pytest.fixture(scope="module")
def truth():
    return np.load(DATA / "labels.npy")


def test_kmeans_on_a_memory_map(features, truth):
    model = shoal.KMeans(24).fit(features)
    scores = shoal.metrics.evaluate(model.labels_, truth)
    assert 0.5 < scores["acc"] < 0.8 and scores["samples"] == len(truth)
    assert np.array_equal(model.predict(features), model.labels_)
    assert np.array_equal(shoal.KMeans(24, n_jobs=1).fit(features).labels_, model.labels_)


@pytest.mark.parametrize("dtype", [np.float64, np.float16, ml_dtypes.bfloat16])
def test_dtypes_hold_their_own_numbers(features, dtype):
    x = np.asarray(features[:500]).astype(dtype)
    same = x.astype(np.float32)
    for estimator in (shoal.KMeans(5), shoal.TEMI(5, **HEADS)):
        a, b = clone(estimator).fit(x), clone(estimator).fit(same)
        assert np.array_equal(a.labels_, b.labels_)
        assert np.array_equal(a.predict(x), b.predict(same))


def test_integers_of_a_byte_and_strided_rows():
    x = np.random.default_rng(0).integers(-50, 50, (200, 6)).astype(np.int8)
    expected = shoal.KMeans(4).fit(x.astype(np.float32)).labels_
    assert np.array_equal(shoal.KMeans(4).fit(x).labels_, expected)
    wide = np.zeros((200, 10), np.int8)
    wide[:, 2:8] = x
    assert np.array_equal(shoal.exact_neighbors(wide[:, 2:8], 3)[0], shoal.exact_neighbors(x, 3)[0])


def test_nothing_is_copied(features):
    from shoal._arrays import rows
    for x in (features, features[::2], features[:, 3:9], features.astype(ml_dtypes.bfloat16)):
        assert np.shares_memory(rows(x)[0], x)


def test_neighbors_are_numpys(features):
    x = np.asarray(features[:300], np.float64)
    ids, similarities = shoal.exact_neighbors(features[:300], 4)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    assert np.allclose(-np.sort(-cosines, axis=1)[:, :4], similarities, atol=1e-6)
    assert np.allclose(np.take_along_axis(cosines, ids.astype(int), 1), similarities, atol=1e-6)


def test_metrics_are_scikit_learns(truth):
    from sklearn import metrics
    labels = np.random.default_rng(0).integers(0, 20, len(truth))
    ours = shoal.metrics.evaluate(labels, truth)
    assert np.isclose(ours["nmi"], metrics.normalized_mutual_info_score(truth, labels))
    assert np.isclose(ours["ami"], metrics.adjusted_mutual_info_score(truth, labels))
    assert np.isclose(shoal.metrics.ari(labels, truth), metrics.adjusted_rand_score(truth, labels))
    x = np.random.default_rng(1).normal(size=(200, 5))
    assert np.isclose(shoal.metrics.silhouette(x, labels[:200]), metrics.silhouette_score(x, labels[:200]), atol=1e-5)


def test_hierarchy_and_benchmarks(truth):
    h = shoal.Hierarchy.read_tsv(str(DATA / "hierarchy.tsv"), several_roots=True)
    assert len(h) > 24 and max(h.depth(int(i)) for i in h.cut_to_depth(3)) == 3
    some = shoal.benchmarks.random_classes(truth, 5)
    chosen = shoal.benchmarks.select_classes(truth, some)
    assert np.array_equal(some[chosen["train"]["labels"]], truth[chosen["train"]["rows"]])
    with pytest.raises(IndexError):
        h.depth(len(h))


def test_errors_are_value_errors_with_shoals_words():
    with pytest.raises(ValueError, match="exact_neighbors: settings.count \\(10\\) must be between 1 and 9"):
        shoal.exact_neighbors(np.ones((10, 2), np.float32), 10)
    x = np.ones((10, 2), np.float32)
    x[3] = 0
    with pytest.raises(shoal.Error, match="row 3"):
        shoal.KMeans(2).fit(x)
    assert issubclass(shoal.Error, ValueError)


def test_pickles_and_pipelines(features, tmp_path):
    x = np.asarray(features[:300], np.float32)
    for estimator in (shoal.KMeans(4), shoal.SCANv2(4, **HEADS)):
        fitted = estimator.fit(x)
        assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict(x), fitted.labels_)
        fitted.save(tmp_path / "model.shoal")
        assert (tmp_path / "model.shoal").stat().st_size > 0
    pipeline = make_pipeline(StandardScaler(), shoal.KMeans(4, metric="euclidean")).fit(x)
    assert pipeline.predict(x).shape == (300,)
    assert pipeline[-1].get_feature_names_out().tolist() == ["kmeans0", "kmeans1", "kmeans2", "kmeans3"]


def test_the_lines_of_the_readme_run(features, truth, tmp_path, monkeypatch):
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", readme, re.S | re.M)
    monkeypatch.chdir(tmp_path)
    np.save("features.npy", features)
    np.save("labels.npy", truth)
    for block in blocks:
        exec(block, {})
    assert Path("model.shoal").stat().st_size > 0


def test_progress_is_told_and_may_stop(features):
    told = []
    model = shoal.KMeans(8, max_iter=10, progress=lambda *now: told.append(now)).fit(features)
    assert told and {len(now) for now in told} == {4} and model.stopped_ != "stopped"

    def stop(phase, done, total, objective):
        return not (phase == "k-means" and done >= 2)
    stopped = shoal.KMeans(8, progress=stop).fit(features)
    assert stopped.stopped_ == "stopped" and len(stopped.labels_) == len(features)

    def fail(*now):
        raise RuntimeError("no more")
    with pytest.raises(RuntimeError, match="no more"):
        shoal.KMeans(8, progress=fail).fit(features)


@pytest.fixture
def ctrl_c():
    """Ctrl-C as on a terminal: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_a_fit_with_what_it_has_learnt(features, ctrl_c):
    trains = threading.Event()

    def interrupt():
        trains.wait(60)
        os.kill(os.getpid(), signal.SIGINT)
    thread = threading.Thread(target=interrupt)  # runs while the fit holds no lock
    thread.start()

    def progress(phase, done, total, objective):
        if phase == "heads" and done >= 3:
            trains.set()
    model = shoal.TEMI(24, **HEADS | {"epochs": 100000}, progress=progress).fit(features)
    thread.join()
    assert model.stopped_ == "interrupted" and len(model.labels_) == len(features)


def test_ctrl_c_before_there_is_a_result_is_a_keyboard_interrupt(features, ctrl_c):
    with pytest.raises(KeyboardInterrupt):
        shoal.exact_neighbors(features, 5, progress=lambda *now: signal.raise_signal(signal.SIGINT))
