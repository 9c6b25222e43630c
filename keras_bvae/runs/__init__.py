"""Whole trainings: settings, folders, checkpoints on the way, going on."""
