"""Constructors of benchmarks from labelled data: which classes and rows are taken, with what labels.

Each takes the labels of two splits, of which the second may be empty, and returns a dictionary: train and validation,
each with the rows taken and their new labels, and classes, the label behind each new one. -1 is no label.
"""
import numpy as np

from . import _shoal
from ._arrays import labels as _labels


def _split(train, validation):
    return _labels(train, np.int32), _labels(np.zeros(0, np.int32) if validation is None else validation, np.int32)


def select_classes(train, classes, validation=None):
    """The samples of some classes."""
    return _shoal.select_classes(*_split(train, validation), _labels(classes, np.int32))


def halve_odd(train, validation=None, *, seed=0):
    """Every class, the odd ones with half of their training samples."""
    return _shoal.halve_odd(*_split(train, validation), seed)


def long_tail(train, ratio, validation=None, *, seed=0):
    """Every class, with training samples that decrease exponentially; the largest has ratio times the smallest."""
    return _shoal.long_tail(*_split(train, validation), ratio, seed)


def coarsen(train, cut, class_nodes, validation=None):
    """Every sample, with the class that its own is merged into by a cut of a hierarchy (shoal.Hierarchy)."""
    return _shoal.coarsen(*_split(train, validation), _labels(cut, np.int32), _labels(class_nodes, np.int32))


def random_classes(labels, count, *, seed=0):
    """count random classes."""
    return _shoal.random_classes(_labels(labels, np.int32), count, seed)


def middle_classes(labels, skip):
    """The classes left when the skip per cent of most and of fewest samples are taken away."""
    return _shoal.middle_classes(_labels(labels, np.int32), skip)


def frequent_classes(labels, percent):
    """The percent per cent of classes that have the most samples."""
    return _shoal.frequent_classes(_labels(labels, np.int32), percent)


def easiest_classes(accuracy, count):
    """The count classes of highest accuracy; NaN for a class that is never taken."""
    return _shoal.easiest_classes(np.ascontiguousarray(accuracy, np.float32), count)
