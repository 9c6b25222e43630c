"""Sheets of images, drawn to the pixel."""
