"""Orders that nobody pays come to nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime

from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.placing import _expiring
from quartermaster.usecases.ports.gateways import Gateways


def expire_orders(
    gateways: Gateways, now: Callable[[], datetime], workspace: int | None = None
) -> Iterator[Order | Exception]:
    """A quote stands for a day, a wire is waited for thirty. What fails holds up nothing else."""
    for order in queries.expired(now(), workspace):
        try:
            expired = _expiring.expire(gateways, order, now)
        except Exception as failure:
            yield failure
        else:
            if expired is not None:
                yield expired
