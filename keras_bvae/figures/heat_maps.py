"""What latents know of factors, as metrics found it."""

from keras_bvae import pictures


def heat_maps(scores, title="", lines=()):
    """A figure with the tables in metrics' records: latents down, factors across.

    Args:
        scores: dict of `Score` by the metric's name, as `evaluate_representation`
            returns it, or list of dicts with `metric`, `parts` and `settings`, as
            `kbvae evaluate` writes them. Those of "mig", "dci" and "quick_dci" have a
            table.
        title: str, may be empty.
        lines: tuple of str.

    Returns:
        matplotlib.figure.Figure.

    Raises:
        ValueError: no record has a table.
    """
    if isinstance(scores, dict):
        scores = [{"metric": name, **s.as_dict()} for name, s in scores.items()]
    maps = pictures.score_maps(scores)
    if not maps:
        raise ValueError(
            "A heat map needs the record of mig or dci; received records of "
            f"{', '.join(record['metric'] for record in scores) or 'nothing'}. "
            "Measure one of these two."
        )
    return pictures.representation_picture(maps, title, lines).figure()
