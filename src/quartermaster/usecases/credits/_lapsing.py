"""What is left in a lot at its expiry leaves the books."""

import uuid
from datetime import datetime
from typing import Final

from quartermaster.core.ledger import postings
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.wallets import operations as wallets

_KEYS: Final = uuid.UUID("0b8cf9a4-25f5-4c39-8d19-52a8b1f2f0a7")


def lapse_due(workspace: int, at: datetime) -> list[int]:
    """Lapses what has expired by `at`, in the caller's transaction and under the workspace's lock;
    the lots. A lot may lapse again if credit was given back to it."""
    lapsed = wallets.lapse_lots(workspace, at)
    ledger.post(
        workspace,
        [postings.credits_lapsed(one.source, one.amount_micro, one.lot, one.bot) for one in lapsed],
        [uuid.uuid5(_KEYS, f"lot {one.lot} from {one.lapsed_before}") for one in lapsed],
        at,
    )
    return [one.lot for one in lapsed]
