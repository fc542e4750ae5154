"""A shell for tests of commands."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.interfaces.cli.shell import Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """As quiet as a command is."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    yield Shell(monkeypatch)
    structlog.reset_defaults()
