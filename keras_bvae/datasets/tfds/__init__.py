"""Data sets that TensorFlow Datasets built."""
