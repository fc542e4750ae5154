"""Installations to try: with a database of the tests' server, or with one of their own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, environ, on_the_tests_server


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for an embedded database; its server's user can get there."""
    with tempfile.TemporaryDirectory(prefix="quartermaster-acceptance-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture
def at_home(home: Path) -> Installation:
    """Nothing set but the home."""
    return Installation(environ(QUARTERMASTER_HOME=str(home)))


@pytest.fixture
def bare(home: Path) -> Iterator[Installation]:
    """An empty database on the server of the tests."""
    with on_the_tests_server(home) as installation:
        yield installation


@pytest.fixture
def ours(bare: Installation) -> Installation:
    """The same, migrated."""
    done = bare.run("migrate")
    assert done.returncode == 0, done.stderr
    return bare
