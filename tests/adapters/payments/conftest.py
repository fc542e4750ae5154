"""Every gateway with a provider behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from quartermaster.core.lifecycles.methods import MethodKind
from tests.adapters.payments import memory_driver, paypal_driver, sandbox_driver, stripe_driver
from tests.adapters.payments.driver import Driver
from tests.fakes import sandbox

STARTS = {
    "memory": memory_driver.start,
    "stripe": stripe_driver.start,
    "paypal": paypal_driver.start,
}
SANDBOXES = {"sandbox-card": MethodKind.CARD, "sandbox-paypal": MethodKind.PAYPAL}


@pytest.fixture(scope="package")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sandbox.Sandbox]:
    """The sandbox, as a process on a loopback port."""
    folder: Path = tmp_path_factory.mktemp("sandbox") / "folder"
    with sandbox.running(folder) as one:
        yield one


@pytest.fixture(params=[*STARTS, *SANDBOXES])
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One after the other."""
    if start := STARTS.get(request.param):
        with start() as stub:
            yield stub
    else:
        kind, one = SANDBOXES[request.param], request.getfixturevalue("provider")
        with sandbox_driver.start(kind, one) as process:
            yield process
