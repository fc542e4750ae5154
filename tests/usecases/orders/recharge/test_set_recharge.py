"""The owner switches auto-recharge on."""

import pytest
from django.db import IntegrityError, transaction

from quartermaster.core.lifecycles.recharge import BadRecharge, Cap
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.orders.models import Order
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders._ways import MethodNotTaken
from quartermaster.usecases.orders.methods._removing import MethodNeeded
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.recharge.set_recharge import Wanted, set_recharge
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.usecases.orders.recharge.saver import HOUR, Saver
from tests.usecases.shop import Shop


def test_it_is_on_from_then_on_with_the_default_method(saver: Saver) -> None:
    made = saver.set()
    assert (made.on_at, made.by, made.method, made.day_count) == (
        saver.shop.at,
        "ann",
        saver.method,
        3,
    )
    assert queries.find_recharge(saver.shop.bot.id) == made


def test_the_same_again_changes_nothing_and_every_change_is_kept(saver: Saver) -> None:
    first = saver.set()
    saver.shop.at += HOUR
    assert saver.set() == first
    second = saver.set(6_000)
    assert (second.on_at, second.threshold_minor) == (saver.shop.at, 6_000)
    saver.off()
    third = saver.set(6_000)
    kept = list(queries.recharges_of(saver.shop.bot.id))
    assert [one.on_at is not None for one in kept] == [True, False, True, True]
    assert kept[0] == third


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_minor": 9_999}, "amount"),
        ({"amount_minor": 2_000_001}, "amount"),
        ({"threshold_minor": -1}, "threshold"),
        ({"day": Cap(count=0)}, "day_count"),
        ({"day": Cap(amount_minor=9_999)}, "day_amount"),
        ({"month": Cap(count=0)}, "month_count"),
        ({"month": Cap(amount_minor=9_999)}, "month_amount"),
    ],
)
def test_what_cannot_be_is_refused(saver: Saver, changes: dict[str, int], field: str) -> None:
    with pytest.raises(BadRecharge) as no:
        saver.set(**changes)
    assert no.value.field == field
    assert not RechargeTerms.objects.exists()


def test_not_before_something_was_bought(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.save()
    shop.fund()
    with pytest.raises(BadRecharge) as no:
        set_recharge(shop.gateways, Wanted(shop.bot, 10_000, 5_000, "ann"), shop.at)
    assert no.value.field == "bot"


def test_never_with_a_wire(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = choose_wire(shop.gateways, shop.fund().id, shop.now)
    assert Order.objects.get(id=order.id).state == "pending_clearance"
    with pytest.raises(BadRecharge) as no:
        set_recharge(shop.gateways, Wanted(shop.bot, 10_000, 5_000, "ann"), shop.at)
    assert no.value.field == "method"


def test_a_method_of_the_workspace_whose_provider_is_there(saver: Saver) -> None:
    other = saver.shop.save("paypal")
    assert saver.set(method=other.public_id).method == other
    with pytest.raises(NotFound):
        saver.set(method="pm_unknown")
    wanted = Wanted(saver.shop.bot, 10_000, 6_000, "ann")
    with pytest.raises(MethodNotTaken):
        set_recharge(Gateways(), wanted, saver.shop.at)


def test_its_method_stays_while_it_needs_it(saver: Saver) -> None:
    saver.set(method=saver.method.public_id)
    shop = saver.shop
    with pytest.raises(MethodNeeded, match="auto-recharge of helpdesk"):
        remove_method(shop.gateways, shop.bot.workspace, saver.method.public_id, shop.now)
    saver.off()
    remove_method(shop.gateways, shop.bot.workspace, saver.method.public_id, shop.now)


def test_nothing_but_a_person_switches_it_on(saver: Saver) -> None:
    for nobody in ("quartermaster", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            saver.set(by=nobody)


def test_what_was_set_is_never_changed(saver: Saver) -> None:
    saver.set()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        RechargeTerms.objects.update(amount_minor=1)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        RechargeTerms.objects.all().delete()
