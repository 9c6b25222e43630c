"""A model and a data set, or a run's history, in; a Matplotlib figure out."""

__all__ = []
