"""What a bot may use of a product, and what is left of it (docs/concepts/entitlements.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from quartermaster.core.catalog.offers import Catalog, Kind, Offer, SeatKind
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.core.usage import products


class SeatPolicy(StrEnum):
    """What becomes of agents beyond the seats that were bought: turned away, or billed."""

    REFUSE = "refuse"
    OVERAGE = "overage"


@dataclass(frozen=True, slots=True)
class Holding:
    """An offer that a bot has, with so many seats in all."""

    offer: Offer
    seats: int = 0
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A live subscription: what it gives until its cycle ends, and what is to follow if that is
    something else."""

    state: State
    is_ending: bool
    cycle_end: datetime
    now: Holding
    following: Holding | None = None

    def holding(self, at: datetime) -> Holding | None:
        """What it gives at an instant, though nobody may have noticed yet that the cycle ended.
        While a renewal is tried again, what was bought goes on."""
        if at < self.cycle_end:
            return self.now
        is_over = self.is_ending and self.state is not State.PAST_DUE
        return None if is_over or self.now.is_trial else self.following or self.now


@dataclass(frozen=True, slots=True)
class Use:
    """How much of each limit a bot uses, and how many seats."""

    limits: Mapping[str, int] = field(default_factory=dict)
    seats: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is sold now (None: nothing), and how the workspace wants seats to be treated."""

    sold: Catalog | None
    policy: SeatPolicy = SeatPolicy.REFUSE
    is_contract: bool = False

    def plans(self, product: str) -> list[Offer]:
        """Those of a product that are sold."""
        offers = self.sold.offers if self.sold else ()
        return [one for one in offers if one.kind is Kind.PLAN and one.product == product]

    @property
    def support(self) -> Holding | None:
        """The support plan of a bot that has bought none, if one is free."""
        return None if self.sold is None else free_support(self.sold)


def free_support(sold: Catalog) -> Holding | None:
    """The lowest support plan that costs nothing. Nobody needs to order it."""
    several = (one for one in sold.offers if one.kind is Kind.SUPPORT)
    return next((Holding(one, 0) for one in several if not any(one.fees.values())), None)


@dataclass(frozen=True, slots=True)
class Limit:
    """`limit` None: nothing limits it, and `left` has no meaning."""

    name: str
    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How much more may be used."""
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether more is in use than is allowed."""
        return self.limit is not None and self.used > self.limit


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature or an add-on; `given_by` is the key of the offer that gives it (None: none)."""

    name: str
    given_by: str | None

    @property
    def is_given(self) -> bool:
        """Whether the bot has it."""
        return self.given_by is not None


@dataclass(frozen=True, slots=True)
class Seats:
    """`kind` None: no plan says how they are counted. `bought` None: they are not limited."""

    kind: SeatKind | None
    bought: int | None
    used: int
    policy: SeatPolicy

    @property
    def left(self) -> int | None:
        """How many more agents have one."""
        return None if self.bought is None else max(0, self.bought - self.used)

    @property
    def is_exceeded(self) -> bool:
        """Whether more are in use than were bought."""
        return self.bought is not None and self.used > self.bought

    @property
    def has_room(self) -> bool:
        """Whether one more agent may have one, bought or billed as overage."""
        return self.left != 0 or self.policy is SeatPolicy.OVERAGE


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Of one product. `plan` is None where the bot has none, `support` where it has none and none
    is free; `seats` where no agents
    work in the product."""

    product: str
    plan: Holding | None
    support: Holding | None
    limits: tuple[Limit, ...]
    features: tuple[Feature, ...]
    add_ons: tuple[Feature, ...]
    seats: Seats | None

    @property
    def by_name(self) -> dict[str, Limit | Feature]:
        """What may be asked for. Of a limit and others of one name the limit is meant, then the
        feature."""
        found: dict[str, Limit | Feature] = {}
        for several in (self.limits, self.features, self.add_ons):
            for one in several:
                found.setdefault(one.name, one)
        return found


def of(product: str, holdings: Iterable[Holding], use: Use, rules: Rules) -> Entitlements:
    """What a bot's holdings give it of a product. Named are the limits, features and add-ons that
    the product's plans have, or those that are sold. Who pays as it goes has no limits, and no
    features either, for these are what plans are bought for."""
    mine = [one for one in holdings if _concerns(one.offer, product)]
    plan = next((one for one in mine if one.offer.kind is Kind.PLAN), None)
    plans = [*rules.plans(product), *(one.offer for one in mine if one is plan)]
    allowed = (plan.offer.limits if plan else None) or {}
    return Entitlements(
        product,
        plan,
        next((one for one in mine if one.offer.kind is Kind.SUPPORT), rules.support),
        tuple(
            Limit(name, allowed.get(name), use.limits.get(name, 0))
            for name in _names((one.limits or {} for one in plans), rules, "limits")
        ),
        tuple(
            Feature(name, _giver(mine, name))
            for name in _names((one.features for one in plans), rules, "features")
        ),
        tuple(_add_ons(product, mine, rules)),
        _seats(product, plan, use.seats, rules),
    )


def _concerns(offer: Offer, product: str) -> bool:
    return offer.kind is Kind.SUPPORT or product in (offer.product, *offer.products)


def _names(several: Iterable[Iterable[str]], rules: Rules, of_what: str) -> list[str]:
    """Each name once, in the catalog's order; what it no longer has comes last."""
    order = list(getattr(rules.sold, of_what) if rules.sold else ())
    found = dict.fromkeys(name for names in several for name in names)
    return sorted(found, key=lambda name: order.index(name) if name in order else len(order))


