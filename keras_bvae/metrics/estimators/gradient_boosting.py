"""Gradient-boosted trees for DCI: scikit-learn's, to rounding, several times faster.

Nearly all of the reference's time goes into DCI: it grows a tree for each class and
stage, 11,300 for one model of dSprites, and sorts every code anew in every node of
each. Here the codes are sorted once; a node keeps the sorted order of its rows.
"""

from typing import NamedTuple

import numpy as np

# Two neighbours this close count as one value, in float32, as in scikit-learn.
_SAME_VALUE = np.float32(1e-7)
_LEAST_IMPURITY = np.finfo(np.float64).eps
_LEAST_HESSIAN = 1e-150


class BoostedTrees(NamedTuple):
    """What DCI needs of a fitted classifier.

    Attributes:
        importances: float64 array, shape `(latent_dim,)`, sum 1; all 0 if no tree
            found a split.
        predictions: the class of each training row.
        test_predictions: the class of each test row.
    """

    importances: np.ndarray
    predictions: np.ndarray
    test_predictions: np.ndarray


def growing_trees(
    codes,
    classes,
    test_codes,
    stages=100,
    depth=3,
    learning_rate=0.1,
    seed=0,
    progress=None,
):
    """Fits scikit-learn's `GradientBoostingClassifier` and predicts, stage by stage.

    Who has several of them may share out the work; see `take_turns`.

    One regression tree for each class and stage on the gradient of the log loss, grown
    to `depth` by the largest decrease of squared error, its leaves moved by a Newton
    step. Same splits, leaves and importances as scikit-learn's default settings, but
    for rounding and for ties: where two codes split a node's rows alike, as they often
    do in a small node, the draw decides, there as here.

    Args:
        codes: float array, shape `(n, latent_dim)`; compared in float32.
        classes: int array, shape `(n,)`, two different ones or more.
        test_codes: float array, shape `(m, latent_dim)`.
        stages: int, boosting stages.
        depth: int, splits from root to leaf at most.
        learning_rate: float, share of each leaf's step that is taken.
        seed: int >= 0, for ties.
        progress: None or function `(trees grown, trees in all)`.

    Yields:
        None after each stage.

    Returns:
        `BoostedTrees`.

    Source: Friedman 2001, "Greedy function approximation: a gradient boosting
    machine", algorithms 5 and 6.
    """
    names, labels = np.unique(classes, return_inverse=True)
    columns = np.ascontiguousarray(codes.T, np.float32)
    test_columns = np.ascontiguousarray(test_codes.T, np.float32)
    # Two classes need one tree a stage: what speaks for one speaks against the other.
    outputs = 1 if len(names) == 2 else len(names)
    is_class = labels == np.arange(len(names))[:, None]
    targets = (is_class[1:] if outputs == 1 else is_class).astype(np.float64)
    raw = np.tile(_log_odds(targets, outputs), len(labels))
    test_raw = np.tile(_log_odds(targets, outputs), test_columns.shape[1])
    root = np.argsort(columns, axis=1, kind="stable")
    step = learning_rate * (1 if outputs == 1 else (outputs - 1) / outputs)
    importances = np.zeros(len(columns))
    rng = np.random.default_rng(seed)
    scratch = _Scratch(root.size)
    for stage in range(stages):
        probability = _probabilities(raw, outputs)
        for output, target in enumerate(targets):
            residual = target - probability[output]
            tree = _Tree(columns, test_columns, root, residual, rng, scratch)
            tree.grow(depth)
            tree.add_to(raw[output], test_raw[output], probability[output], step)
            importances += tree.decrease
            if progress is not None:
                progress(stage * outputs + output + 1, stages * outputs)
        yield
    total = importances.sum()
    return BoostedTrees(
        importances / total if total > 0 else importances,
        names[_decision(raw, outputs)],
        names[_decision(test_raw, outputs)],
    )


def _log_odds(targets, outputs):
    share = targets.mean(1, keepdims=True)
    return np.log(share / (1 - share)) if outputs == 1 else np.log(share)


def _probabilities(raw, outputs):
    if outputs == 1:
        return 1 / (1 + np.exp(-raw))
    odds = np.exp(raw - raw.max(0))
    return odds / odds.sum(0)


def _decision(raw, outputs):
    return (raw[0] >= 0).astype(int) if outputs == 1 else raw.argmax(0)


