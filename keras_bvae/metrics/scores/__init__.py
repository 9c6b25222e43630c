"""The published scores, a file each."""
