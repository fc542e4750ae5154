"""Opens an amount: how it came about, at which price, for which session, from which credit."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core import money
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name, UnknownId
from quartermaster.core.ledger.transfers import IN_WORDS, Fact
from quartermaster.core.periods import Period
from quartermaster.store import sql
from quartermaster.store.ledger import queries as ledger
from quartermaster.store.ledger.queries import PostedTransfer
from quartermaster.store.subscriptions import overages
from quartermaster.store.wallets import lookups as wallets
from quartermaster.store.wallets.lookups import ChargeFacts, LotFacts
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.proof import _seat_months
from quartermaster.usecases.proof._seat_months import ExplainedMonth
from quartermaster.usecases.proof.explain_session import Explanation, explain_session
from quartermaster.usecases.usage._counting import PLAIN_UNITS

__all__ = ["ExplainedAmount", "ExplainedMonth", "explain_amount"]

_DELIVERIES: Final = 1_000
_KINDS: Final[dict[str, int]] = {unit: kind for kind, unit in PLAIN_UNITS.items()}


@dataclass(frozen=True, slots=True)
class ExplainedAmount:
    """A transfer, or a charge, with what it is for. `formula` says in words how it came about;
    `lots` are those that the charge drew on or the transfer moved; `deliveries` are when such
    units came in the quarter of an hour of a charge without session, those of its other charges too
    (the first thousand). `seat_month` is that of seats beyond those that were bought."""

    id: str
    amount_micro: int
    at: datetime
    formula: str
    transfer: PostedTransfer | None = None
    charge: ChargeFacts | None = None
    session: Explanation | None = None
    deliveries: list[datetime] = field(default_factory=list)
    lots: dict[int, LotFacts] = field(default_factory=dict)
    seat_month: ExplainedMonth | None = None


def explain_amount(
    workspace: int, name: str, archive: EventArchive | None = None
) -> ExplainedAmount:
    """Of a charge (`chg_7`), transfer (`trf_9`) or month of seats (`smo_3`) of the workspace.
    Refusals: UnknownId, ArchiveDamaged."""
    kind, number = public_ids.read(name, Name.CHARGE, Name.TRANSFER, Name.SEAT_MONTH)
    with sql.snapshot():
        if kind is Name.CHARGE:
            return _charge(workspace, number, archive)
        if kind is Name.SEAT_MONTH:
            return _seat_month(workspace, number, archive)
        return _transfer(workspace, number, archive)


def _seat_month(workspace: int, number: int, archive: EventArchive | None) -> ExplainedAmount:
    month = overages.get(workspace, number)
    found = _seat_months.explain(month, History(archive))
    amount, settled = month.amount_micro, month.settled_at
    return ExplainedAmount(found.id, amount, settled, found.formula, seat_month=found)


def _charge(workspace: int, number: int, archive: EventArchive | None) -> ExplainedAmount:
    found = wallets.find_charge(workspace, number)
    if found is None:
        raise UnknownId(f"no charge {public_ids.of(Name.CHARGE, number)}", field="id")
    charge = found.charge
    session = None if found.session is None else explain_session(found.session, archive)
    return ExplainedAmount(
        id=public_ids.of(Name.CHARGE, number),
        amount_micro=charge.amount_micro,
        at=charge.at,
        formula=charge.formula,
        charge=found,
        session=session,
        deliveries=[] if session or not charge.quantity else _deliveries(found, History(archive)),
        lots=wallets.lots(workspace, {draw.lot for draw in charge.draws if draw.lot}),
    )


def _deliveries(found: ChargeFacts, history: History) -> list[datetime]:
    slot = Period(found.slot_at, found.slot_at + timedelta(minutes=15))
    kind = _KINDS.get(found.unit)
    if kind is None:
        raise InvariantBroken(f"charge {found.charge.id} of a {found.unit} names no session")
    return history.deliveries(found.bot_id, kind, slot, _DELIVERIES)


def _transfer(workspace: int, number: int, archive: EventArchive | None) -> ExplainedAmount:
    found = ledger.find_transfer(workspace, number)
    if found is None:
        raise UnknownId(f"no transfer {public_ids.of(Name.TRANSFER, number)}", field="id")
    why = None if found.charge is None else _charge(workspace, found.charge, archive)
    month = overages.find_paid(number) if why is None else None
    seats = _seat_months.explain(month, History(archive)) if month else None
    amount = money.shown(found.amount_micro, money.symbol(found.currency))
    words = IN_WORDS[Fact(found.fact)]
    return ExplainedAmount(
        id=public_ids.of(Name.TRANSFER, number),
        amount_micro=found.amount_micro,
        at=found.at,
        formula=f"{amount}: {words}{_reason(found, why, seats)}",
        transfer=found,
        charge=why.charge if why else None,
        session=why.session if why else None,
        deliveries=why.deliveries if why else [],
        lots=_lots(workspace, found, why),
        seat_month=seats,
    )


def _reason(
    found: PostedTransfer, why: ExplainedAmount | None, seats: ExplainedMonth | None
) -> str:
    if seats is not None:
        return f"; {seats.id}: {seats.seats} seats beyond those bought, {seats.formula}"
    if why is None:
        return ""
    whole = abs(why.amount_micro) == found.amount_micro
    return f"; {'' if whole else 'a part of '}{why.formula}"


def _lots(
    workspace: int, found: PostedTransfer, why: ExplainedAmount | None
) -> dict[int, LotFacts]:
    """The lot that a transfer moved, which its charge has named already."""
    if found.lot is None:
        return {}
    if why is not None and found.lot in why.lots:
        return {found.lot: why.lots[found.lot]}
    return wallets.lots(workspace, {found.lot})
