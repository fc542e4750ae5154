"""Works out all seat peaks from the stored log-ins and compares with those that stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from quartermaster.core import periods
from quartermaster.store.metering import queries
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage import _presence
from quartermaster.usecases.usage._changes import HOUR_MICROS, SLOT_MICROS

CHECK: Final = "seat_peaks_follow_from_logins"


def differences(history: History) -> Iterator[Finding]:
    """A finding for each hour of a bot, and each quarter of one of a workspace, whose stored peak
    is not that of its log-ins."""
    for bot, public_id, product in queries.agent_products():
        found = _Peaks(public_id, product, queries.seat_peaks(bot, product), HOUR_MICROS)
        yield from found.differences([bot], history)
    for workspace, public_id, product in queries.agent_workspaces():
        bots = queries.agent_bots(workspace, product)
        found = _Peaks(public_id, product, queries.agent_peaks(workspace, product), SLOT_MICROS)
        yield from found.differences(bots, history)


@dataclass(frozen=True, slots=True)
class _Peaks:
    name: str
    product: str
    there: dict[int, int]
    step: int

    def differences(self, bots: list[int], history: History) -> Iterator[Finding]:
        logins = history.logins(bots, self.product, queries.EVER).logins
        expected = _presence.present(logins, _presence.span(logins), self.step)
        for at in sorted({*expected, *self.there}):
            if expected.get(at, 0) != self.there.get(at, 0):
                yield Finding(
                    CHECK,
                    self.name,
                    f"{self.product} at {periods.from_micros(at)}: the peak stored is "
                    f"{self.there.get(at, 0)}, log-ins make {expected.get(at, 0)}",
                )
