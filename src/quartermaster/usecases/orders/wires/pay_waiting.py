"""Wires that could not pay their orders when they came are tried again."""

from collections.abc import Iterator

from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.wires import _matching
from quartermaster.usecases.ports import Clock
from quartermaster.usecases.ports.gateways import Gateways


def pay_waiting(gateways: Gateways, clock: Clock) -> Iterator[Order | Exception]:
    """The orders that are paid now. An exact entry waits while the page that is open for its order
    cannot be closed, or another payment of it is in flight; nothing tells it when that is over.
    What fails holds up nothing else."""
    return _matching.pay_exact(gateways, clock)
