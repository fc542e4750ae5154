"""Notices: signed, sent again, and wrong on demand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.fakes import receiver, sandbox
from tests.fakes.receiver import Receiver
from tests.fakes.sandbox import Sandbox

QUICK = 0.05
NO_FAULTS = {"lose": False, "duplicate": False, "reorder": False, "delay_seconds": 0}


@pytest.fixture
def heard(shared: Sandbox) -> Iterator[Receiver]:
    """Whoever is told of everything, until the end of the test."""
    with receiver.listening() as one:
        hook = {"url": one.url, "first_retry_seconds": QUICK}
        assert shared.told("PUT", "/v1/webhook", hook) == hook
        yield one
        shared.told("PUT", "/v1/faults", {})
        shared.told("PUT", "/v1/webhook", {"url": ""})


def cancelled(one: Sandbox) -> str:
    """A payment that is told about once."""
    key = str(one.checkout()["id"])
    one.told("POST", f"/v1/payments/{key}/cancel")
    return key


def test_a_notice_is_signed_and_says_little(shared: Sandbox, heard: Receiver) -> None:
    key = cancelled(shared)
    heard.wait(1)
    headers, body = heard.got[0]
    told = Webhook(shared.keys.webhook_secret).verify(body, headers)
    assert set(told) == {"type", "timestamp", "data"}
    assert (told["type"], told["data"]) == ("payment.updated", {"reference": key})
    for changed in (body + b" ", body.replace(b"updated", b"deleted")):
        with pytest.raises(WebhookVerificationError):
            Webhook(shared.keys.webhook_secret).verify(changed, headers)


def test_each_event_has_its_type(shared: Sandbox, heard: Receiver) -> None:
    shared.saved_card()
    checkout = shared.checkout()
    shared.buyer().pay(checkout["url"])
    shared.told("POST", f"/v1/payments/{checkout['id']}/refunds", {"amount_minor": 1})
    shared.told("POST", f"/v1/payments/{checkout['id']}/disputes", {"amount_minor": 1})
    sent = {"amount_minor": 1, "currency": "USD", "reference": "none"}
    entry = shared.told("POST", "/v1/bank/entries", sent)
    heard.wait(5)
    told = {heard.told(place)["type"]: heard.references()[place] for place in range(5)}
    assert told.pop("setup.updated")
    paid = dict.fromkeys(("payment.updated", "refund.updated", "dispute.opened"), checkout["id"])
    assert told == paid | {"wire.arrived": entry["id"]}, "in no order: several are sent at once"


def test_what_is_not_taken_is_sent_again(shared: Sandbox, heard: Receiver) -> None:
    heard.answers += [500, 404, 204]
    cancelled(shared)
    heard.wait(3)
    ids = {headers["webhook-id"] for headers, _ in heard.got}
    assert len(ids) == 1
    for headers, body in heard.got:
        Webhook(shared.keys.webhook_secret).verify(body, headers)


def test_a_duplicate_has_the_same_id(shared: Sandbox, heard: Receiver) -> None:
    shared.told("PUT", "/v1/faults", {"duplicate": True})
    cancelled(shared)
    heard.wait(2)
    first, second = heard.got
    assert first[0]["webhook-id"] == second[0]["webhook-id"]


def test_a_later_notice_may_come_first(shared: Sandbox, heard: Receiver) -> None:
    shared.told("PUT", "/v1/faults", {"reorder": True})
    keys = [cancelled(shared) for _ in range(2)]
    heard.wait(2)
    assert heard.references() == keys[::-1]


def test_one_alone_does_not_wait_for_ever(shared: Sandbox, heard: Receiver) -> None:
    shared.told("PUT", "/v1/faults", {"reorder": True})
    cancelled(shared)
    heard.wait(1)


def test_a_notice_may_be_late(shared: Sandbox, heard: Receiver) -> None:
    shared.told("PUT", "/v1/faults", {"delay_seconds": 2})
    late = cancelled(shared)
    shared.told("PUT", "/v1/faults", {})
    soon = cancelled(shared)
    heard.wait(2)
    assert heard.references() == [soon, late]


def test_a_notice_may_be_lost_until_that_is_switched_off(shared: Sandbox, heard: Receiver) -> None:
    person = shared.buyer()
    person.visit("/faults")
    person.send("", lose="on", delay_seconds="0")
    assert shared.told("GET", "/v1/faults") == NO_FAULTS | {"lose": True}
    cancelled(shared)
    person.send("", delay_seconds="0")
    assert shared.told("GET", "/v1/faults") == NO_FAULTS
    told = cancelled(shared)
    heard.wait(1)
    states = [one["state"] for one in shared.told("GET", "/v1/deliveries")["deliveries"][:2]]
    assert states[1] == "lost"
    assert heard.references() == [told]


def test_what_waits_is_sent_after_a_restart(tmp_path: Path) -> None:
    port = sandbox.free_port()
    hook = ("--webhook-url", f"http://127.0.0.1:{port}/notices", "--first-retry-seconds", "1")
    with sandbox.running(tmp_path / "folder", *hook) as before:
        secret = before.keys.webhook_secret
        key = cancelled(before)
    with receiver.listening(port) as heard, sandbox.running(tmp_path / "folder") as after:
        heard.wait(1)
        assert heard.references() == [key]
        assert after.keys.webhook_secret == secret
        assert after.payment(key)["state"] == "canceled"
