"""What auto-recharge is set to, did, and would do."""

from quartermaster.core.lifecycles.recharge import Cap, Reason
from quartermaster.usecases.orders.recharge.show_recharge import ShownRecharge, show_recharge
from quartermaster.usecases.ports.gateways import Decline, Gateways
from tests.usecases.orders.recharge.saver import HOUR, Saver


def show(saver: Saver) -> ShownRecharge:
    return show_recharge(saver.shop.gateways, saver.shop.bot, saver.shop.at)


def test_where_it_was_never_set(saver: Saver) -> None:
    assert show(saver) == ShownRecharge(None, [], [], why_not=Reason.NOT_ON)


def test_what_it_would_charge_and_why_not(saver: Saver) -> None:
    terms = saver.set(day=Cap(count=1))
    assert show(saver) == ShownRecharge(terms, [terms], [], why_not=Reason.ENOUGH)
    saver.use(60)
    found = show(saver)
    assert (found.next_at, found.next_minor, found.why_not) == (saver.shop.at, 10_000, None)
    saver.shop.provider.next = [Decline.DECLINED]
    saver.run()
    found = show(saver)
    assert (found.why_not, found.next_at) == (Reason.BACK_OFF, saver.shop.at + HOUR)
    assert [one.outcome for one in found.attempts] == ["declined"]
    saver.later(HOUR)
    saver.use(100)
    found = show(saver)
    assert found.why_not is Reason.CAP
    assert [one.outcome for one in found.attempts] == ["succeeded", "declined"]
    saver.off()
    assert show(saver).why_not is Reason.NOT_ON
    assert [one.off_reason for one in show(saver).changes] == ["switched_off", ""]


def test_a_provider_that_is_switched_off(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    found = show_recharge(Gateways(), saver.shop.bot, saver.shop.at)
    assert found.why_not is Reason.NO_METHOD
