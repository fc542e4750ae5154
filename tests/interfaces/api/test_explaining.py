"""What sessions and amounts are made of, told to their own workspace only."""

from datetime import timedelta
from decimal import Decimal

from quartermaster.core.usage.events import Event
from quartermaster.usecases.plans.publish_prices import publish_prices
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller

MINUTE = timedelta(minutes=1)


def test_a_session_from_its_messages_to_its_credit(books: Books, api: Caller) -> None:
    lot = books.fund("helpdesk", 100_000)
    books.feed(talk("u0 b1", channel="web", conversation="c-1"))
    [line] = api.get("/sessions").json()["sessions"]
    found = api.get(f"/sessions/{line['id']}").json()
    [charge] = found.pop("charges")
    assert found == {
        "id": line["id"],
        "bot": books.bots["helpdesk"].public_id,
        "bot_name": "helpdesk",
        "user": "ann",
        "channel": "web",
        "unit": "billing_session",
        "start_at": "2026-11-20T12:00:00Z",
        "end_at": "2026-11-20T12:15:00Z",
        "made_at": None,
        "withdrawn_at": None,
        "conversation": {
            "id": "c-1",
            "start_at": "2026-11-20T12:00:00Z",
            "end_at": "2026-11-20T12:01:00Z",
            "anchor_at": "2026-11-20T12:00:00Z",
            "messages": 2,
        },
        "messages": [
            {
                "at": "2026-11-20T12:00:00Z",
                "type": "message",
                "sender": "user",
                "channel": "web",
            },
            {"at": "2026-11-20T12:01:00Z", "type": "message", "sender": "bot", "channel": "web"},
        ],
        "recuts": [],
    }
    assert (charge["id"], charge["amount"]) == (line["charge_id"], "0.20")
    assert (charge["quantity"], charge["price"]["amount"]) == (1, "0.20")
    draws = [(draw["source"], draw["lot"], draw["amount"]) for draw in charge["draws"]]
    free = books.lots()[0].id
    assert draws == [("paid", f"lot_{lot.id}", "0.10"), ("free", f"lot_{free}", "0.10")]


def test_a_session_that_was_taken_back_tells_why(books: Books, api: Caller) -> None:
    books.feed(talk("b0 u3 u17"))
    kept = {one["id"] for one in api.get("/sessions").json()["sessions"]}
    books.feed(talk("u1"))
    lost = kept - {one["id"] for one in api.get("/sessions").json()["sessions"]}
    assert lost
    found = api.get(f"/sessions/{lost.pop()}").json()
    assert found["withdrawn_at"] == "2026-11-22T12:00:00Z"
    [recut] = found["recuts"]
    assert recut["before"] == len(kept)
    assert {one["is_new"] for one in recut["sessions"]} == {True, False}
    assert sum(charge["quantity"] for charge in found["charges"]) == 0
    assert [charge["amount"] for charge in found["charges"]] == ["0.20", "-0.20"]


def test_an_amount_from_its_formula_to_its_lots(books: Books, api: Caller) -> None:
    books.fund("helpdesk", 150_000)
    books.feed(talk("u0 b1"))
    [session] = api.get("/sessions").json()["sessions"]
    charge = api.get(f"/explain/{session['charge_id']}").json()
    assert charge["formula"] == "1 billing session × $0.20 = $0.20"
    assert (charge["amount"], charge["transfer"]) == ("0.20", None)
    assert charge["session"] == api.get(f"/sessions/{session['id']}").json()
    assert charge["charge"]["session"] == session["id"]
    assert {lot["source"] for lot in charge["lots"]} == {"paid", "free"}
    for transfer in api.get("/transfers").json()["transfers"]:
        found = api.get(f"/explain/{transfer['id']}").json()
        assert found["transfer"] == transfer
        assert found["amount"] == transfer["amount"]
        assert [lot["id"] for lot in found["lots"]] == [transfer["lot"]]
        assert (found["charge"] is None) == (transfer["charge"] is None)


def test_a_charge_without_session_tells_when_its_units_came(books: Books, api: Caller) -> None:
    publish_prices({"alert": Decimal("0.0005")}, NOW - timedelta(days=300))
    at = NOW - timedelta(days=1)
    named = {"bot": "helpdesk", "user": "ann"}
    books.feed([Event(f"a{n}", "alert.delivered", at + n * MINUTE, **named) for n in range(2)])
    charge = api.get("/transfers", limit=1).json()["transfers"][0]["charge"]
    found = api.get(f"/explain/{charge}").json()
    assert (found["amount"], found["session"]) == ("0.001", None)
    assert found["formula"] == "2 alerts × $0.0005 = $0.001"
    assert found["deliveries"] == ["2026-11-21T12:00:00Z", "2026-11-21T12:01:00Z"]
    assert found["charge"]["charge"]["price"]["amount"] == "0.0005"


def test_words_and_numbers_are_in_one_currency(books: Books, api: Caller) -> None:
    books.workspace.currency = "CHF"
    books.workspace.save()
    books.feed(talk("u0"))
    [moved, *_] = api.get("/transfers").json()["transfers"]
    found = api.get(f"/explain/{moved['id']}").json()
    [charge] = found["session"]["charges"]
    words = "1 billing session × CHF 0.20 = CHF 0.20"
    assert (charge["currency"], charge["formula"]) == ("CHF", words)
    assert found["currency"] == "CHF"
    assert found["formula"] == f"CHF 0.20: credit that paid for usage; {words}"


NAMES = ["ses_987654321", "chg_987654321", "trf_987654321", "lot_1", "prc_1", "bot_1", "x", "1"]
NAMES += ["ses_0", "ses_01", "ses_-1", "ses_1x", "SES_1", "ses_9999999999999999999", "ses_1\u0661"]


def test_what_names_nothing_is_not_found(busy: Books, api: Caller) -> None:
    for path, field in (("sessions", "session"), ("explain", "id")):
        for name in NAMES:
            assert_problem(api.get(f"/{path}/{name}"), 404, "not_found", field)


def test_another_workspaces_things_are_as_if_they_were_not(busy: Books, api: Caller) -> None:
    theirs = caller(open_books("helpdesk"))
    line = api.get("/sessions").json()["sessions"][-1]
    moved = api.get("/transfers").json()["transfers"][0]
    names = (("sessions", "session", line["id"]), ("explain", "id", line["charge_id"]))
    for path, field, name in (*names, ("explain", "id", moved["id"])):
        assert api.get(f"/{path}/{name}").status_code == 200
        response = theirs.get(f"/{path}/{name}")
        assert_problem(response, 404, "not_found", field)
        nothing = f"{name.partition('_')[0]}_987654321"
        never = theirs.get(f"/{path}/{nothing}")
        number, other = name.partition("_")[2], "987654321"
        assert never.json()["detail"] == response.json()["detail"].replace(number, other)
