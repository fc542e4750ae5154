"""What is PayPal's own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    AmountNotTaken,
    BadNotice,
    Decline,
    NoticeKind,
    PageRequest,
    PaymentRequest,
    RefundRequest,
    SavedMethod,
    Unavailable,
)
from tests.adapters.payments import paypal_driver
from tests.adapters.payments.paypal_driver import PayPalDriver
from tests.fakes.paypal_stub import reports

REQUEST = PaymentRequest("pay_1", "ord_1", "ws_7", 6_000, "USD")
PAGE = PageRequest(MethodKind.PAYPAL, "https://usage.example.com/back")


@pytest.fixture
def paypal() -> Iterator[PayPalDriver]:
    with paypal_driver.start() as started:
        yield started


def test_paypal_is_told_what_is_paid_for(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    (unit,) = paypal.stub.orders[page.reference]["purchase_units"]
    assert (unit["invoice_id"], unit["custom_id"]) == ("pay_1", "ws_7 ord_1")


def test_a_token_is_kept_until_it_expires_or_is_revoked(paypal: PayPalDriver) -> None:
    for number in range(3):
        paypal.gateway.open(replace(REQUEST, key=f"pay_{number}"), PAGE)
    assert paypal.stub.tokens_given == 1
    paypal.stub.bearer = "A21AA-stubbed-token-2"
    paypal.gateway.open(replace(REQUEST, key="pay_9"), PAGE)
    assert paypal.stub.tokens_given == 2


def test_money_is_taken_by_the_look_that_finds_it_approved(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.lose_answer()
    posted = [each for each in paypal.stub.web.asked if each.path.endswith("/capture")]
    assert not posted
    paypal.stub.web.loses_next = "POST /v2/.*/capture"
    assert paypal.gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    assert paypal.gateway.look_up(page.reference).outcome is Outcome.SUCCEEDED
    posted = [each for each in paypal.stub.web.asked if each.path.endswith("/capture")]
    assert [each.headers["paypal-request-id"] for each in posted] == ["pay_1-capture"]


def test_a_second_page_for_the_same_key_cannot_be_paid_too(paypal: PayPalDriver) -> None:
    first = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(first)
    paypal.gateway.look_up(first.reference)
    paypal.forget_keys()
    second = paypal.gateway.open(REQUEST, PAGE)
    assert second.reference != first.reference
    paypal.confirm(second)
    answer = paypal.gateway.look_up(second.reference)
    assert (answer.outcome, answer.reference) == (Outcome.SUCCEEDED, first.reference)
    start, end = paypal.at - timedelta(hours=1), paypal.at + timedelta(hours=1)
    assert [each.amount_minor for each in paypal.gateway.report(start, end)] == [6_000]


def test_a_currency_that_paypal_does_not_know(paypal: PayPalDriver) -> None:
    with pytest.raises(AmountNotTaken, match="does not take KWD"):
        paypal.gateway.open(replace(REQUEST, currency="KWD"), PAGE)


def test_a_notice_is_believed_by_its_bytes_and_its_webhook(paypal: PayPalDriver) -> None:
    paypal.confirm(paypal.gateway.open(REQUEST, PAGE))
    sent, *_ = paypal.deliveries(paypal.at)
    late = paypal.at + timedelta(days=3)
    assert paypal.gateway.notice(sent.headers, sent.body, late).id, "it is sent for three days"
    for name in sent.headers:
        left = {each: text for each, text in sent.headers.items() if each != name}
        with pytest.raises(BadNotice):
            paypal.gateway.notice(left, sent.body, paypal.at)
    forged = {**sent.headers, "paypal-transmission-sig": "x" * 64}
    with pytest.raises(BadNotice):
        paypal.gateway.notice(forged, sent.body, paypal.at)
    paypal.stub.webhook_id = "WEBHOOK2"
    with pytest.raises(BadNotice):
        paypal.gateway.notice(sent.headers, sent.body, paypal.at)


def test_a_notice_waits_while_paypal_cannot_be_asked(paypal: PayPalDriver) -> None:
    paypal.confirm(paypal.gateway.open(REQUEST, PAGE))
    sent, *_ = paypal.deliveries(paypal.at)
    with paypal.outage(), pytest.raises(Unavailable):
        paypal.gateway.notice(sent.headers, sent.body, paypal.at)


def test_a_report_of_months_is_asked_for_in_parts(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.gateway.look_up(page.reference)
    start, end = paypal.at - timedelta(days=70), paypal.at + timedelta(days=10)
    assert [each.key for each in paypal.gateway.report(start, end)] == ["pay_1"]
    asked = [each for each in paypal.stub.web.asked if each.path == "/v1/reporting/transactions"]
    assert len(asked) == 3


def test_a_dispute_that_was_won_took_nothing(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.gateway.look_up(page.reference)
    paypal.dispute(page.reference, 6_000)
    won = {"status": "RESOLVED", "dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}
    paypal.stub.disputes[0] |= won
    assert paypal.gateway.look_up(page.reference).disputed_minor == 0


def test_what_goes_on_is_unknown_even_if_it_was_canceled_too_late(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.hesitate()
    paypal.gateway.look_up(page.reference)
    paypal.stub.orders[page.reference]["purchase_units"][0]["custom_id"] = "canceled"
    assert paypal.gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    paypal.settle()
    assert paypal.gateway.cancel(page.reference).outcome is Outcome.SUCCEEDED


def test_a_refund_that_failed_gave_nothing_back(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.gateway.look_up(page.reference)
    request = RefundRequest("ref_1", page.reference, 1_000, "USD")
    assert paypal.gateway.refund(request).outcome is Outcome.SUCCEEDED
    unit = paypal.stub.orders[page.reference]["purchase_units"][0]
    unit["payments"]["refunds"][0]["status"] = "FAILED"
    assert paypal.gateway.look_up(page.reference).refunded_minor == 0
    assert paypal.gateway.refund(request).outcome is Outcome.DECLINED


def test_an_order_that_paypal_forgot_is_not_paid(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    del paypal.stub.orders[page.reference]
    answer = paypal.gateway.look_up(page.reference)
    assert (answer.outcome, answer.code) == (Outcome.DECLINED, Decline.CANCELED)
    assert paypal.gateway.cancel(page.reference).code == Decline.CANCELED


def test_a_report_has_all_its_pages(paypal: PayPalDriver) -> None:
    for key in ("pay_1", "pay_2", "pay_3"):
        page = paypal.gateway.open(replace(REQUEST, key=key), PAGE)
        paypal.confirm(page)
        paypal.gateway.look_up(page.reference)
    paypal.stub.most_rows = 2
    found = paypal.gateway.report(paypal.at, paypal.at + timedelta(hours=1))
    assert [each.key for each in found] == ["pay_1", "pay_2", "pay_3"]


@pytest.mark.parametrize("body", [b"[" * 50_000, b"[]", b"null", b"1"])
def test_what_is_no_event_is_not_even_passed_on(paypal: PayPalDriver, body: bytes) -> None:
    paypal.confirm(paypal.gateway.open(REQUEST, PAGE))
    sent, *_ = paypal.deliveries(paypal.at)
    before = len(paypal.stub.web.asked)
    with pytest.raises(BadNotice):
        paypal.gateway.notice(sent.headers, body, paypal.at)
    assert len(paypal.stub.web.asked) == before


def test_an_event_of_another_kind_is_other(paypal: PayPalDriver) -> None:
    for resource in ({}, {"id": "X"}, {"disputed_transactions": []}):
        told = {"id": "WH-9", "event_type": "IDENTITY.SOMETHING", "resource": resource}
        notice = paypal.gateway.notice(*paypal.stub.signed(told, paypal.at), paypal.at)
        assert (notice.id, notice.kind) == ("WH-9", NoticeKind.OTHER)


def test_who_cancels_never_takes_the_money(paypal: PayPalDriver) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    paypal.confirm(page)
    paypal.stub.orders[page.reference]["purchase_units"][0]["reference_id"] = "another"
    assert paypal.gateway.cancel(page.reference).outcome is Outcome.UNKNOWN, "it was not marked"
    paypal.stub.orders[page.reference]["purchase_units"][0]["reference_id"] = "default"
    assert paypal.gateway.cancel(page.reference).code == Decline.CANCELED
    unit = paypal.stub.orders[page.reference]["purchase_units"][0]
    assert unit["custom_id"] == "canceled ws_7 ord_1"
    assert not [each for each in paypal.stub.web.asked if each.path.endswith("/capture")]


def paid(paypal: PayPalDriver, request: PaymentRequest = REQUEST) -> str:
    page = paypal.gateway.open(request, PAGE)
    paypal.confirm(page)
    paypal.gateway.look_up(page.reference)
    return page.reference


def saved(paypal: PayPalDriver) -> SavedMethod:
    page = paypal.gateway.open_setup("set_1", "ws_7", PAGE)
    paypal.confirm(page)
    method = paypal.gateway.look_up_setup(page.reference).method
    assert method
    return method


@pytest.mark.parametrize(
    ("code", "back", "left_minor"),
    [
        ("RESOLVED_BUYER_FAVOUR", None, 6_000),
        ("RESOLVED_BUYER_FAVOUR", "25.00", 2_500),
        ("ACCEPTED", "60.00", 6_000),
        ("RESOLVED_WITH_PAYOUT", "60.00", 0),
        ("CANCELED_BY_BUYER", None, 0),
    ],
)
def test_a_dispute_that_was_lost_took_what_it_gave_back(
    paypal: PayPalDriver, code: str, back: str | None, left_minor: int
) -> None:
    reference = paid(paypal)
    paypal.dispute(reference, 6_000)
    outcome: dict[str, object] = {"outcome_code": code}
    if back:
        outcome["amount_refunded"] = {"currency_code": "USD", "value": back}
    paypal.stub.disputes[0] |= {"status": "RESOLVED", "dispute_outcome": outcome}
    answer = paypal.gateway.look_up(reference)
    assert answer.disputed_minor == answer.lost_minor == left_minor


@pytest.mark.parametrize(
    "issue",
    ["DUPLICATE_REQUEST_ID", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED", "PREVIOUS_REQUEST_IN_PROGRESS"],
)
def test_what_is_under_way_already_is_not_declined(paypal: PayPalDriver, issue: str) -> None:
    method = saved(paypal)
    page = paypal.gateway.open(replace(REQUEST, key="pay_2"), PAGE)
    paypal.confirm(page)
    paypal.stub.next_issue = issue
    assert paypal.gateway.charge(REQUEST, method).outcome is Outcome.UNKNOWN
    assert paypal.gateway.charge(REQUEST, method).outcome is Outcome.SUCCEEDED
    paypal.stub.next_issue = issue
    assert paypal.gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    assert paypal.gateway.look_up(page.reference).outcome is Outcome.SUCCEEDED
    refund = RefundRequest("ref_1", page.reference, 1_000, "USD")
    paypal.stub.next_issue = issue
    assert paypal.gateway.refund(refund).outcome is Outcome.UNKNOWN
    assert paypal.gateway.refund(refund).outcome is Outcome.SUCCEEDED


def test_a_report_that_is_too_large_is_asked_for_in_smaller_parts(paypal: PayPalDriver) -> None:
    start = paypal.stub.at
    for number in range(5):
        paypal.stub.at = start + timedelta(days=number)
        paid(paypal, replace(REQUEST, key=f"pay_{number}"))
    paypal.stub.most_items = 1
    found = [each.key for each in paypal.gateway.report(start, start + timedelta(days=31))]
    assert found == [f"pay_{number}" for number in range(5)]
    paypal.stub.most_items = 0
    with pytest.raises(Unavailable, match="maximum limit"):
        list(paypal.gateway.report(start, start + timedelta(days=31)))


def test_only_refunds_count_as_refunded_in_the_report(paypal: PayPalDriver) -> None:
    reference = paid(paypal)
    capture = paypal.stub.orders[reference]["purchase_units"][0]["payments"]["captures"][0]
    paypal.gateway.refund(RefundRequest("ref_1", reference, 1_500, "USD"))
    for code, value in {"T1110": "-60.00", "T1108": "0.30", "T1107": "-5.00"}.items():
        row = reports.row({**capture, "id": code, "status": "DECLINED"}, code, value, "pay_1")
        paypal.stub.more_rows.append(row | reports.about(capture))
    (found,) = paypal.gateway.report(paypal.at, paypal.at + timedelta(hours=1))
    assert found.refunded_minor == 1_500


def test_payments_of_others_are_not_reported(paypal: PayPalDriver) -> None:
    reference = paid(paypal)
    capture = paypal.stub.orders[reference]["purchase_units"][0]["payments"]["captures"][0]
    row = reports.row({**capture, "id": "OTHER"}, "T0006", "9.00", "shop-77")
    paypal.stub.more_rows.append(row)
    found = paypal.gateway.report(paypal.at, paypal.at + timedelta(hours=1))
    assert [each.key for each in found] == ["pay_1"]


def test_long_words_are_cut_to_what_paypal_takes(paypal: PayPalDriver) -> None:
    reference = paid(paypal, replace(REQUEST, description="予約" * 60))
    (unit,) = paypal.stub.orders[reference]["purchase_units"]
    assert unit["description"] == "予約" * 21
    refund = RefundRequest("ref_1", reference, 1_000, "USD", "é" * 200)
    assert paypal.gateway.refund(refund).outcome is Outcome.SUCCEEDED


def test_an_amount_that_paypal_finds_too_large_is_not_taken(paypal: PayPalDriver) -> None:
    with pytest.raises(AmountNotTaken, match="does not take this"):
        paypal.gateway.open(replace(REQUEST, amount_minor=10**9), PAGE)


def test_a_capture_that_was_under_way_when_the_order_was_canceled_is_told(
    paypal: PayPalDriver,
) -> None:
    page = paypal.gateway.open(REQUEST, PAGE)
    assert paypal.gateway.cancel(page.reference).code == Decline.CANCELED
    paypal.confirm(page)
    headers = {"Authorization": f"Bearer {paypal.stub.bearer}"}
    address = f"{paypal.stub.web.address}/v2/checkout/orders/{page.reference}/capture"
    httpx.post(address, json={}, headers={**headers, "PayPal-Request-Id": "pay_1-capture"})
    sent = paypal.deliveries(paypal.at)[-1]
    notice = paypal.gateway.notice(sent.headers, sent.body, paypal.at)
    assert (notice.kind, notice.reference) == (NoticeKind.PAYMENT, page.reference)
    assert paypal.gateway.cancel(page.reference).outcome is Outcome.SUCCEEDED


def _issue(name: str, issue: str = "") -> bytes:
    details = [{"issue": issue, "description": "Not now."}] if issue else []
    return json.dumps({"name": name, "message": "No.", "details": details}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        (409, _issue("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")),
        (403, _issue("NOT_AUTHORIZED", "PERMISSION_DENIED")),
        (429, _issue("RATE_LIMIT_REACHED")),
        (500, _issue("INTERNAL_SERVER_ERROR")),
        (503, b"<html>Busy</html>"),
        (200, b"<html>Log in to the hotel</html>"),
    ],
)
def test_what_says_nothing_of_the_payment_leaves_it_unknown(
    paypal: PayPalDriver, answer: tuple[int, bytes]
) -> None:
    method, web, gateway = saved(paypal), paypal.stub.web, paypal.gateway
    reference = paid(paypal)
    request = replace(REQUEST, key="pay_2")
    page = gateway.open(replace(REQUEST, key="pay_3"), PAGE).reference
    setup = gateway.open_setup("set_2", "ws_7", PAGE).reference
    refund = RefundRequest("ref_1", reference, 1_000, "USD")
    for asked in (
        lambda: gateway.charge(request, method),
        lambda: gateway.look_up(reference),
        lambda: gateway.look_up_setup(setup),
        lambda: gateway.cancel(page),
        lambda: gateway.refund(refund),
    ):
        web.next_answer = answer
        assert asked().outcome is Outcome.UNKNOWN
        assert web.next_answer is None
    web.next_answer = answer
    with pytest.raises(Unavailable):
        gateway.open(request, PAGE)
    assert gateway.charge(request, method).outcome is Outcome.SUCCEEDED
    assert gateway.refund(refund).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize("name", ["REFUNDED", "REVERSED"])
def test_money_that_goes_back_names_the_order(paypal: PayPalDriver, name: str) -> None:
    reference = paid(paypal)
    capture = paypal.stub.orders[reference]["purchase_units"][0]["payments"]["captures"][0]
    up = f"{paypal.stub.web.address}/v2"
    for resource in (
        {"id": "REF1", "links": [{"rel": "up", "href": f"{up}/payments/captures/{capture['id']}"}]},
        {**capture, "links": [{"rel": "up", "href": f"{up}/checkout/orders/{reference}"}]},
    ):
        told = {"id": "WH-9", "event_type": f"PAYMENT.CAPTURE.{name}", "resource": resource}
        notice = paypal.gateway.notice(*paypal.stub.signed(told, paypal.at), paypal.at)
        assert (notice.kind, notice.reference) == (NoticeKind.REFUND, reference)


@pytest.mark.parametrize("name", ["PENDING", "FAILED"])
def test_a_refund_that_takes_its_time_is_told_as_one(paypal: PayPalDriver, name: str) -> None:
    reference = paid(paypal)
    paypal.gateway.refund(RefundRequest("ref_1", reference, 1_000, "USD"))
    event = {**paypal.stub.events[-1], "event_type": f"PAYMENT.REFUND.{name}"}
    notice = paypal.gateway.notice(*paypal.stub.signed(event, paypal.at), paypal.at)
    assert (notice.kind, notice.reference) == (NoticeKind.REFUND, reference)
