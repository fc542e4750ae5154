"""Scheduled work, by Procrastinate: each task is one use case call."""
