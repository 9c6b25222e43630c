"""The engine under every train step, checkpoints, and whole training runs."""
