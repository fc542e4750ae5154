"""What is the sandbox's own beside the contract: wires, its words, and who answers in its place."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from quartermaster.adapters.bank_statements import formats
from quartermaster.adapters.payments import Sandbox
from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Decline,
    NoticeKind,
    PageRequest,
    PaymentRequest,
    RefundRequest,
    SavedMethod,
    Unavailable,
)
from tests.fakes import sandbox
from tests.fakes.sandbox import SHOP

CARD, PAYPAL, WIRE = (
    PageRequest(kind, SHOP) for kind in (MethodKind.CARD, MethodKind.PAYPAL, MethodKind.WIRE)
)
GONE = SavedMethod(MethodKind.CARD, "method_none")
REQUEST = PaymentRequest("pay_1", "ord_0123456789abcdef0123", "ws_7", 6_000, "USD", "Advanced plan")
BODY = b'{"type": "wire.arrived", "data": {"reference": "bank_1"}}'


@pytest.fixture
def gateway(provider: sandbox.Sandbox) -> Sandbox:
    """As it is wired, with nothing in the sandbox yet."""
    provider.empty()
    return Sandbox(provider.url, provider.keys.secret, provider.keys.webhook_secret)


def test_a_method_is_known_by_its_label(provider: sandbox.Sandbox, gateway: Sandbox) -> None:
    card = gateway.open_setup("set_1", "ws_7", CARD)
    provider.buyer().pay(card.url)
    saved = gateway.look_up_setup(card.reference).method
    assert saved
    assert (saved.brand, saved.label) == ("Visa", "Visa •••• 4242")
    account = gateway.open_setup("set_2", "ws_7", PAYPAL)
    buyer = provider.buyer()
    buyer.visit(account.url)
    buyer.approve("ada@example.com")
    saved = gateway.look_up_setup(account.reference).method
    assert saved
    assert (saved.brand, saved.label) == ("", "ada@example.com")


def test_who_turns_back_has_not_confirmed(provider: sandbox.Sandbox, gateway: Sandbox) -> None:
    page = gateway.open(REQUEST, CARD)
    buyer = provider.buyer()
    buyer.visit(page.url)
    buyer.send("/back")
    answer = gateway.look_up(page.reference)
    assert (answer.outcome, answer.code) == (Outcome.DECLINED, Decline.NOT_CONFIRMED)


def test_a_wire_has_the_reference_of_its_order(provider: sandbox.Sandbox, gateway: Sandbox) -> None:
    start = datetime.now(UTC)
    page = gateway.open(REQUEST, replace(WIRE, return_url=""))
    reference = creditor_reference.of(REQUEST.order)
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
    assert (entry.orders, entry.amount_minor) == ((REQUEST.order,), 6_000)


@pytest.mark.parametrize("stamp", ["", "now", "9" * 30, "²", "-5"])
def test_a_notice_needs_the_time_at_which_it_was_sent(stamp: str) -> None:
    at, secret = datetime.now(UTC), "whsec_AAAA"
    gateway = Sandbox("http://127.0.0.1", "sandbox_x", secret)
    signature = Webhook(secret).sign("evt_1", at, BODY.decode())
    sent = {"webhook-id": "evt_1", "webhook-signature": f"v1,AAAA v1a,x {signature}"}
    good = sent | {"webhook-timestamp": str(int(at.timestamp()))}
    assert gateway.notice(good, BODY, at).kind is NoticeKind.WIRE
    with pytest.raises(BadNotice):
        gateway.notice(sent | {"webhook-timestamp": stamp}, BODY, at)


def test_with_another_secret_nothing_is_known(provider: sandbox.Sandbox) -> None:
    stranger = Sandbox(provider.url, "sandbox_other", provider.keys.webhook_secret)
    assert_nothing_is_known(stranger)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", "oh"),
        ("200 OK", "[]"),
        ("200 OK", ""),
        ("201 Created", "oh"),
        ("302 Found", "{}"),
        ("404 Not Found", "oh"),
        ("404 Not Found", '{"error": "no route"}'),
        ("500 Oh", "oh"),
    ],
)
def test_who_answers_in_its_place_is_not_believed(status: str, body: str) -> None:
    answer = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    with answering(answer.encode()) as url:
        assert_nothing_is_known(Sandbox(url, "sandbox_x", "whsec_AAAA"))


def test_who_hangs_up_has_said_nothing() -> None:
    with answering(b"") as url:
        assert_nothing_is_known(Sandbox(url, "sandbox_x", "whsec_AAAA"))


def test_a_port_that_is_closed_is_an_outage() -> None:
    url = f"http://127.0.0.1:{sandbox.free_port()}"
    assert_nothing_is_known(Sandbox(url, "sandbox_x", "whsec_AAAA"))


def assert_nothing_is_known(gateway: Sandbox) -> None:
    """Neither that a payment came to something, nor that it did not."""
    refund = RefundRequest("ref_1", "pay_1", 1, "USD")
    assert {
        gateway.charge(REQUEST, GONE).outcome,
        gateway.look_up("pay_1").outcome,
        gateway.look_up_setup("set_1").outcome,
        gateway.cancel("pay_1").outcome,
        gateway.refund(refund).outcome,
    } == {Outcome.UNKNOWN}
    now = datetime.now(UTC)
    for act in (
        lambda: gateway.open(REQUEST, CARD),
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
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.recv(65_536)
                client.sendall(answer)

    threading.Thread(target=run, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
