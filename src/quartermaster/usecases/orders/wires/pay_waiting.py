"""Wires that could not pay their orders when they came are tried again."""

from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.wires import _matching
from quartermaster.usecases.ports import Clock


def pay_waiting(clock: Clock) -> list[Order]:
    """The orders that are paid now. While another payment of its order is in flight, an exact entry
    waits; nothing tells it when that has come to nothing."""
    return _matching.pay_exact(clock)