def _giver(mine: Sequence[Holding], feature: str) -> str | None:
    return next((one.offer.key for one in mine if feature in one.offer.features), None)


def _add_ons(product: str, mine: Sequence[Holding], rules: Rules) -> Iterator[Feature]:
    has = {one.offer.name: one.offer.key for one in mine if one.offer.kind is Kind.ADD_ON}
    offers = rules.sold.offers if rules.sold else ()
    sold = (one for one in offers if one.kind is Kind.ADD_ON and _concerns(one, product))
    for name in dict.fromkeys([*(one.name for one in sold), *has]):
        yield Feature(name, has.get(name))


def _seats(product: str, plan: Holding | None, used: int, rules: Rules) -> Seats | None:
    """Seats are a right that is bought: who has none has none, where plans with seats are sold.
    Overage is billed only at a price that the plan has, and a trial is free."""
    if not products.has_agents(product):
        return None
    price = plan.offer.seats if plan else None
    if plan is None or price is None:
        is_sold = any(one.seats for one in rules.plans(product))
        bought = 0 if is_sold and not rules.is_contract else None
        return Seats(None, bought, used, SeatPolicy.REFUSE)
    trial = plan.offer.trial if plan.is_trial else None
    bought = None if trial is not None and trial.seats is None else plan.seats
    can_bill = price.overage is not None and not plan.is_trial
    return Seats(price.kind, bought, used, rules.policy if can_bill else SeatPolicy.REFUSE)


class SeatStatus(StrEnum):
    """Why an agent may log in or not."""

    UNLIMITED = "unlimited"
    SEATED = "seated"
    SEAT_LEFT = "seat_left"
    OVERAGE = "overage"
    NOT_ASSIGNED = "not_assigned"
    NO_SEAT_LEFT = "no_seat_left"
    NO_SEATS = "no_seats"


@dataclass(frozen=True, slots=True)
class SeatAnswer:
    """Whether an agent may log in, and the seats with this agent counted if so."""

    status: SeatStatus
    seats: Seats

    @property
    def may_log_in(self) -> bool:
        """Yes or no."""
        return self.status in _YES

    @property
    def reason(self) -> str:
        """In words."""
        return _REASONS[self.status]


_YES = frozenset(
    {SeatStatus.UNLIMITED, SeatStatus.SEATED, SeatStatus.SEAT_LEFT, SeatStatus.OVERAGE}
)
_REASONS = {
    SeatStatus.UNLIMITED: "seats are not limited",
    SeatStatus.SEATED: "the agent has a seat",
    SeatStatus.SEAT_LEFT: "a seat is left, and kept for the agent",
    SeatStatus.OVERAGE: "all seats are taken, one more is billed as overage",
    SeatStatus.NOT_ASSIGNED: "no seat is assigned to the agent",
    SeatStatus.NO_SEAT_LEFT: "all seats are taken",
    SeatStatus.NO_SEATS: "the bot has no seats of this product",
}


def check(seats: Seats, is_seated: bool) -> SeatAnswer:
    """May an agent log in? `is_seated`: one is assigned to the agent or, where seats are
    concurrent, the agent is there or on the way already, and counted."""
    if is_seated:
        return SeatAnswer(SeatStatus.SEATED, seats)
    if seats.kind is SeatKind.NAMED and seats.bought is not None:
        return SeatAnswer(SeatStatus.NOT_ASSIGNED, seats)
    if not seats.has_room:
        return SeatAnswer(SeatStatus.NO_SEAT_LEFT if seats.bought else SeatStatus.NO_SEATS, seats)
    status = SeatStatus.SEAT_LEFT if seats.left else SeatStatus.OVERAGE
    if seats.bought is None:
        status = SeatStatus.UNLIMITED
    return SeatAnswer(status, replace(seats, used=seats.used + 1))
