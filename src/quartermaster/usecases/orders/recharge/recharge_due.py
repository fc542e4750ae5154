"""All wallets under their threshold are recharged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Order
from quartermaster.store.people import queries as people
from quartermaster.usecases.orders.recharge.recharge_wallet import recharge_wallet
from quartermaster.usecases.ports.gateways import Gateways


@dataclass(frozen=True, slots=True)
class Recharged:
    """A bot, by its public id, and the order that was made for it; or what went wrong."""

    bot: str
    order: Order | None
    failure: Exception | None = None


def recharge_due(
    gateways: Gateways, now: Callable[[], datetime], workspace: int | None = None
) -> Iterator[Recharged]:
    """Those of a workspace or, None, of all whose clock goes with the world's; those for which
    nothing was due are left out. What fails holds up nothing else."""
    for bot in people.bots_by_id(recharges.under_threshold(workspace)):
        try:
            order = recharge_wallet(gateways, bot, now)
        except Exception as failure:
            yield Recharged(bot.public_id, None, failure)
        else:
            if order is not None:
                yield Recharged(bot.public_id, order)