class _Scratch:
    """Memory that the nodes of all trees use in turn.

    Anew for each node it would be given back to the system and faulted in again: at a
    megabyte a time that takes as long as the arithmetic.
    """

    def __init__(self, size):
        self._sums, self._gain = np.empty(size), np.empty(size)

    def tables(self, codes, rows):
        """Two float64 arrays: `(codes, rows)`, and `(codes, rows - 1)`."""
        return (
            self._sums[: codes * rows].reshape(codes, rows),
            self._gain[: codes * (rows - 1)].reshape(codes, rows - 1),
        )


class _Tree:
    """One regression tree on `residual`, grown depth by depth."""

    def __init__(self, columns, test_columns, root, residual, rng, scratch):
        self._columns = columns
        self._test_columns = test_columns
        self._root = root
        self._residual = residual
        self._rng = rng
        self._scratch = scratch
        self.decrease = np.zeros(len(columns))
        self._leaves = []

    def grow(self, depth):
        test_rows = np.arange(self._test_columns.shape[1])
        self._grow(self._root, self._residual.sum(), test_rows, depth)

    def add_to(self, raw, test_raw, probability, step):
        """Adds `step` times each leaf's Newton step to its rows' raw predictions."""
        for rows, test_rows in self._leaves:
            chance = probability.take(rows)
            hessian = (chance * (1 - chance)).sum()
            if abs(hessian) < _LEAST_HESSIAN * len(rows):
                continue
            change = step * self._residual.take(rows).sum() / hessian
            raw[rows] += change
            test_raw[test_rows] += change

    def _grow(self, order, total, test_rows, depth):
        """Splits the node whose rows, sorted by each code, are `order`."""
        rows = order[0]
        # `take` is twice as fast as an index, and lets other threads run meanwhile.
        values = self._residual.take(rows)
        mean = total / len(rows)
        if len(rows) < 2 or values @ values / len(rows) - mean**2 <= _LEAST_IMPURITY:
            self._leaves.append((rows, test_rows))
            return
        split = self._best_split(order, total)
        if split is None:
            self._leaves.append((rows, test_rows))
            return
        code, position, decrease, left_total = split
        self.decrease[code] += decrease
        left, right = order[code, : position + 1], order[code, position + 1 :]
        column = self._columns[code]
        goes_left = self._test_columns[code][test_rows] <= _threshold(
            column[left[-1]], column[right[0]]
        )
        sides = (
            (left, left_total, test_rows[goes_left]),
            (right, total - left_total, test_rows[~goes_left]),
        )
        if depth == 1:
            self._leaves += [(part, test_part) for part, _, test_part in sides]
            return
        is_left = np.zeros(len(self._residual), dtype=bool)
        is_left[left] = True
        is_left = is_left.take(order)
        for belongs, (part, part_total, test_part) in zip(
            (is_left, ~is_left), sides, strict=True
        ):
            # Four times as fast as order[belongs].
            ordered = np.compress(belongs.ravel(), order.ravel())
            ordered = ordered.reshape(len(order), len(part))
            self._grow(ordered, part_total, test_part, depth - 1)

    def _best_split(self, order, total):
        """`(code, position, decrease of squared error, sum of the left)` or None."""
        rows = order.shape[1]
        left = np.arange(1, rows)
        sums, gain = self._scratch.tables(len(order), rows)
        # Every number is one; "raise" would go by way of a copy.
        np.take(self._residual, order, out=sums, mode="clip")
        np.cumsum(sums, axis=1, out=sums)
        np.subtract(sums[:, :-1], total * (left / rows), out=gain)
        np.square(gain, out=gain)
        gain *= rows / (left * (rows - left))
        codes = np.arange(len(order))
        positions = gain.argmax(1)
        best = gain[codes, positions]
        # A split between two equal values is none. Looked up only for the winners.
        while True:
            code = int(self._rng.choice(np.flatnonzero(best == best.max())))
            position = int(positions[code])
            if best[code] < 0:
                return None
            column = self._columns[code]
            if self._is_between(column, order[code, position : position + 2]):
                return code, position, float(best[code]), float(sums[code, position])
            ordered = column[order[code]]
            gain[code, ordered[1:] <= ordered[:-1] + _SAME_VALUE] = -1.0
            positions[code] = gain[code].argmax()
            best[code] = gain[code, positions[code]]

    @staticmethod
    def _is_between(column, neighbours):
        lower, upper = column[neighbours]
        return upper > lower + _SAME_VALUE


def _threshold(lower, upper):
    """Middle of two values; rows up to it go left."""
    middle = float(lower) / 2 + float(upper) / 2
    return float(lower) if middle == float(upper) else middle
