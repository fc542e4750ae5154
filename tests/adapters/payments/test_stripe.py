"""What is Stripe's own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    AmountNotTaken,
    BadNotice,
    Decline,
    NoticeKind,
    PageRefused,
    PageRequest,
    PaymentRequest,
    RefundRequest,
    SavedMethod,
    Unavailable,
)
from tests.adapters.payments import stripe_driver
from tests.adapters.payments.stripe_driver import StripeDriver

REQUEST = PaymentRequest("pay_1", "ord_1", "ws_7", 6_000, "USD")
PAGE = PageRequest(MethodKind.CARD, "https://usage.example.com/back")


@pytest.fixture
def stripe() -> Iterator[StripeDriver]:
    with stripe_driver.start() as started:
        yield started


def saved(stripe: StripeDriver) -> SavedMethod:
    page = stripe.gateway.open_setup("set_1", "ws_7", PAGE)
    stripe.confirm(page)
    method = stripe.gateway.look_up_setup(page.reference).method
    assert method
    return method


def test_stripe_is_told_what_is_paid_for(stripe: StripeDriver) -> None:
    named = {"key": "pay_1", "order": "ord_1", "workspace": "ws_7"}
    page = stripe.gateway.open(REQUEST, PAGE)
    stripe.confirm(page)
    session = stripe.stub.things[page.reference]
    assert stripe.stub.things[session["payment_intent"]]["metadata"] == {**named, "page": "yes"}
    charged = stripe.gateway.charge(replace(REQUEST, key="pay_2"), saved(stripe))
    assert stripe.stub.things[charged.reference]["metadata"] == {**named, "key": "pay_2"}


def test_keys_go_to_stripe_as_they_are(stripe: StripeDriver) -> None:
    stripe.gateway.open(REQUEST, PAGE)
    stripe.gateway.charge(replace(REQUEST, key="pay_2"), saved(stripe))
    posted = [each.headers for each in stripe.stub.web.asked if each.method == "POST"]
    assert [each["idempotency-key"] for each in posted] == ["pay_1", "set_1", "pay_2"]


def test_who_only_pays_leaves_no_card_and_no_customer(stripe: StripeDriver) -> None:
    page = stripe.gateway.open(REQUEST, PAGE)
    stripe.confirm(page)
    assert stripe.stub.things[page.reference]["customer"] is None


def test_on_an_open_page_another_card_may_follow(stripe: StripeDriver) -> None:
    page = stripe.gateway.open(REQUEST, PAGE)
    stripe.fail(page)
    assert stripe.gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    stripe.confirm(page)
    assert stripe.gateway.look_up(page.reference).outcome is Outcome.SUCCEEDED


def test_a_card_that_wants_its_holder_is_declined_so(stripe: StripeDriver) -> None:
    method = saved(stripe)
    stripe.decline_later(method, Decline.NEEDS_BUYER)
    answer = stripe.gateway.charge(REQUEST, method)
    assert answer.code == Decline.NEEDS_BUYER
    assert answer.reference.startswith("pi_"), "Stripe keeps the attempt"
    assert stripe.gateway.look_up(answer.reference).code == Decline.NEEDS_BUYER


def test_another_body_under_the_same_key_is_not_taken_for_a_decline(stripe: StripeDriver) -> None:
    method = saved(stripe)
    assert stripe.gateway.open(REQUEST, PAGE)
    assert stripe.gateway.charge(REQUEST, method).outcome is Outcome.UNKNOWN


def test_too_small_a_part_is_refused_before_stripe_is_asked(stripe: StripeDriver) -> None:
    method = saved(stripe)
    request = replace(REQUEST, amount_minor=5_124, currency="KWD")
    before = len(stripe.stub.web.asked)
    with pytest.raises(AmountNotTaken):
        stripe.gateway.open(request, PAGE)
    assert stripe.gateway.charge(request, method).outcome is Outcome.DECLINED
    assert len(stripe.stub.web.asked) == before


@pytest.mark.parametrize(
    ("status", "taken_minor", "lost_minor"),
    [
        ("needs_response", 6_000, 0),
        ("under_review", 6_000, 0),
        ("lost", 6_000, 6_000),
        ("won", 0, 0),
        ("prevented", 0, 0),
        ("warning_needs_response", 0, 0),
        ("warning_under_review", 0, 0),
        ("warning_closed", 0, 0),
    ],
)
def test_a_dispute_is_what_was_called_back(
    stripe: StripeDriver, status: str, taken_minor: int, lost_minor: int
) -> None:
    reference = stripe.gateway.charge(REQUEST, saved(stripe)).reference
    stripe.dispute(reference, 6_000)
    found = [each for each in stripe.stub.things.values() if each["object"] == "dispute"]
    found[0]["status"] = status
    answer = stripe.gateway.look_up(reference)
    assert (answer.disputed_minor, answer.lost_minor) == (taken_minor, lost_minor)


def test_payments_of_others_are_not_reported(stripe: StripeDriver) -> None:
    reference = stripe.gateway.charge(REQUEST, saved(stripe)).reference
    stripe.stub.things[reference]["metadata"] = {}
    assert not list(stripe.gateway.report(stripe.at, stripe.at.replace(year=2030)))


def test_what_there_is_no_word_for_is_other(stripe: StripeDriver) -> None:
    told = {"id": "evt_1", "object": "event", "type": "customer.created"}
    event = {**told, "data": {"object": {"id": "cus_1", "object": "customer"}}}
    notice = stripe.gateway.notice(*stripe.stub.signed(event, stripe.stub.at), stripe.at)
    assert (notice.kind, notice.reference) == (NoticeKind.OTHER, "cus_1")


def test_a_setup_is_told_as_one(stripe: StripeDriver) -> None:
    page = stripe.gateway.open_setup("set_1", "ws_7", PAGE)
    stripe.confirm(page)
    (sent,) = stripe.deliveries(stripe.at)
    notice = stripe.gateway.notice(sent.headers, sent.body, stripe.at)
    assert (notice.kind, notice.reference) == (NoticeKind.SETUP, page.reference)


def test_what_this_account_does_not_have_is_unknown(stripe: StripeDriver) -> None:
    for reference in ("cs_999999", "pi_999999"):
        assert stripe.gateway.look_up(reference).outcome is Outcome.UNKNOWN
        assert stripe.gateway.cancel(reference).outcome is Outcome.UNKNOWN
    stripe.gateway.forget(SavedMethod(MethodKind.CARD, "pm_999999", "cus_1"))


def test_a_report_goes_on_behind_its_first_hundred(stripe: StripeDriver) -> None:
    for number in range(101):
        stripe.gateway.open(replace(REQUEST, key=f"pay_{number}"), PAGE)
    found = stripe.gateway.report(stripe.at, stripe.at.replace(year=2030))
    assert len({each.key for each in found}) == 101


def _signed(stripe: StripeDriver) -> tuple[str, bytes]:
    stripe.confirm(stripe.gateway.open(REQUEST, PAGE))
    headers, body = stripe.stub.signed(stripe.stub.events[0], stripe.stub.at)
    return headers["stripe-signature"], body


def test_an_old_notice_is_not_made_new_by_a_second_time(stripe: StripeDriver) -> None:
    header, body = _signed(stripe)
    late = stripe.at + timedelta(hours=1)
    for forged in (f"{header},t={int(late.timestamp())}", f"{header},t=1"):
        with pytest.raises(BadNotice):
            stripe.gateway.notice({"stripe-signature": forged}, body, late)
    odd = header.replace(",", "=1,", 1)
    assert stripe.gateway.notice({"stripe-signature": odd}, body, stripe.at).id, "still signed"


@pytest.mark.parametrize(
    "header", ["", "t=1", "v1=0", "t=1,v1=é", "t=ü,v1=0", "t=-1,v1=0", "t=,v1=", "=,=", "t"]
)
def test_what_is_no_signature_is_not_believed(stripe: StripeDriver, header: str) -> None:
    _, body = _signed(stripe)
    with pytest.raises(BadNotice):
        stripe.gateway.notice({"stripe-signature": header}, body, stripe.at)


def test_while_its_secret_is_rolled_a_notice_has_two_signatures(stripe: StripeDriver) -> None:
    header, body = _signed(stripe)
    stamp, good = header.split(",")
    for both in (f"{stamp},v1={'0' * 64},{good}", f"{stamp},{good},v1={'0' * 64},v0=1"):
        assert stripe.gateway.notice({"stripe-signature": both}, body, stripe.at).id


def test_a_thin_event_is_other(stripe: StripeDriver) -> None:
    told = {"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated"}
    notice = stripe.gateway.notice(*stripe.stub.signed(told, stripe.stub.at), stripe.at)
    assert (notice.id, notice.kind, notice.reference) == ("evt_1", NoticeKind.OTHER, "")


def test_an_amount_that_stripe_finds_too_small_is_not_taken(stripe: StripeDriver) -> None:
    request, method = replace(REQUEST, amount_minor=49), saved(stripe)
    with pytest.raises(AmountNotTaken, match=r"at least \$0.50"):
        stripe.gateway.open(request, PAGE)
    answer = stripe.gateway.charge(replace(request, key="pay_2"), method)
    assert (answer.outcome, answer.code) == (Outcome.DECLINED, Decline.DECLINED)
    assert "at least $0.50" in answer.reason


def test_a_page_that_stripe_refuses_says_so(stripe: StripeDriver) -> None:
    stripe.stub.web.next_answer = (400, _error("invalid_request_error", "url_invalid"))
    with pytest.raises(PageRefused, match="opens no page for this: Not now"):
        stripe.gateway.open(REQUEST, PAGE)


def test_who_stripe_knows_no_longer_is_another_customer(stripe: StripeDriver) -> None:
    gone = replace(PAGE, payer="cus_gone", is_saved=True)
    page = stripe.gateway.open(REQUEST, gone)
    setup = stripe.gateway.open_setup("set_1", "ws_7", gone)
    assert stripe.gateway.open(REQUEST, gone) == page
    assert stripe.gateway.open_setup("set_1", "ws_7", gone) == setup
    stripe.confirm(page)
    stripe.confirm(setup)
    for answer in (
        stripe.gateway.look_up(page.reference),
        stripe.gateway.look_up_setup(setup.reference),
    ):
        assert answer.method
        assert stripe.stub.things[answer.method.payer]["object"] == "customer"


def _error(kind: str, code: str) -> bytes:
    return json.dumps({"error": {"type": kind, "code": code, "message": "Not now."}}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        (409, _error("idempotency_error", "idempotency_key_in_use")),
        (400, _error("idempotency_error", "")),
        (429, _error("invalid_request_error", "rate_limit")),
        (429, _error("invalid_request_error", "lock_timeout")),
        (400, _error("invalid_request_error", "rate_limit")),
        (403, _error("invalid_request_error", "")),
        (500, _error("api_error", "")),
        (502, b"<html>Bad gateway</html>"),
        (200, b"<html>Log in to the hotel</html>"),
    ],
)
def test_what_says_nothing_of_the_payment_leaves_it_unknown(
    stripe: StripeDriver, answer: tuple[int, bytes]
) -> None:
    method, web, gateway = saved(stripe), stripe.stub.web, stripe.gateway
    reference = gateway.charge(REQUEST, method).reference
    page = gateway.open(replace(REQUEST, key="pay_3"), PAGE).reference
    refund = RefundRequest("ref_1", reference, 1_000, "USD")
    request = replace(REQUEST, key="pay_2")
    for asked in (
        lambda: gateway.charge(request, method),
        lambda: gateway.look_up(reference),
        lambda: gateway.look_up(page),
        lambda: gateway.look_up_setup(page),
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


def test_a_refund_may_take_its_time(stripe: StripeDriver) -> None:
    reference = stripe.gateway.charge(REQUEST, saved(stripe)).reference
    request = RefundRequest("ref_1", reference, 1_000, "USD")
    made = stripe.stub.things[stripe.gateway.refund(request).reference]
    for status in ("pending", "requires_action"):
        made["status"] = status
        assert stripe.gateway.refund(request).outcome is Outcome.UNKNOWN
    made |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    answer = stripe.gateway.refund(request)
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, "expired_or_canceled_card")


def test_a_card_that_stripe_keeps_no_longer_is_named_so(stripe: StripeDriver) -> None:
    method = replace(saved(stripe), token="pm_gone")
    answer = stripe.gateway.charge(REQUEST, method)
    assert (answer.outcome, answer.reason) == (
        Outcome.DECLINED,
        "Stripe does not keep this card any more",
    )


def test_a_refund_that_failed_later_is_none(stripe: StripeDriver) -> None:
    charged = stripe.gateway.charge(REQUEST, saved(stripe)).reference
    page = stripe.gateway.open(replace(REQUEST, key="pay_2"), PAGE).reference
    stripe.stub.pay(page)
    for reference in (charged, page):
        for key in ("a", "b"):
            request = RefundRequest(f"{key} {reference}", reference, 1_000, "USD")
            made = stripe.stub.things[stripe.gateway.refund(request).reference]
        made |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        assert stripe.gateway.look_up(reference).refunded_minor == 1_000
    found = stripe.gateway.report(stripe.at, stripe.at.replace(year=2030))
    assert [each.refunded_minor for each in found] == [1_000, 1_000]


def test_many_refunds_are_what_the_charge_says(stripe: StripeDriver) -> None:
    reference = stripe.gateway.charge(REQUEST, saved(stripe)).reference
    for number in range(12):
        stripe.gateway.refund(RefundRequest(f"ref_{number}", reference, 10, "USD"))
    assert stripe.gateway.look_up(reference).refunded_minor == 120
