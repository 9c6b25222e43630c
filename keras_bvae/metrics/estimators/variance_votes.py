"""Votes for a factor: the code that varies least in a batch, and what follows."""

import numpy as np


def least_varying_codes(batch_variances, global_variances):
    """Each batch's vote: the code whose variance shrinks most against the global one.

    A code of global variance 0 gives 0/0, and that counts as least: a constant code
    draws every vote. So does it in the reference, and the score falls to chance.

    Args:
        batch_variances: array, shape `(batches, codes)`, codes >= 1.
        global_variances: array, shape `(codes,)`.

    Returns:
        int array, shape `(batches,)`; of equals the first.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4.
    """
    with np.errstate(all="ignore"):
        return np.argmin(batch_variances / global_variances, axis=-1)


def vote_table(labels, votes, factors, codes):
    """How often each code was voted for while each factor was fixed.

    Args:
        labels: int array, shape `(batches,)`, the factor that was fixed.
        votes: int array, shape `(batches,)`, the code.
        factors, codes: ints, how many there are.

    Returns:
        int array, shape `(factors, codes)`.
    """
    counts = np.bincount(labels * codes + votes, minlength=factors * codes)
    return counts.reshape(factors, codes)


def majority_accuracies(train, test):
    """How often each code's most frequent factor, of the training votes, is right.

    Args:
        train, test: int arrays, shape `(factors, codes)`, of `vote_table`.

    Returns:
        `(train_accuracy, test_accuracy)`, floats in [0, 1]; 0 where there is no vote.
        A code without training votes stands for the first factor.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4.
    """
    majority = np.argmax(train, axis=0)
    codes = np.arange(train.shape[1])
    return tuple(
        float(votes[majority, codes].sum() / max(votes.sum(), 1))
        for votes in (train, test)
    )
