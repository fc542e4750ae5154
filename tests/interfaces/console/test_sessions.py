"""Sessions: list, pages, CSV, one opened, and amounts explained."""

import csv
import re
from datetime import timedelta

import pytest

from quartermaster.store.metering.models import Session
from quartermaster.store.wallets.models import Charge
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.console.visits import at_most, named_rows, read, signed_in, text, value, wrong
from tests.usecases.credits import history
from tests.usecases.usage.test_meter_units import delivered

pytestmark = pytest.mark.django_db


def many() -> Books:
    """Sixty sessions of two bots."""
    history.publish()
    books = open_books("helpdesk", "bookings")
    books.fund("helpdesk", 300_000)
    for hour in range(30):
        start = NOW - timedelta(hours=2 * hour)
        books.feed(talk("u0", "helpdesk", start=start) + talk("u0", "bookings", start=start))
    return books


def test_pages_hold_all_of_them_once() -> None:
    books = many()
    client = signed_in(books)
    first = read(client, "/sessions", range="30d")
    assert "60 sessions came to $12.00" in text(first)
    following = re.search(r'href="(\?[^"]*after=[^"]+)">Earlier', first)
    assert following
    second = read(client, "/sessions" + following[1].replace("&amp;", "&"))
    found = re.findall(r"/sessions/(ses_\d+)", first + second)
    assert len(found) == len(set(found)) == 60
    assert "Earlier" not in second


def test_filters_and_total_agree_with_the_csv() -> None:
    client = signed_in(many())
    html = read(client, "/sessions", range="30d", bot="helpdesk")
    assert "30 sessions came to $6.00" in text(html)
    response = client.get("/sessions.csv", {"range": "30d", "bot": "helpdesk"})
    found = list(csv.DictReader(response.getvalue().decode().splitlines()))
    assert len(found) == 30
    assert sum(float(row["charge"]) for row in found) == pytest.approx(6)
    assert {row["paid_by"] for row in found} == {"paid", "free", "paid and free"}


def test_sessions_without_a_channel_can_be_asked_for() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.feed(talk("u0", channel="web") + talk("u0", user="bob"))
    client = signed_in(books)
    for query, users in (({}, ["ann", "bob"]), ({"channel": "(none)"}, ["bob"])):
        assert f"{len(users)} sessions came to" in text(read(client, "/sessions", **query))
        response = client.get("/sessions.csv", query)
        found = csv.DictReader(response.getvalue().decode().splitlines())
        assert sorted(row["user"] for row in found) == users


def test_one_session_tells_its_messages_and_charge() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.fund("helpdesk", 150_000)
    books.feed(talk("u0 b1 t3 a10 r12 b14", channel="web"))
    number = Session.objects.get().id
    html = read(signed_in(books), f"/sessions/ses_{number}")
    said = text(html)
    assert "1 billing session × $0.20 = $0.20" in said
    assert "paid credit" in said
    assert "free credit" in said
    assert len(re.findall("<circle class=.user.[^>]*r=.6.><title>", html)) == 1
    assert len(re.findall("<line class=.control.[^>]*><title>", html)) == 2


def test_late_events_show_before_and_after() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.feed(talk("u10 u24 u100"))
    books.feed(talk("u0"))
    gone = Session.objects.filter(withdrawn_by__isnull=False).order_by("id").first()
    assert gone
    client = signed_in(books)
    html = read(client, f"/sessions/ses_{gone.id}")
    assert "Late events changed it" in html
    assert "there were 2 sessions before and 3 after" in text(html)
    listed = {1: "taken back", 3: "made by these events", 4: "made by these events"}
    first = gone.id - 1
    for place, became in listed.items():
        assert became in named_rows(html)[f"ses_{first + place}"][-1]
    assert f"ses_{first + 2}" not in named_rows(html), "that one stayed"
    back = Charge.objects.get(session_id=gone.id, quantity=-1)
    assert "−1 billing session × $0.20 = −$0.20" in text(read(client, f"/explain/chg_{back.id}"))


def test_charges_and_transfers_are_explained() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.fund("helpdesk", 9_000_000)
    books.feed(talk("u0") + delivered("api.requested", 1, 2))
    client = signed_in(books)
    charge = Charge.objects.get(session_id__isnull=True)
    assert "2 api sessions × $0.0015 = $0.003" in text(read(client, f"/explain/chg_{charge.id}"))
    wallet = read(client, f"/wallets/{books.bots['helpdesk'].public_id}")
    assert named_rows(wallet)["lot_" + str(books.lots()[-1].id)][2] == "$9.00"
    for transfer in re.findall(r"/explain/(trf_\d+)", wallet):
        with at_most(12):
            assert "How it came about" in read(client, f"/explain/{transfer}")


def test_words_are_in_the_workspaces_currency() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.workspace.currency = "EUR"
    books.workspace.save()
    books.feed(talk("u0"))
    client = signed_in(books)
    session, charge = Session.objects.get().id, Charge.objects.get().id
    for path in (f"/sessions/ses_{session}", f"/explain/chg_{charge}"):
        said = text(read(client, path))
        assert "1 billing session × €0.20 = €0.20" in said
        assert "$" not in said


def test_another_workspaces_things_are_not_there() -> None:
    history.publish()
    theirs = open_books("helpdesk")
    theirs.feed(talk("u0"))
    client = signed_in(open_books("helpdesk"))
    session, charge = Session.objects.get().id, Charge.objects.get().id
    read(client, f"/sessions/ses_{session}", status=404)
    read(client, f"/explain/chg_{charge}", status=404)
    read(client, f"/wallets/{theirs.bots['helpdesk'].public_id}", status=404)
    assert "No sessions here" in read(client, "/sessions")


def test_few_queries() -> None:
    client = signed_in(many())
    for address in ("/sessions", "/wallets", "/usage"):
        with at_most(12):
            read(client, address)


def test_wrong_filters_keep_what_was_typed() -> None:
    typed = {"from": "2026-11-22", "to": "2026-11-20", "user": 'ann "x"'}
    html = read(signed_in(open_books("helpdesk")), "/sessions", range="custom", **typed)
    assert [value(html, name) for name in typed] == list(typed.values())
    assert wrong(html) == ["2026-11-20 is before 2026-11-22, or too far away."]
    long = read(signed_in(open_books("helpdesk")), "/sessions", user="x" * 201, bot="typo")
    assert value(long, "user") == "x" * 201
    assert len(wrong(long)) == 2
