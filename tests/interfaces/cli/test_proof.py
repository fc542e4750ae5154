"""`quartermaster verify`."""

import json

import pytest
from django.db import connection

from tests.books import Books, open_books, talk
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    books = open_books("helpdesk", "bookings")
    books.fund("helpdesk", 500_000)
    books.feed(talk("u0 b1 u10 u20 b30 u31"))
    return books


def damage(books: Books) -> str:
    """Takes a millionth out of a wallet; the bot at fault."""
    bot = books.bots["helpdesk"]
    with connection.cursor() as cursor:
        cursor.execute(
            "update wallets_wallet set paid_micro = paid_micro - 1 where bot_id = %s", [bot.id]
        )
    return bot.public_id


def test_books_that_hold(shell: Shell, books: Books) -> None:
    lines = shell.text("verify").splitlines()
    assert len(lines) >= 13
    assert all(line.startswith("holds  ") for line in lines)
    found = shell.json("verify")
    assert found["holds"] is True
    assert len(found["checks"]) == len(lines)
    assert all(one["holds"] and one["findings"] == [] for one in found["checks"])


def test_books_that_do_not(shell: Shell, books: Books) -> None:
    at_fault = damage(books)
    done = shell.run("verify")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    place = lines.index("FAILS  wallets match transfers")
    assert lines[place + 1].startswith(f"       {at_fault}: ")
    assert "holds  sessions charged once" in lines


def test_damage_for_programs(shell: Shell, books: Books) -> None:
    at_fault = damage(books)
    done = shell.run("verify", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["holds"]) == (1, False)
    failed = {one["check"]: one for one in found["checks"] if not one["holds"]}
    assert [one["id"] for one in failed["wallets_match_transfers"]["findings"]] == [at_fault]
    assert failed["wallets_match_transfers"]["count"] == 1


def test_long_lists_are_cut_and_say_so(shell: Shell, books: Books) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update wallets_wallet set paid_micro = paid_micro + 7")
    done = shell.run("verify", "--most", "1")
    assert done.exit_code == 1
    assert "… and 1 more" in done.stdout
    assert "--most" in shell.error("verify", "--most", "0")


def test_sessions_are_told_by_number_on_a_narrow_terminal(shell: Shell) -> None:
    bot = "a bot with a name that is rather long"
    books = open_books(bot)
    topic = {"conversation": "conversation-" * 5, "channel": "a channel with a long name"}
    books.feed(talk("u0 b1 u20", bot=bot, **topic))
    numbers = [str(one["id"]) for one in shell.json("session", "list")["sessions"]]
    lines = shell.text("session", "list", columns=80).splitlines()
    assert max(map(len, lines)) <= 80
    told = [line.split()[:3] for line in lines if line.split()[:1] and line.split()[0] in numbers]
    assert told == [[numbers[0], "2026-11-20", "12:00:00"], [numbers[1], "2026-11-20", "12:15:00"]]
    assert all("billing_session" in line for line in lines if "12:" in line)
    assert "…" not in "".join(lines)


def test_times_are_the_workspaces_own_in_a_list_and_in_a_single_one(shell: Shell) -> None:
    books = open_books("helpdesk", zone="Asia/Kolkata")
    books.feed(talk("u0 b1"))
    listed = shell.text("session", "list")
    [number] = [one["id"] for one in shell.json("session", "list")["sessions"]]
    shown = shell.text("session", "show", number)
    for said in (listed, shown):
        assert said.count("Asia/Kolkata") == 1
        assert "2026-11-20 17:30:00" in said
        assert "12:00:00" not in said
        assert "UTC" not in said
    assert shown.count("2026-11-20 17:31:00") == 2


def test_amounts_are_in_the_workspaces_currency(shell: Shell) -> None:
    books = open_books("helpdesk")
    books.workspace.currency = "CHF"
    books.workspace.save()
    books.feed(talk("u0 b1"))
    [one] = shell.json("session", "list")["sessions"]
    assert "CHF 0.20: 1 at 0.20" in shell.text("session", "show", str(one["id"]))
    [charge] = shell.json("session", "show", str(one["id"]))["charges"]
    assert charge["currency"] == "CHF"
    assert "CHF 0.20" in shell.text("usage")
    assert shell.json("credits", "grant", "5")["granted"] == "CHF 5.00"
