"""What several interfaces' tests need."""

from tests.usecases.conftest import committed

__all__ = ["committed"]
