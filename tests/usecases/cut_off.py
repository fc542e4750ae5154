"""An act that is cut off, wherever that may be."""

import itertools
from collections.abc import Callable, Iterator

from django.db import connection

from quartermaster.usecases.ports.gateways import Gateways
from tests.simulation.money.faults import Cable, Crash, Power
from tests.usecases.shop import Shop


def everywhere(
    shop: Shop, act: Callable[[Gateways], Callable[[], object]], stride: int = 1
) -> Iterator[bool]:
    """Does it anew each time, cut off a step or more later: before any statement, and on either
    side of whatever the provider is asked. Whether it was; the last time it is done. `act` makes
    ready and gives back what is to be cut off, which pays by the gateways that it gets."""
    power = Power()
    outer = len(connection.savepoint_ids)
    gateways = Gateways((Cable(shop.provider, power, shop.now, outer),), shop.gateway)
    for steps in itertools.count(0, stride):
        ready = act(gateways)
        try:
            with power.failing(steps):
                ready()
        except Crash:
            yield True
        else:
            yield False
            return
