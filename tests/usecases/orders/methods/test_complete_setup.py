"""What came of saving a way to pay."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from quartermaster.store.billing import operations, queries
from quartermaster.store.billing.models import MethodSetup, PaymentMethod
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import Shop

SOON, DAY = timedelta(minutes=5), timedelta(days=1)


def outcome() -> tuple[str | None, str]:
    setup = MethodSetup.objects.latest("id")
    return setup.outcome, setup.reason


def test_the_first_is_the_default(shop: Shop) -> None:
    card, paypal = shop.save(), shop.save("paypal")
    assert (card.is_default, card.label, card.last_four) == (True, "Visa 4242", "4242")
    assert (paypal.is_default, paypal.label) == (False, "buyer@example.com")
    assert (card.added_by, card.added_at) == ("ann", shop.at)
    assert outcome() == ("succeeded", "")


def test_once_however_often(shop: Shop) -> None:
    shop.save()
    setup = MethodSetup.objects.get()
    for _ in range(2):
        complete_setup(shop.gateways, setup, shop.now)
        shop.notify()
    assert PaymentMethod.objects.count() == 1


def test_a_card_that_was_renewed_is_the_same_with_another_last_day(shop: Shop) -> None:
    card = shop.save()
    setup = shop.begin_setup()
    shop.provider.pay(setup.reference)
    renewed = replace(shop.provider.saved[card.token], expires_date=date(2032, 2, 29))
    shop.provider.paid[setup.reference].method = renewed
    assert complete_setup(shop.gateways, setup, shop.now).method == card
    card.refresh_from_db()
    assert (card.expires_date, card.is_default, card.removed_at) == (date(2032, 2, 29), True, None)


def test_whoever_turns_back_has_saved_nothing(shop: Shop) -> None:
    setup = shop.begin_setup()
    assert complete_setup(shop.gateways, setup, shop.now).outcome is None
    shop.provider.turn_back(setup.reference)
    assert complete_setup(shop.gateways, setup, shop.now).method is None
    assert outcome() == ("declined", "not confirmed")


def test_the_job_asks_and_gives_up_after_a_day(shop: Shop) -> None:
    saved = shop.begin_setup()
    shop.provider.pay(saved.reference)
    shop.run_due(shop.at + SOON)
    assert outcome() == ("succeeded", "")
    operations.note_page(shop.begin_setup(), "", "")
    shop.begin_setup("paypal")
    shop.run_due(shop.at + DAY)
    assert outcome() == (None, "")
    shop.run_due(shop.at + SOON)
    assert queries.setups_in_flight(shop.at) == []
    assert outcome() == ("declined", "nothing was saved within a day")


def test_with_a_provider_that_is_switched_off_it_is_not_known(shop: Shop) -> None:
    assert complete_setup(Gateways(), shop.begin_setup(), shop.now).outcome is None


def test_back_from_the_page_and_told_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    setup = shop.begin_setup()
    shop.provider.pay(setup.reference)
    back = partial(complete_setup, shop.gateways, setup, shop.now)
    again = partial(shop.begin_setup, key=setup.idempotency_key)
    at_once(back, shop.notify, again, back)
    assert PaymentMethod.objects.count() == 1
    assert outcome()[0] == "succeeded"
