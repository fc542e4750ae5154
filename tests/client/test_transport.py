"""What is sent again, how long is waited, and what is told when all is in vain."""

import json
import subprocess
import sys

import httpx
import pytest

from quartermaster.client.answers import FreeCredits, Sent
from quartermaster.client.transport import ApiProblem, Patience, Transport
from tests.fakes.scripted_web import Scripted, ScriptedWeb, scripted

POOL = b'{"currency": "USD", "left": "1.50", "expires_at": null, "lots": []}'
SENT = b'{"request_id": "r", "accepted": ["e"], "rejected": []}'
LINES = {"Content-Type": "application/x-ndjson"}


def problem(status: int, code: str, **headers: str) -> Scripted:
    told = {"status": status, "code": code, "detail": "why", "field": "bot", "request_id": "r1"}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    kind = {"Content-Type": "application/problem+json"}
    return Scripted(status, json.dumps(told).encode(), kind | named)


def transport(web: ScriptedWeb, waited: list[float], tries: int = 4) -> Transport:
    return Transport(web.address, "qm_1", Patience(tries=tries), waited.append)


def refused(asking: Transport) -> ApiProblem:
    """What it raises when asked."""
    with pytest.raises(ApiProblem) as told:
        asking.read(FreeCredits, "/v1/free-credits", {})
    return told.value


def test_an_answer_at_once() -> None:
    waited: list[float] = []
    with scripted(Scripted(body=POOL)) as web:
        query = {"range": "7d", "from_": "2026-11-01", "to": None}
        found = transport(web, waited).read(FreeCredits, "/v1/free-credits", query)
    assert (str(found.left), found.lots) == ("1.50", [])
    [asked] = web.asked
    assert (asked.method, asked.path) == ("GET", "/v1/free-credits?range=7d&from=2026-11-01")
    assert asked.headers["Authorization"] == "Bearer qm_1"
    assert waited == []


@pytest.mark.parametrize("again", [429, 502, 503, 504])
def test_what_may_help_is_tried_again(again: int) -> None:
    waited: list[float] = []
    with scripted(
        problem(again, "busy", Retry_After="2"),
        problem(again, "busy"),
        Scripted(hangs_up=0),
        Scripted(202, SENT),
    ) as web:
        found = transport(web, waited).send(Sent, "/v1/events", b"[1]")
    assert found.accepted == ["e"]
    assert waited == [2.0, 0.5, 1.0]
    assert [(one.method, one.body) for one in web.asked] == [("POST", b"[1]")] * 4


def test_there_is_an_end_to_it() -> None:
    waited: list[float] = []
    with scripted(*[problem(503, "database_away", Retry_After="1")] * 9) as web:
        no = refused(transport(web, waited, tries=3))
    assert (no.status, no.code) == (503, "database_away")
    assert (len(web.asked), waited) == (3, [1.0, 1.0])


def test_who_asks_for_too_much_patience_gets_none() -> None:
    waited: list[float] = []
    with scripted(problem(429, "busy", Retry_After="3600")) as web:
        assert refused(transport(web, waited)).status == 429
    assert waited == []


@pytest.mark.parametrize("status", [400, 401, 404, 406, 410, 422, 500])
def test_a_no_is_a_no(status: int) -> None:
    waited: list[float] = []
    with scripted(problem(status, "some_code")) as web:
        no = refused(transport(web, waited))
    assert (no.status, no.code, no.field, no.request_id) == (status, "some_code", "bot", "r1")
    assert str(no) == f"{status} some_code: why"
    assert (len(web.asked), waited) == (1, [])


def test_a_no_of_something_between() -> None:
    with scripted(Scripted(403, b"<html>", {"Content-Type": "text/html"})) as web:
        no = refused(transport(web, []))
    assert (no.status, no.code, no.detail) == (403, "unknown", "Forbidden")


def test_a_batch_of_which_nothing_was_accepted_is_no_problem() -> None:
    refused = b'{"index": 0, "id": null, "code": "empty", "reason": "x", "field": "id"}'
    body = b'{"request_id": "r", "accepted": [], "rejected": [' + refused + b"]}"
    with scripted(Scripted(422, body)) as web:
        found = transport(web, []).send(Sent, "/v1/events", b"[{}]")
    assert [one.code for one in found.rejected] == ["empty"]


def test_nobody_there() -> None:
    with scripted() as web:
        pass
    waited: list[float] = []
    with pytest.raises(httpx.ConnectError):
        transport(web, waited, tries=3).read(FreeCredits, "/v1/free-credits", {})
    assert waited == [0.25, 0.5]


def test_lines_that_break_off_are_told_and_not_asked_for_again() -> None:
    whole = b'{"a": 1}\n{"a": 2}\n{"a": 3}\n'
    with scripted(problem(503, "x"), Scripted(body=whole, headers=LINES, hangs_up=12)) as web:
        seen: list[str] = []
        with pytest.raises(httpx.RemoteProtocolError), transport(web, []).lines("/x", {}) as lines:
            seen.extend(lines)
    assert len(web.asked) == 2
    assert web.asked[1].headers["Accept"] == "application/x-ndjson"


def test_it_is_importable_alone() -> None:
    """Without Django, the database driver, and anything else of ours."""
    others = "{name for name in sys.modules if name.startswith('quartermaster.')}"
    code = (
        f"import sys, quartermaster.client; print(sorted({others})); print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, has_django = done.stdout.splitlines()
    assert all("'quartermaster.client" in name for name in names.strip("[]").split(", "))
    assert has_django == "False"


def test_an_act_is_asked_for_once() -> None:
    waited: list[float] = []
    with scripted(problem(503, "database_away", Retry_After="1"), Scripted(body=POOL)) as web:
        with pytest.raises(ApiProblem) as told:
            transport(web, waited).act(FreeCredits, "/v1/orders/x/pay", {})
        assert (told.value.code, waited) == ("database_away", [])


def test_what_has_a_key_is_sent_again() -> None:
    waited: list[float] = []
    with scripted(problem(503, "database_away"), Scripted(body=POOL)) as web:
        made = transport(web, waited).post(FreeCredits, "/v1/orders", {"offer": "x"}, "k")
        assert (made.currency, len(waited)) == ("USD", 1)
        assert {seen.headers["Idempotency-Key"] for seen in web.asked} == {"k"}
