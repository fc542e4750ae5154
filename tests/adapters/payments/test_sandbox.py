"""The adapter against a real sandbox, and against one that breaks."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from quartermaster.adapters.bank_statements import formats
from quartermaster.adapters.payments import Sandbox
from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Decline,
    Gateway,
    NoticeKind,
    PageRequest,
    PaymentRequest,
    RefundRequest,
    SavedMethod,
    Unavailable,
)
from tests.fakes import receiver, sandbox
from tests.fakes.sandbox import GOOD, SHOP

CARD, PAYPAL, WIRE = (
    PageRequest(kind, SHOP) for kind in (MethodKind.CARD, MethodKind.PAYPAL, MethodKind.WIRE)
)
GONE = SavedMethod(MethodKind.CARD, "method_none")
UNKNOWN_LATER, DECLINED_LATER, BUYER_LATER = (
    "4000000000006017",
    "4000000000000341",
    "4000002760003184",
)
_numbers = iter(range(1, 1_000))


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sandbox.Sandbox]:
    """A process on a loopback port."""
    folder: Path = tmp_path_factory.mktemp("sandbox") / "folder"
    with sandbox.running(folder) as one:
        yield one


@pytest.fixture
def gateway(provider: sandbox.Sandbox) -> Sandbox:
    """As it is wired."""
    return Sandbox(provider.url, provider.keys.secret, provider.keys.webhook_secret)


def request() -> PaymentRequest:
    """One that was never asked for before."""
    number = next(_numbers)
    return PaymentRequest(f"pay_{number}", f"ord_{number}", "ws_7", 6_000, "USD", "Advanced plan")


def saved(provider: sandbox.Sandbox, gateway: Gateway, number: str = GOOD) -> SavedMethod:
    """A card, kept by a setup."""
    page = gateway.open_setup(f"set_{next(_numbers)}", "ws_7", CARD)
    provider.buyer().pay(page.url, number)
    told = gateway.look_up_setup(page.reference)
    assert told.outcome is Outcome.SUCCEEDED
    assert told.method
    return told.method


def test_a_card_pays_on_the_page_and_is_kept(provider: sandbox.Sandbox, gateway: Gateway) -> None:
    asked = request()
    page = gateway.open(asked, replace(CARD, is_saved=True))
    assert gateway.open(asked, replace(CARD, is_saved=True)) == page
    assert gateway.look_up(page.reference).outcome is Outcome.UNKNOWN
    provider.buyer().pay(page.url)
    told = gateway.look_up(page.reference)
    assert told.outcome is Outcome.SUCCEEDED
    assert told.reference == page.reference
    method = told.method
    assert method
    assert (method.kind, method.brand, method.last_four) == (MethodKind.CARD, "Visa", "4242")
    assert (method.label, method.expires_date) == ("Visa •••• 4242", date(2031, 8, 31))
    assert gateway.charge(request(), method).outcome is Outcome.SUCCEEDED


def test_a_payer_that_is_known_keeps_several_methods(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    first = saved(provider, gateway)
    page = gateway.open_setup("set_again", "ws_7", replace(CARD, payer=first.payer))
    provider.buyer().pay(page.url)
    second = gateway.look_up_setup(page.reference).method
    assert second
    assert second.payer == first.payer
    assert second.token != first.token


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("4000000000000002", Decline.DECLINED),
        ("4000000000009995", Decline.INSUFFICIENT_FUNDS),
        ("4000000000000069", Decline.EXPIRED_CARD),
        ("4000000000000119", Decline.PROCESSING_ERROR),
    ],
)
def test_declines_have_their_words(
    provider: sandbox.Sandbox, gateway: Gateway, number: str, code: Decline
) -> None:
    page = gateway.open(request(), CARD)
    provider.buyer().pay(page.url, number)
    told = gateway.look_up(page.reference)
    assert (told.outcome, told.code) == (Outcome.DECLINED, code)
    assert told.reason


@pytest.mark.parametrize(
    ("number", "code"),
    [(DECLINED_LATER, Decline.DECLINED), (BUYER_LATER, Decline.NEEDS_BUYER)],
)
def test_a_saved_card_may_be_declined(
    provider: sandbox.Sandbox, gateway: Gateway, number: str, code: Decline
) -> None:
    told = gateway.charge(request(), saved(provider, gateway, number))
    assert (told.outcome, told.code) == (Outcome.DECLINED, code)


def test_the_same_key_is_charged_once_and_asked_until_it_is_known(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    method, asked = saved(provider, gateway, UNKNOWN_LATER), request()
    told = [gateway.charge(asked, method) for _ in range(4)]
    unknown, succeeded = Outcome.UNKNOWN, Outcome.SUCCEEDED
    assert [one.outcome for one in told] == [unknown, unknown, succeeded, succeeded]
    assert len({one.reference for one in told}) == 1


def test_paypal_and_turning_back(provider: sandbox.Sandbox, gateway: Gateway) -> None:
    page = gateway.open(request(), replace(PAYPAL, is_saved=True))
    buyer = provider.buyer()
    buyer.visit(page.url)
    buyer.send("/login", email="ada@example.com", password="x")
    buyer.send("/approve")
    method = gateway.look_up(page.reference).method
    assert method
    assert (method.kind, method.label) == (MethodKind.PAYPAL, "ada@example.com")
    assert method.expires_date is None
    back = gateway.open(request(), PAYPAL)
    buyer.visit(back.url)
    buyer.send("/back")
    told = gateway.look_up(back.reference)
    assert (told.outcome, told.code) == (Outcome.DECLINED, Decline.NOT_CONFIRMED)


def test_a_wire_has_the_reference_of_its_order(provider: sandbox.Sandbox, gateway: Sandbox) -> None:
    start = datetime.now(UTC)
    asked = replace(request(), order="ord_0123456789abcdef0123")
    page = gateway.open(asked, replace(WIRE, return_url=""))
    reference = creditor_reference.of(asked.order)
    shown = provider.buyer().visit(page.url)
    assert reference in shown
    assert "Back to" not in shown
    [expected] = provider.told("GET", "/v1/bank/expected")["wires"]
    assert (expected["reference"], expected["amount_minor"]) == (reference, 6_000)
    sent = {"amount_minor": 6_000, "currency": "USD", "reference": reference}
    provider.told("POST", "/v1/bank/entries", sent)
    assert gateway.look_up(page.reference).outcome is Outcome.SUCCEEDED
    report = gateway.report(start, datetime.now(UTC))
    assert page.reference not in [one.reference for one in report], "it is in the bank's books"
    today = datetime.now(UTC).date()
    content = gateway.statement(today - timedelta(days=7), today + timedelta(days=1))
    [entry] = [one for each in formats.read(content) for one in each.entries]
    assert (entry.orders, entry.amount_minor) == ((asked.order,), 6_000)


def test_what_is_cancelled_is_declined_unless_it_was_paid(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    page = gateway.open(request(), CARD)
    for _ in range(2):
        told = gateway.cancel(page.reference)
        assert (told.outcome, told.code) == (Outcome.DECLINED, Decline.CANCELED)
    paid = gateway.open(request(), CARD)
    provider.buyer().pay(paid.url)
    assert gateway.cancel(paid.reference).outcome is Outcome.SUCCEEDED


def test_refunds_and_disputes_show_in_the_payment(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    paid = gateway.charge(request(), saved(provider, gateway))
    asked = RefundRequest("ref_key_1", paid.reference, 1_000, "USD", "unused")
    first = gateway.refund(asked)
    assert first.outcome is Outcome.SUCCEEDED
    assert gateway.refund(asked) == first
    too_much = gateway.refund(replace(asked, key="ref_key_2", amount_minor=5_001))
    assert too_much.outcome is Outcome.DECLINED
    assert too_much.reason
    dispute = {"amount_minor": 2_000}
    provider.told("POST", f"/v1/payments/{paid.reference}/disputes", dispute)
    told = gateway.look_up(paid.reference)
    assert (told.refunded_minor, told.disputed_minor) == (1_000, 2_000)


def test_a_method_is_forgotten_once_and_for_all(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    method = saved(provider, gateway)
    gateway.forget(method)
    gateway.forget(method)
    assert gateway.charge(request(), method).outcome is Outcome.DECLINED


def test_the_report_has_what_was_begun_in_the_time(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    start = datetime.now(UTC)
    asked = request()
    paid = gateway.charge(asked, saved(provider, gateway))
    opened = gateway.open(request(), CARD)
    reported = list(gateway.report(start, datetime.now(UTC)))
    assert [(one.reference, one.outcome) for one in reported] == [
        (paid.reference, Outcome.SUCCEEDED),
        (opened.reference, Outcome.UNKNOWN),
    ]
    assert (reported[0].key, reported[0].amount_minor) == (asked.key, 6_000)
    assert start <= reported[0].at
    assert list(gateway.report(start - timedelta(days=1), start - timedelta(hours=1))) == []


def test_notices_are_read_if_they_are_signed(provider: sandbox.Sandbox, gateway: Gateway) -> None:
    with receiver.listening() as heard:
        provider.told("PUT", "/v1/webhook", {"url": heard.url})
        page = gateway.open(request(), CARD)
        gateway.cancel(page.reference)
        heard.wait(1)
        provider.told("PUT", "/v1/webhook", {"url": ""})
    headers, body = heard.got[0]
    at = datetime.now(UTC)
    told = gateway.notice(headers, body, at)
    assert told.id == headers["webhook-id"]
    assert (told.kind, told.reference) == (NoticeKind.PAYMENT, page.reference)
    for changed in (
        headers | {"webhook-signature": "v1,AAAA v1a,x"},
        headers | {"webhook-timestamp": "9" * 30},
        headers | {"webhook-timestamp": "now"},
        headers | {"webhook-id": "evt_other"},
        {},
    ):
        with pytest.raises(BadNotice):
            gateway.notice(changed, body, at)
    for late in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(BadNotice):
            gateway.notice(headers, body, at + late)
    with pytest.raises(BadNotice):
        gateway.notice(headers, body + b"\xff", at)


def test_with_another_secret_nothing_is_known(provider: sandbox.Sandbox) -> None:
    stranger = Sandbox(provider.url, "sandbox_other", provider.keys.webhook_secret)
    assert_nothing_is_known(stranger)


@pytest.mark.parametrize("status", ["", "500 Oh", "200 OK", "201 Created", "404 Not Found"])
def test_an_outage_is_unknown_or_unavailable(status: str) -> None:
    answer = f"HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\noh" if status else ""
    with answering(answer.encode()) as url:
        assert_nothing_is_known(Sandbox(url, "sandbox_x", "whsec_AAAA"))


def test_a_port_that_is_closed_is_an_outage() -> None:
    url = f"http://127.0.0.1:{sandbox.free_port()}"
    assert_nothing_is_known(Sandbox(url, "sandbox_x", "whsec_AAAA"))


def test_a_charge_whose_answer_was_lost_is_found_by_its_key(
    provider: sandbox.Sandbox, gateway: Gateway
) -> None:
    method, asked = saved(provider, gateway), request()
    with losing_answers(provider.url) as url:
        cut_off = Sandbox(url, provider.keys.secret, provider.keys.webhook_secret)
        assert cut_off.charge(asked, method).outcome is Outcome.UNKNOWN
    told = gateway.charge(asked, method)
    assert told.outcome is Outcome.SUCCEEDED
    everything = gateway.report(datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC))
    assert [one.key for one in everything].count(asked.key) == 1


def assert_nothing_is_known(gateway: Sandbox) -> None:
    """Neither that a payment came to something, nor that it did not."""
    refund = RefundRequest("ref_1", "pay_1", 1, "USD")
    assert {
        gateway.charge(request(), GONE).outcome,
        gateway.look_up("pay_1").outcome,
        gateway.look_up_setup("set_1").outcome,
        gateway.cancel("pay_1").outcome,
        gateway.refund(refund).outcome,
    } == {Outcome.UNKNOWN}
    now = datetime.now(UTC)
    for act in (
        lambda: gateway.open(request(), CARD),
        lambda: gateway.open_setup("set_1", "ws_7", CARD),
        lambda: gateway.forget(GONE),
        lambda: list(gateway.report(now, now)),
        lambda: gateway.statement(now.date(), now.date()),
    ):
        with pytest.raises(Unavailable):
            act()


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Whoever asks gets this, whole or broken, and is hung up on."""

    def serve(client: socket.socket) -> None:
        client.recv(65_536)
        client.sendall(answer)

    with _serving(serve) as url:
        yield url


@contextmanager
def losing_answers(upstream: str) -> Iterator[str]:
    """Passes on what is asked; of the answer nothing comes back."""
    where = urlsplit(upstream)

    def serve(client: socket.socket) -> None:
        asked = client.recv(65_536)
        with socket.create_connection((where.hostname or "", where.port or 0)) as server:
            server.sendall(asked)
            head, _, body = asked.partition(b"\r\n\r\n")
            if b"content-length" in head.lower() and not body:
                server.sendall(client.recv(65_536))
            server.recv(65_536)

    with _serving(serve) as url:
        yield url


@contextmanager
def _serving(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                serve(client)

    threading.Thread(target=run, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
