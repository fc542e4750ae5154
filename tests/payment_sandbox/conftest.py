"""One sandbox for all tests; those that restart it or break it have their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import sandbox
from tests.fakes.sandbox import Sandbox


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A process on a loopback port."""
    folder: Path = tmp_path_factory.mktemp("sandbox") / "folder"
    with sandbox.running(folder) as one:
        yield one
