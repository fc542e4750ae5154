"""Installations to try: with a database of the tests' server, or with one of their own."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.acceptance.installation import Installation, environ


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
    server, name = os.environ["DATABASE_URL"], f"acceptance_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        yield Installation(
            environ(QUARTERMASTER_HOME=str(home), DATABASE_URL=make_conninfo(server, dbname=name))
        )
        connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def ours(bare: Installation) -> Installation:
    """The same, migrated."""
    done = bare.run("migrate")
    assert done.returncode == 0, done.stderr
    return bare
