"""One installation for all faults, and who sends to it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.faults.site import Client, Site, opened


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """An installation whose database may be done anything to."""
    with (
        tempfile.TemporaryDirectory(prefix="quartermaster-acceptance-") as folder,
        opened(Path(folder)) as found,
    ):
        yield found


@pytest.fixture(scope="package")
def client(site: Site) -> Client:
    """Whoever takes what it sends sets `up`."""
    return Client(site)
