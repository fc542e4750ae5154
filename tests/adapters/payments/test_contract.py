"""What every gateway keeps to that has a provider behind it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Decline,
    NoticeKind,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    SavedMethod,
    Unavailable,
)
from tests.adapters.payments.driver import Delivery, Driver, PageClosed

REQUEST = PaymentRequest("pay_1", "ord_1", "ws_7", 6_000, "USD", "Advanced, monthly")
BACK = "https://usage.example.com/orders/ord_1"


def page_for(driver: Driver, *, is_saved: bool = False, payer: str = "") -> PageRequest:
    return PageRequest(driver.kind, BACK, is_saved, payer)


def opened(driver: Driver, request: PaymentRequest = REQUEST) -> Page:
    return driver.gateway.open(request, page_for(driver))


def paid(driver: Driver, request: PaymentRequest = REQUEST) -> str:
    page = opened(driver, request)
    driver.confirm(page)
    assert driver.gateway.look_up(page.reference).outcome is Outcome.SUCCEEDED
    return page.reference


def saved(driver: Driver) -> SavedMethod:
    page = driver.gateway.open_setup("set_1", "ws_7", page_for(driver))
    driver.confirm(page)
    method = driver.gateway.look_up_setup(page.reference).method
    assert method
    return method


def refund(driver: Driver, key: str, reference: str, amount_minor: int) -> PaymentAnswer:
    return driver.gateway.refund(RefundRequest(key, reference, amount_minor, "USD", "as agreed"))


def test_a_page_is_unknown_until_it_is_paid(driver: Driver) -> None:
    page = opened(driver)
    assert page.url.startswith("http")
    assert driver.gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    driver.confirm(page)
    answer = driver.gateway.look_up(page.reference)
    assert (answer.outcome, answer.reference) == (Outcome.SUCCEEDED, page.reference)
    assert (answer.refunded_minor, answer.disputed_minor, answer.method) == (0, 0, None)
    assert driver.gateway.look_up(page.reference) == answer, "nothing is taken twice"


def test_the_same_key_opens_the_same_page(driver: Driver) -> None:
    assert opened(driver) == opened(driver)
    assert opened(driver, replace(REQUEST, key="pay_2")) != opened(driver)


def test_who_fails_on_the_page_has_not_paid(driver: Driver) -> None:
    page = opened(driver)
    driver.fail(page)
    assert driver.gateway.look_up(page.reference).outcome is not Outcome.SUCCEEDED
    canceled = driver.gateway.cancel(page.reference)
    assert canceled.outcome is Outcome.DECLINED
    assert canceled.code in tuple(Decline)
    assert canceled.reason


def test_who_turns_back_has_not_paid(driver: Driver) -> None:
    page = opened(driver)
    driver.turn_back(page)
    assert driver.gateway.look_up(page.reference).outcome is not Outcome.SUCCEEDED
    assert driver.gateway.cancel(page.reference).outcome is Outcome.DECLINED


def test_what_is_canceled_cannot_be_paid(driver: Driver) -> None:
    page = opened(driver)
    canceled = driver.gateway.cancel(page.reference)
    assert (canceled.outcome, canceled.code) == (Outcome.DECLINED, Decline.CANCELED)
    with suppress(PageClosed):
        driver.confirm(page)
    assert driver.gateway.look_up(page.reference).outcome is Outcome.DECLINED
    assert driver.gateway.cancel(page.reference).code == Decline.CANCELED, "twice is once"


def test_who_paid_before_it_was_canceled_has_paid(driver: Driver) -> None:
    reference = paid(driver)
    assert driver.gateway.cancel(reference).outcome is Outcome.SUCCEEDED
    assert driver.gateway.look_up(reference).outcome is Outcome.SUCCEEDED


def test_a_method_that_was_saved_while_paying_is_charged_with_nobody_there(driver: Driver) -> None:
    page = driver.gateway.open(REQUEST, page_for(driver, is_saved=True))
    driver.confirm(page)
    method = driver.gateway.look_up(page.reference).method
    assert method
    later = driver.gateway.charge(replace(REQUEST, key="pay_2"), method)
    assert later.outcome is Outcome.SUCCEEDED
    assert later.reference not in ("", page.reference)
    assert driver.gateway.look_up(later.reference).outcome is Outcome.SUCCEEDED


def test_a_setup_saves_and_nothing_is_paid(driver: Driver) -> None:
    page = driver.gateway.open_setup("set_1", "ws_7", page_for(driver))
    assert driver.gateway.open_setup("set_1", "ws_7", page_for(driver)) == page
    assert driver.gateway.look_up_setup(page.reference).outcome is Outcome.UNKNOWN
    driver.confirm(page)
    answer = driver.gateway.look_up_setup(page.reference)
    assert answer == driver.gateway.look_up_setup(page.reference)
    assert answer.outcome is Outcome.SUCCEEDED
    method = answer.method
    assert method
    assert method.kind is driver.kind
    assert method.token
    assert method.label
    assert (method.last_four, method.expires_date) == driver.card
    assert not [each for each in _report(driver) if each[1] == Outcome.SUCCEEDED]


def test_a_second_method_belongs_to_the_same_payer(driver: Driver) -> None:
    first = saved(driver)
    page = driver.gateway.open_setup("set_2", "ws_7", page_for(driver, payer=first.payer))
    driver.confirm(page)
    second = driver.gateway.look_up_setup(page.reference).method
    assert second
    assert second.payer == first.payer
    assert second.token != first.token


def test_the_same_key_is_charged_once(driver: Driver) -> None:
    method = saved(driver)
    first = driver.gateway.charge(REQUEST, method)
    assert driver.gateway.charge(REQUEST, method) == first
    assert _report(driver) == [("pay_1", Outcome.SUCCEEDED, 6_000, "USD", 0)]


def test_the_same_key_is_charged_once_when_its_answer_was_lost(driver: Driver) -> None:
    method = saved(driver)
    driver.lose_answer()
    assert driver.gateway.charge(REQUEST, method).outcome is Outcome.UNKNOWN
    assert driver.gateway.charge(REQUEST, method).outcome is Outcome.SUCCEEDED
    assert _report(driver) == [("pay_1", Outcome.SUCCEEDED, 6_000, "USD", 0)]


def test_the_same_key_is_charged_once_even_after_a_long_time(driver: Driver) -> None:
    method = saved(driver)
    first = driver.gateway.charge(REQUEST, method)
    driver.forget_keys()
    again = driver.gateway.charge(REQUEST, method)
    assert (again.outcome, again.reference) == (Outcome.SUCCEEDED, first.reference)
    assert _report(driver) == [("pay_1", Outcome.SUCCEEDED, 6_000, "USD", 0)]


def test_the_same_key_is_charged_once_by_many_at_once(driver: Driver) -> None:
    method = saved(driver)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: driver.gateway.charge(REQUEST, method), range(8)))
    assert {each.reference for each in answers if each.outcome is Outcome.SUCCEEDED} == {
        driver.gateway.charge(REQUEST, method).reference
    }
    assert _report(driver) == [("pay_1", Outcome.SUCCEEDED, 6_000, "USD", 0)]


def test_the_unknown_is_asked_again_until_it_is_known(driver: Driver) -> None:
    method = saved(driver)
    driver.hesitate()
    answer = driver.gateway.charge(REQUEST, method)
    assert answer.outcome is Outcome.UNKNOWN
    assert driver.gateway.charge(REQUEST, method).outcome is Outcome.UNKNOWN
    driver.settle()
    assert driver.gateway.charge(REQUEST, method).outcome is Outcome.SUCCEEDED
    assert driver.gateway.look_up(answer.reference).outcome is Outcome.SUCCEEDED


def test_what_goes_on_at_the_bank_is_not_canceled(driver: Driver) -> None:
    method = saved(driver)
    driver.hesitate()
    reference = driver.gateway.charge(REQUEST, method).reference
    assert driver.gateway.cancel(reference).outcome is Outcome.UNKNOWN
    driver.settle()
    assert driver.gateway.cancel(reference).outcome is Outcome.SUCCEEDED


def test_declines_are_told_in_our_words(driver: Driver) -> None:
    method = saved(driver)
    for why in driver.declines:
        driver.decline_later(method, why)
        request = replace(REQUEST, key=f"pay_{why}")
        answer = driver.gateway.charge(request, method)
        assert (answer.outcome, answer.code) == (Outcome.DECLINED, why)
        assert answer.reason
        again = driver.gateway.charge(request, method)
        assert (again.outcome, again.code) == (Outcome.DECLINED, why), "it stays declined"
    assert Decline.NEEDS_BUYER in driver.declines


def test_what_was_forgotten_is_not_charged(driver: Driver) -> None:
    method = saved(driver)
    driver.gateway.forget(method)
    driver.gateway.forget(method)
    assert driver.gateway.charge(REQUEST, method).outcome is Outcome.DECLINED


def test_refunds_in_parts_and_never_beyond_what_was_paid(driver: Driver) -> None:
    reference = paid(driver)
    first = refund(driver, "ref_1", reference, 2_000)
    assert first.outcome is Outcome.SUCCEEDED
    assert first.reference
    assert refund(driver, "ref_1", reference, 2_000) == first, "the same key once"
    driver.forget_keys()
    assert refund(driver, "ref_1", reference, 2_000) == first, "at any time"
    assert driver.gateway.look_up(reference).refunded_minor == 2_000
    over = refund(driver, "ref_2", reference, 4_001)
    assert over.outcome is Outcome.DECLINED
    assert over.reason
    rest = refund(driver, "ref_3", reference, 4_000)
    assert rest.outcome is Outcome.SUCCEEDED
    assert rest.reference != first.reference
    answer = driver.gateway.look_up(reference)
    assert (answer.outcome, answer.refunded_minor) == (Outcome.SUCCEEDED, 6_000)


def test_what_was_not_paid_is_not_given_back(driver: Driver) -> None:
    page = opened(driver)
    answer = refund(driver, "ref_1", page.reference, 1)
    assert (answer.outcome, bool(answer.reason)) == (Outcome.DECLINED, True)


def test_a_refund_whose_answer_was_lost_is_made_once(driver: Driver) -> None:
    method = saved(driver)
    reference = driver.gateway.charge(REQUEST, method).reference
    driver.lose_answer()
    assert refund(driver, "ref_1", reference, 2_000).outcome is Outcome.UNKNOWN
    assert refund(driver, "ref_1", reference, 2_000).outcome is Outcome.SUCCEEDED
    assert driver.gateway.look_up(reference).refunded_minor == 2_000


def test_a_dispute_is_seen(driver: Driver) -> None:
    reference = paid(driver)
    driver.dispute(reference, 6_000)
    answer = driver.gateway.look_up(reference)
    assert (answer.outcome, answer.disputed_minor) == (Outcome.SUCCEEDED, 6_000)
    assert answer.lost_minor == 0, "nobody has decided yet"


def test_notices_name_the_payment(driver: Driver) -> None:
    reference = paid(driver)
    refund(driver, "ref_1", reference, 1_000)
    driver.dispute(reference, 5_000)
    told = _told(driver, driver.deliveries(driver.at))
    kinds = {kind for _, kind, of in told if of == reference}
    assert kinds == {NoticeKind.PAYMENT, NoticeKind.REFUND, NoticeKind.DISPUTE}
    assert {of for _, kind, of in told if kind is not NoticeKind.OTHER} == {reference}


def test_a_notice_that_comes_twice_has_the_same_id(driver: Driver) -> None:
    paid(driver)
    first = _told(driver, driver.deliveries(driver.at))
    assert _told(driver, driver.deliveries(driver.at)) == first
    assert len({each[0] for each in first}) == len(first) > 0


def test_only_what_the_provider_signed_is_believed(driver: Driver) -> None:
    paid(driver)
    good, *_ = driver.deliveries(driver.at)
    forged = [
        replace(good, headers={}),
        replace(good, headers={name: f"{text[:-1]}x" for name, text in good.headers.items()}),
        replace(good, body=good.body + b" "),
        replace(good, body=good.body.replace(b"0", b"1")),
        replace(good, body=b""),
        replace(good, body=b"\xff\xfe"),
    ]
    for each in forged:
        with pytest.raises(BadNotice):
            driver.gateway.notice(each.headers, each.body, driver.at)
    assert driver.gateway.notice(good.headers, good.body, driver.at).id


def test_an_old_notice_is_not_believed(driver: Driver) -> None:
    paid(driver)
    for sent_at in (driver.at - timedelta(days=30), driver.at + timedelta(hours=1)):
        old, *_ = driver.deliveries(sent_at)
        with pytest.raises(BadNotice):
            driver.gateway.notice(old.headers, old.body, driver.at)


def test_the_report_lists_what_was_paid(driver: Driver) -> None:
    reference = paid(driver)
    refund(driver, "ref_1", reference, 1_500)
    method = saved(driver)
    driver.gateway.charge(replace(REQUEST, key="pay_2", amount_minor=500), method)
    opened(driver, replace(REQUEST, key="pay_3"))
    reported = [each for each in _report(driver) if each[1] is Outcome.SUCCEEDED]
    assert sorted(reported) == [
        ("pay_1", Outcome.SUCCEEDED, 6_000, "USD", 1_500),
        ("pay_2", Outcome.SUCCEEDED, 500, "USD", 0),
    ]
    day = timedelta(days=1)
    assert not list(driver.gateway.report(driver.at - 2 * day, driver.at - day))


def test_an_outage_leaves_money_unknown_and_pages_closed(driver: Driver) -> None:
    method = saved(driver)
    page = opened(driver)
    reference = paid(driver, replace(REQUEST, key="pay_2"))
    gateway = driver.gateway
    with driver.outage():
        for answer in (
            gateway.charge(replace(REQUEST, key="pay_3"), method),
            gateway.look_up(reference),
            gateway.look_up_setup(page.reference),
            gateway.cancel(page.reference),
            refund(driver, "ref_1", reference, 1),
        ):
            assert answer.outcome is Outcome.UNKNOWN
        with pytest.raises(Unavailable):
            gateway.open(replace(REQUEST, key="pay_4"), page_for(driver))
        with pytest.raises(Unavailable):
            gateway.open_setup("set_4", "ws_7", page_for(driver))
        with pytest.raises(Unavailable):
            gateway.forget(method)
        with pytest.raises(Unavailable):
            list(gateway.report(driver.at, driver.at + timedelta(days=1)))
    assert gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    assert gateway.look_up(reference).refunded_minor == 0


@pytest.mark.parametrize(
    ("currency", "amount_minor", "back_minor", "told"),
    [
        ("USD", 1_234, 34, ("1234", "12.34")),
        ("JPY", 600, 60, ("600",)),
        ("KWD", 12_340, 1_230, ("12340", "12.340")),
    ],
)
def test_amounts_are_in_the_providers_own_units(
    driver: Driver, currency: str, amount_minor: int, back_minor: int, told: tuple[str, ...]
) -> None:
    if currency not in driver.currencies:
        currency, amount_minor, back_minor, told = "JPY", 1, 1, ("1",)
    method = saved(driver)
    request = replace(REQUEST, amount_minor=amount_minor, currency=currency)
    reference = driver.gateway.charge(request, method).reference
    assert driver.amount_told(reference) in told
    driver.gateway.refund(RefundRequest("ref_1", reference, back_minor, currency))
    assert driver.gateway.look_up(reference).refunded_minor == back_minor
    assert _report(driver) == [("pay_1", Outcome.SUCCEEDED, amount_minor, currency, back_minor)]


def _told(driver: Driver, sent: list[Delivery]) -> list[tuple[str, NoticeKind, str]]:
    read = [driver.gateway.notice(each.headers, each.body, driver.at) for each in sent]
    return [(each.id, each.kind, each.reference) for each in read]


def _report(driver: Driver) -> list[tuple[str, Outcome, int, str, int]]:
    start, end = driver.at - timedelta(hours=1), driver.at + timedelta(hours=1)
    return [
        (each.key, each.outcome, each.amount_minor, each.currency, each.refunded_minor)
        for each in driver.gateway.report(start, end)
    ]
