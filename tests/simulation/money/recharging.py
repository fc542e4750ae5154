"""Auto-recharge: owners set, change and switch it off, and what it may charge by that."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quartermaster.core.lifecycles.recharge import Cap
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.recharge.set_recharge import Wanted, set_recharge
from quartermaster.usecases.orders.recharge.switch_off_recharge import switch_off_recharge
from tests.fakes.provider import Paid
from tests.simulation.money.world import Act, Said, World

DAYS = (Cap(), Cap(1), Cap(3), Cap(2, 60_000), Cap(None, 50_000))
MONTHS = (Cap(), Cap(2), Cap(5, 200_000), Cap(None, 60_000))
BACK_OFF = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


def switch_on(world: World) -> str:
    """Set, or set otherwise."""
    amount = world.chance.choice((10_000, 10_000, 25_000, 50_000))
    threshold = world.chance.choice((0, 5_000, 20_000, 45_000, 90_000))
    caps = world.chance.choice(DAYS), world.chance.choice(MONTHS)
    wanted = Wanted(world.bot, amount, threshold, "ann", None, *caps)
    _say(world, wanted, lambda: set_recharge(world.gateways, wanted, world.at))
    return f"{amount} below {threshold}, {caps}"


def switch_off(world: World) -> None:
    """By its owner."""
    _say(world, None, lambda: switch_off_recharge(world.bot, world.at, "ann"))


def _say(world: World, wanted: Wanted | None, act: Callable[[], object]) -> None:
    """Done or not: where the power went, nobody but the books can say which."""
    before = billing.find_recharge(world.bot.id)
    try:
        act()
    finally:
        world.power.left = None  # what follows is the notebook's
        if billing.find_recharge(world.bot.id) != before:
            world.given.recharges.setdefault(world.bot.id, []).append(Said(world.at, wanted))


RECHARGING: dict[str, tuple[int, Act]] = {
    "recharge": (4, switch_on),
    "no recharge": (1, switch_off),
}
"""Each with how often it is done."""


def assert_kept(world: World) -> None:
    """What the provider was asked for keeps to what owners said, by the workspace's calendar. An
    attempt is of the day on which it was ordered: what an outage held up is asked for later."""
    orders = {one.public_id: one for one in Order.objects.filter(kind="recharge")}
    zone = ZoneInfo(world.workspace.time_zone)
    for bot in world.bots:
        said = world.given.recharges.get(bot.id, [])
        asked = [
            (order, one)
            for one in world.provider.paid.values()
            if one.request and (order := orders.get(one.request.order)) and order.bot_id == bot.id
        ]
        asked.sort(key=lambda pair: pair[0].id)
        assert len(asked) == len({order.id for order, _ in asked}), "an order is charged once"
        for number, (order, _) in enumerate(asked):
            faults = [_faults(asked[: number + 1], one, zone) for one in _held(said, order)]
            assert any(not fault for fault in faults), (order.public_id, faults)
        _one_by_one(asked, said)


Asked = Sequence[tuple[Order, Paid]]


def _held(said: Sequence[Said], order: Order) -> Iterator[Wanted]:
    """What may have held when it was ordered: of what was said at that instant, all of it."""
    before = [one for one in said if one.at < order.ordered_at]
    for one in [*before[-1:], *(one for one in said if one.at == order.ordered_at)]:
        if one.wanted is not None:
            yield one.wanted


def _faults(asked: Asked, wanted: Wanted, zone: ZoneInfo) -> list[str]:
    """Of the last one, by those before it that were not declined when it was ordered."""
    last, paid = asked[-1]
    taken = [order for order, one in asked[:-1] if one.outcome == "succeeded"] + [last]
    found = [] if last.total_minor % wanted.amount_minor == 0 else ["parts"]
    if paid.outcome == "declined":
        return found
    for form, cap in (("%Y-%m-%d", wanted.day), ("%Y-%m", wanted.month)):
        now = last.ordered_at.astimezone(zone).strftime(form)
        same = [
            one.due_minor for one in taken if one.ordered_at.astimezone(zone).strftime(form) == now
        ]
        if cap.count is not None and len(same) > cap.count:
            found.append(f"{len(same)} in {now}")
        if cap.amount_minor is not None and sum(same) > cap.amount_minor:
            found.append(f"{sum(same)} in {now}")
    return found


def _one_by_one(asked: Asked, said: Sequence[Said]) -> None:
    """None is asked for before the last one has ended, and after declines later and later, until
    it is not asked for any more."""
    declines = 0
    end: datetime | None = None
    for order, paid in asked:
        assert end is None or order.ordered_at >= end, f"{order.public_id}: two in flight"
        is_anew = any(end is None or end <= one.at <= order.ordered_at for one in said)
        declines = 0 if is_anew else declines
        if declines and end is not None:
            assert declines <= len(BACK_OFF), f"{order.public_id}: after the last decline"
            assert order.ordered_at >= end + BACK_OFF[declines - 1], f"{order.public_id}: too soon"
        declines = declines + 1 if paid.outcome == "declined" else 0
        end = paid.ended_at
