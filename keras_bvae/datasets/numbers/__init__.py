"""Data that are no images: tables, series, volumes."""
