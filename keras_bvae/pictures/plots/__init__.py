"""Matplotlib plots in the look of the sheets."""
