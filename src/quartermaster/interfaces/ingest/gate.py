"""`GET /v1/bots/{bot}/gate` as an ASGI callable: one statement, and the rule of the core.

The use case `check_gates` says the same to the pages, by the same rule.
"""

import re
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final, LiteralString, cast

import msgspec

from quartermaster.core.ledger import status
from quartermaster.core.ledger.status import Balance
from quartermaster.interfaces.ingest import reading
from quartermaster.interfaces.ingest.answers import Answer, Scope
from quartermaster.interfaces.ingest.reading import Reader

PATH: Final = re.compile(r"/v1/bots/([^/\0]+)/gate")
"""The address, unquoted. PostgreSQL has no text with NUL, so nothing has such a name."""
_FIND_STANDING: Final[LiteralString] = (
    resources.files(__package__).joinpath("sql", "find_standing.sql").read_text()
)


class Gate(Reader):
    """Says whether a bot may serve."""

    async def _answer(self, scope: Scope, headers: Mapping[bytes, str]) -> Answer:
        named = cast("re.Match[str]", PATH.fullmatch(scope["path"]))[1]
        bot, *figures = await self._row(_FIND_STANDING, headers, bot=named, at=self._now())
        if bot is None:
            raise reading.no_bot(named)
        gate = status.gate(_balance(*figures))
        fields = {name: getattr(gate, name) for name in gate.__dataclass_fields__}
        return Answer(200, msgspec.json.encode({"bot": bot, **fields}))


def _balance(
    is_contract: Any, is_free_first: Any, paid: Any, free: Any, spent_per_day: Any, price: Any
) -> Balance:
    return Balance(
        paid_micro=paid,
        free_micro=free,
        session_price=price,
        spent_per_day_micro=spent_per_day,
        low_balance_micro=status.LOW_BALANCE_MICRO,
        is_contract=is_contract,
        is_free_first=is_free_first,
    )
