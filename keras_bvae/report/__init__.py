"""All about a run, or a checkpoint, in one HTML file that needs nothing else."""

from keras_bvae.report.writing import write_report

__all__ = ["write_report"]
