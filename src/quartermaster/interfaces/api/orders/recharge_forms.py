"""What the API asks and answers about auto-recharge."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import Field

from quartermaster.core import money
from quartermaster.core.lifecycles.recharge import DAILY_COUNT, Cap, Settings
from quartermaster.interfaces.api.questions import Body, Money, Name, Whole
from quartermaster.store.orders import telling
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.credits.preview_recharge import Preview
from quartermaster.usecases.orders.recharge.set_recharge import Wanted
from quartermaster.usecases.orders.recharge.show_recharge import ShownRecharge

Count = Annotated[int, Field(ge=1, le=1_000_000)]
WholeCount = Annotated[Whole, Field(ge=1, le=1_000_000)]


class RechargeAsked(Schema):
    """What auto-recharge is to do: whole amounts of `amount` are charged when the paid credit is
    under `threshold`, with their tax on top. Null is no cap."""

    amount: Money
    threshold: Money = Field(description="The credit to be maintained.")
    day_count: Count | None = Field(DAILY_COUNT, description="Charges a local day.")
    day_amount: Money | None = Field(None, description="Charged a local day, tax included.")
    month_count: Count | None = None
    month_amount: Money | None = Field(None, description="Charged a month, tax included.")

    def caps(self, currency: str) -> tuple[Cap, Cap]:
        """Of a day, and of a month."""
        day_minor = _minor(self.day_amount, currency, "day_amount")
        month_minor = _minor(self.month_amount, currency, "month_amount")
        return Cap(self.day_count, day_minor), Cap(self.month_count, month_minor)

    def settings(self, where: Workspace) -> Settings:
        """As a dry run takes them. AmountTooFine."""
        sums = [
            money.payable_minor(Decimal(amount), where.currency, field)
            for field, amount in (("amount", self.amount), ("threshold", self.threshold))
        ]
        day, month = self.caps(where.currency)
        zone = ZoneInfo(where.time_zone)
        return Settings(sums[0], sums[1], where.currency, zone, None, day, month)


class RechargeIn(RechargeAsked, Body):
    """The same, and which saved way to pay is charged, by its id; by default the workspace's."""

    day_count: WholeCount | None = Field(DAILY_COUNT, description="Charges a local day.")
    month_count: WholeCount | None = None
    method: Name | None = None

    def wanted(self, bot: Bot, by: str) -> Wanted:
        """What a person wants."""
        settings = self.settings(bot.workspace)
        sums = settings.amount_minor, settings.threshold_minor
        return Wanted(bot, *sums, by, self.method, settings.day, settings.month)


class RechargeTermsOut(Schema):
    """What was set at `set_at`. On since `on_at`; null: off, and `off_reason` says why. The amount
    is of credit, without tax; caps are of what is charged, with it."""

    is_on: bool
    on_at: datetime | None
    off_reason: Literal["switched_off", "given_up"] | None
    amount: str
    threshold: str
    method: str
    day_count: int | None
    day_amount: str | None
    month_count: int | None
    month_amount: str | None
    set_at: datetime
    by: str


class RechargeAttemptOut(Schema):
    """A charge, with its tax; `outcome` is null while it is not known."""

    order: str
    payment: str
    amount: str
    outcome: Literal["succeeded", "declined"] | None
    code: str | None
    reason: str
    begun_at: datetime
    known_at: datetime | None


class RechargeOut(Schema):
    """`terms` is null where it was never set. `why_not` is why nothing is charged now, null where
    `next_due` will be within a minute, which is `next_amount` with tax; `next_at` is when it may
    be at the earliest, as far as that is known. The latest `changes` and `attempts`, the latest
    first."""

    bot: str
    bot_name: str
    currency: str
    is_on: bool
    terms: RechargeTermsOut | None
    next_at: datetime | None
    next_amount: str | None
    next_due: str | None
    why_not: (
        Literal[
            "enough",
            "in_flight",
            "back_off",
            "cap",
            "clock_behind",
            "on_account",
            "not_on",
            "no_purchase",
            "no_method",
            "given_up",
        ]
        | None
    )
    attempts: list[RechargeAttemptOut]
    changes: list[RechargeTermsOut]


class RechargeChargeOut(Schema):
    """A charge that would have been: of so much credit, `due` with tax."""

    at: datetime
    amount: str
    due: str


class RechargePreviewOut(Schema):
    """What would have been charged, had every charge succeeded at once; from the first paid credit
    of the bot on, 90 days at most. `total` is without tax, `due` with that of today."""

    start_at: datetime
    end_at: datetime
    currency: str
    charges: list[RechargeChargeOut]
    total: str
    due: str


def preview(found: Preview, currency: str) -> dict[str, Any]:
    """As `RechargePreviewOut` has it."""
    return {
        "start_at": found.span.start,
        "end_at": found.span.end,
        "currency": currency,
        "charges": telling.recharges(found.charges, currency),
        "total": money.exact_minor(found.total_minor, currency),
        "due": money.exact_minor(found.due_minor, currency),
    }


def shown(bot: Bot, found: ShownRecharge) -> dict[str, Any]:
    """As `RechargeOut` has it."""
    return telling.recharge(bot, found.changes, found.attempts) | {
        "next_at": found.next_at,
        "next_amount": telling.amount(found.next_minor, bot.workspace.currency),
        "next_due": telling.amount(found.next_due_minor, bot.workspace.currency),
        "why_not": found.why_not,
    }


def _minor(given: str | None, currency: str, field: str) -> int | None:
    return None if given is None else money.payable_minor(Decimal(given), currency, field)
