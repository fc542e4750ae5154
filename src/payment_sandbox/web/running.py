"""What this process serves: one folder, with its keys. Set once, before the first request."""

from dataclasses import dataclass

from payment_sandbox.keys import Keys
from payment_sandbox.store.database import Store


@dataclass(frozen=True)
class Running:
    """The store and the keys of the folder."""

    store: Store
    keys: Keys


_running: list[Running] = []


def begin(store: Store, keys: Keys) -> None:
    """From now on."""
    _running[:] = [Running(store, keys)]


def here() -> Running:
    """What is served."""
    return _running[0]
