"""Animations: GIF, WebP and MP4."""
