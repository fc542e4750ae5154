"""What the API answers, typed (docs/reference/api.md). Amounts are exact decimals."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Refused(Struct, frozen=True):
    """An event that was not accepted; `index` is its place in what was sent."""

    index: int
    id: str | None
    code: str
    reason: str
    field: str | None


class Sent(Struct, frozen=True):
    """What became of the events of one request."""

    request_id: str
    accepted: list[str]
    rejected: list[Refused]


class Gate(Struct, frozen=True):
    """Whether a bot may begin a conversation. Null: credit is no limit, or nothing was spent."""

    bot: str
    may_serve: bool
    status: str
    reason: str
    pays_from: str | None
    sessions_left: int | None
    days_left: Decimal | None


class Period(Struct, frozen=True):
    """Includes its start and excludes its end."""

    start: datetime
    end: datetime


class Quantities(Struct, frozen=True):
    """How many of each unit."""

    billing_sessions: int
    voice_sessions: int
    api_sessions: int
    alerts: int
    notifications: int


class Credits(Struct, frozen=True):
    """Credit that paid."""

    paid: Decimal
    free: Decimal


class Totals(Struct, frozen=True, kw_only=True):
    """Sums; `agents` is the most at one instant, None where it has no meaning."""

    quantities: Quantities
    agents: int | None
    credits: Credits


class Used(Totals, frozen=True, kw_only=True):
    """What one group used."""

    group: str


class Previous(Struct, frozen=True):
    """The time before, as much of it as of the period has passed."""

    period: Period
    totals: Totals
    rows: list[Used]


class Usage(Struct, frozen=True):
    """Rows in the order of time, or the most charged group first."""

    period: Period
    time_zone: str
    by: str
    currency: str
    totals: Totals
    rows: list[Used]
    previous: Previous


class Peak(Struct, frozen=True):
    """The most agents at one instant of a step."""

    group: str
    agents: int


class Seats(Struct, frozen=True):
    """`concurrent` allows for the tolerance, `peak` does not."""

    product: str
    period: Period
    time_zone: str
    by: str
    concurrent: int
    named: int
    peak: int
    peak_start_at: datetime | None
    peak_end_at: datetime | None
    agents: list[str]
    peaks: list[Peak]


class Session(Struct, frozen=True):
    """A session with its charge; `charge_id` is None where it cost nothing."""

    id: str
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    conversation: str | None
    conversation_start_at: datetime | None
    conversation_end_at: datetime | None
    start_at: datetime
    end_at: datetime
    charge_id: str | None
    charge: Decimal
    paid: Decimal
    free: Decimal
    currency: str
    paid_by: str


class Conversation(Struct, frozen=True):
    """All but `id` is None where late events gave it another start."""

    id: str | None
    start_at: datetime | None
    end_at: datetime | None
    anchor_at: datetime | None
    messages: int | None


class Message(Struct, frozen=True):
    """A message, or a control, which has no sender."""

    at: datetime
    type: str
    sender: str | None
    channel: str | None


class Price(Struct, frozen=True):
    """A version of a price, per unit."""

    id: str
    amount: Decimal
    from_at: datetime


class PlanMonth(Struct, frozen=True):
    """A plan's price for the units of a month (or of a trial) together: the version that holds, and
    how many units there had been before this charge."""

    version: str
    title: str
    price: str
    month_from_at: datetime
    is_trial: bool
    position: int


class Draw(Struct, frozen=True):
    """Credit that a transfer moved; below zero it was given back."""

    transfer: str
    source: str
    lot: str | None
    amount: Decimal


class Charge(Struct, frozen=True):
    """A charge, or (below zero) what takes one back; of no units, what others of a plan's month
    cost more or less since. Priced by a price version, or else by a plan."""

    id: str
    quantity: int
    amount: Decimal
    currency: str
    at: datetime
    formula: str
    price: Price | None
    plan: PlanMonth | None
    draws: list[Draw]


class Touched(Struct, frozen=True):
    """A session that a correction made, or else took back."""

    id: str
    start_at: datetime
    unit: str
    is_new: bool


class Recut(Struct, frozen=True):
    """Late events had sessions from `from_at` on worked out again. `before` and `after` count those
    that stayed as they were, too, from the start of the conversation on; `sessions` lists the
    others."""

    at: datetime
    from_at: datetime
    before: int
    after: int
    sessions: list[Touched]


class ExplainedSession(Struct, frozen=True):
    """A session and what it is made of."""

    id: str
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    start_at: datetime
    end_at: datetime
    made_at: datetime | None
    withdrawn_at: datetime | None
    conversation: Conversation
    messages: list[Message]
    charges: list[Charge]
    recuts: list[Recut]


class Lot(Struct, frozen=True):
    """Credit that came at once; `bot` is None for free credit."""

    id: str
    source: str
    bot: str | None
    granted: Decimal
    remaining: Decimal
    used: Decimal
    lapsed: Decimal
    settled: Decimal
    expires_at: datetime | None
    granted_at: datetime


class Wallet(Struct, frozen=True):
    """What a bot can draw on. None: credit is no limit, or nothing was spent."""

    bot: str
    bot_name: str
    currency: str
    paid: Decimal
    free: Decimal
    status: str
    may_serve: bool
    reason: str
    pays_from: str | None
    sessions_left: int | None
    days_left: Decimal | None
    session_price: Decimal
    spent_per_day: Decimal
    lots: list[Lot]


class FreeCredits(Struct, frozen=True):
    """The workspace's pool."""

    currency: str
    left: Decimal
    expires_at: datetime | None
    lots: list[Lot]


class Transfer(Struct, frozen=True):
    """An amount that moved from one account to another."""

    id: str
    fact: str
    debit: str
    credit: str
    bot: str | None
    bot_name: str | None
    amount: Decimal
    currency: str
    lot: str | None
    charge: str | None
    at: datetime


class ChargedFor(Struct, frozen=True):
    """A charge and what it is for; `session` is None for units of a quarter of an hour."""

    session: str | None
    bot: str
    bot_name: str
    unit: str
    slot_at: datetime
    charge: Charge


class SeatCharge(Struct, frozen=True):
    """What was drawn for a month of seats or, below zero, given back."""

    seats: int
    amount: Decimal
    at: datetime


class SeatMonth(Struct, frozen=True):
    """A plan's month with seats beyond those that were bought; `agents` were there when it was
    first so many."""

    id: str
    bot: str
    bot_name: str
    product: str
    from_at: datetime
    to_at: datetime
    kind: str
    bought: int | None
    seats: int
    price: Decimal
    first_at: datetime | None
    agents: list[str]
    formula: str
    amount: Decimal
    is_late: bool
    settled_at: datetime
    charges: list[SeatCharge]


class ExplainedAmount(Struct, frozen=True):
    """An amount and what it comes from: `formula` says it in words. `deliveries` are when the units
    of a charge without session came, the first thousand of its quarter of an hour."""

    id: str
    amount: Decimal
    currency: str
    at: datetime
    formula: str
    transfer: Transfer | None
    charge: ChargedFor | None
    session: ExplainedSession | None
    deliveries: list[datetime]
    lots: list[Lot]
    seat_month: SeatMonth | None


class SessionPage(Struct, frozen=True):
    """Sessions, and where the next ones begin."""

    sessions: list[Session]
    next_cursor: str | None


class TransferPage(Struct, frozen=True):
    """Transfers, and where the next ones begin."""

    transfers: list[Transfer]
    next_cursor: str | None
