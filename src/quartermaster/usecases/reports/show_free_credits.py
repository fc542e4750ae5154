"""What the workspace's pool of free credit holds, and until when."""

from dataclasses import dataclass
from datetime import datetime

from quartermaster.store.wallets import lookups, queries
from quartermaster.store.wallets.lookups import LotFacts


@dataclass(frozen=True, slots=True)
class FreeCredits:
    """`left_micro` counts what has not expired; `expires_at` is when the next of it does."""

    left_micro: int
    expires_at: datetime | None
    lots: list[LotFacts]


def show_free_credits(workspace: int, at: datetime) -> FreeCredits:
    """At an instant."""
    lots = lookups.lots_of(workspace, None)
    expiries = [
        lot.expires_at
        for lot in lots
        if lot.remaining_micro and lot.expires_at is not None and lot.expires_at > at
    ]
    return FreeCredits(queries.free_left(workspace, at), min(expiries, default=None), lots)
