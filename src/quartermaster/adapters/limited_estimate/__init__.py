"""Estimates of strangers' files, each in a process of its own that may take only so much."""
