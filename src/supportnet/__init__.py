"""Measure social support in online messages."""
