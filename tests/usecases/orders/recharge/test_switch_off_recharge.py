"""Somebody switches auto-recharge off."""

import pytest

from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.people.queries import NotFound
from tests.books import assert_books_hold
from tests.usecases.orders.recharge.saver import HOUR, Saver


def test_nothing_is_charged_from_then_on(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    off = saver.off()
    assert (off.on_at, off.off_reason, off.by) == (None, "switched_off", "ann")
    assert saver.run() == []
    saver.shop.at += HOUR
    assert saver.off() == off
    assert RechargeTerms.objects.count() == 2


def test_what_is_in_flight_is_still_settled(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.hesitates = True
    assert saver.run() == [("awaiting_payment", 10_000)]
    saver.off()
    saver.shop.provider.settle()
    saver.shop.run_due(saver.shop.at + HOUR)
    assert saver.paid_dollars == 140
    assert_books_hold()


def test_switched_off_and_on_there_is_still_only_one(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.hesitates = True
    saver.run()
    saver.shop.at += HOUR
    saver.off()
    saver.set()
    assert saver.run() == []
    assert_books_hold()


def test_who_waited_for_the_lock_comes_after_what_was_begun_meanwhile(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    before = saver.shop.at
    saver.later(HOUR)
    saver.shop.at = before
    assert saver.off().set_at == before + HOUR
    assert_books_hold()


def test_where_it_was_never_set(saver: Saver) -> None:
    with pytest.raises(NotFound):
        saver.off()
