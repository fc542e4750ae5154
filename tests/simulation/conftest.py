"""Commits are real here."""

from tests.usecases.conftest import committed

__all__ = ["committed"]
