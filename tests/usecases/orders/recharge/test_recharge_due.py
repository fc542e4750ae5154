"""All wallets under their threshold are recharged."""

from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.recharge import Cap
from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Order
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.credits.preview_recharge import preview_recharge
from quartermaster.usecases.orders import _recharging
from quartermaster.usecases.orders.recharge.recharge_due import recharge_due
from quartermaster.usecases.ports.gateways import PaymentAnswer, PaymentRequest, SavedMethod
from tests import books
from tests.books import NOW, assert_books_hold
from tests.fakes.provider import Provider
from tests.usecases.orders.recharge.saver import DAY, HOUR, Saver


class Choosy(Provider):
    """Breaks down over one workspace, which is no answer at all."""

    shunned = ""

    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        if request.workspace == self.shunned:
            raise RuntimeError("broken")
        return super().charge(request, method)


def opened(provider: Provider | None = None, is_test: bool = False) -> Saver:
    made = books.open_books("helpdesk", price="1", free_micro=0, is_test=is_test)
    return Saver.opened(made, provider=provider)


def low(provider: Provider | None = None, is_test: bool = False) -> Saver:
    """Under its threshold."""
    saver = opened(provider, is_test)
    saver.set()
    saver.use(60)
    return saver


def test_those_that_are_low_are_found(db: None) -> None:
    provider = Provider()
    several = [low(provider) for _ in range(3)]
    opened(provider).set()
    several[1].off()
    assert recharges.under_threshold() == [several[place].shop.bot.id for place in (0, 2)]
    provider.hesitates = True
    several[0].run()
    assert recharges.under_threshold() == [], "what is in flight is left alone"


def test_what_fails_holds_up_nothing_else(db: None) -> None:
    provider = Choosy()
    first, second = low(provider), low(provider)
    provider.shunned = first.shop.books.workspace.public_id
    failed, done = recharge_due(first.shop.gateways, first.shop.now)
    assert isinstance(failed.failure, RuntimeError)
    assert (failed.bot, done.bot) == (first.shop.bot.public_id, second.shop.bot.public_id)
    assert (first.paid_dollars, second.paid_dollars) == (40, 140)
    provider.shunned = ""
    first.shop.run_due(NOW + HOUR)
    assert first.paid_dollars == 140
    assert_books_hold()


def test_a_clock_that_stands_is_left_alone(db: None) -> None:
    saver = low(is_test=True)
    freeze_clock(saver.shop.books.workspace, NOW)
    assert saver.run() == []
    mine = saver.shop.books.workspace.id
    (done,) = recharge_due(saver.shop.gateways, saver.shop.now, mine)
    assert done.order is not None
    assert done.order.state == "fulfilled"


@pytest.mark.parametrize("caps", [Cap(), Cap(count=1), Cap(count=3), Cap(amount_minor=25_000)])
def test_it_does_what_the_dry_run_says(db: None, caps: Cap) -> None:
    """Two bots with the same usage, of which one is recharged; both are rehearsed."""
    provider = Provider()
    live, dry = opened(provider), opened(provider)
    live.set(15_000, day=caps)
    for hours, sessions in enumerate((0, 30, 70, 5, 0, 120, 90, 1, 0, 0, 200, 3)):
        for saver in (live, dry):
            saver.shop.at = NOW + hours * 5 * HOUR
            saver.use(sessions)
        live.run()
        assert live.run() == [], "one charge closes the gap"
    terms = _recharging.settings_now(live.set(15_000, day=caps))
    end = dry.shop.at + timedelta(microseconds=1)
    done = Order.objects.filter(kind="recharge").order_by("id")
    for bot in (dry.shop.bot, live.shop.bot):
        told = preview_recharge(bot, terms, end)
        assert [one.total_minor for one in done] == [one.amount_minor for one in told.charges]
    assert end - NOW > 2 * DAY
    assert_books_hold()


def test_what_came_back_of_a_recharge_is_not_rehearsed(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.run()
    order = Order.objects.get(kind="recharge")
    saver.shop.at += HOUR
    saver.shop.refund(order, 10_000)
    terms = _recharging.settings_now(saver.set(5_000))
    told = preview_recharge(saver.shop.bot, terms, saver.shop.at + HOUR)
    assert [one.begun_at for one in told.charges] == [order.ordered_at]
