"""Card numbers are typed at the sandbox, and never come to us."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.acceptance.journeys.market import Customer, Market

NUMBERS = ("378282246310005", "5555555555554444", "4000000000009995")
"""None of them is in our own words, as the one in the greeting of a demo is."""
_PIECE = 1 << 24


def test_they_are_nowhere(market: Market) -> None:
    with market.customer("secretive") as customer:
        customer.save_card(NUMBERS[0])
        customer.pay_by_card(customer.fund(), NUMBERS[1], is_saved=True)
        declined = customer.fund()
        page = customer.page(declined)
        assert market.sandbox.buyer().pay(page, NUMBERS[2])["status"] == "declined"
        market.heard()
        assert found_in(memory(market)) == found_in(database(market)) == set()
        assert market.installation.log
        assert found_in(iter([Path(market.installation.log).read_bytes()])) == set()
        assert found_in(iter(["\n".join(market.up.lines).encode()])) == set()
        assert_the_search_finds(market, customer)
        customer.told("POST", f"/orders/{declined}/cancel")


def assert_the_search_finds(market: Market, customer: Customer) -> None:
    """What is certainly there."""
    secret = customer.client.headers["Authorization"].removeprefix("Bearer ").encode()
    assert any(secret in piece for piece in memory(market)), "the key that was used a moment ago"
    assert any(customer.name.encode() in piece for piece in database(market))


def found_in(pieces: Iterator[bytes]) -> set[str]:
    """The numbers that stand there, with whatever people write between the digits."""
    between = {number: "[ -]?".join(number).encode() for number in NUMBERS}
    wide = {number: number.encode("utf-16-le") for number in NUMBERS}
    found: set[str] = set()
    for piece in pieces:
        found |= {one for one in NUMBERS if re.search(between[one], piece) or wide[one] in piece}
    return found


def memory(market: Market) -> Iterator[bytes]:
    """All that our processes have in theirs, in pieces that overlap."""
    for process in market.up.children():
        with suppress(OSError):
            yield from _mapped(process.pid)


def _mapped(number: int) -> Iterator[bytes]:
    maps = Path(f"/proc/{number}/maps").read_text().splitlines()
    with Path(f"/proc/{number}/mem").open("rb", buffering=0) as file:
        for line in maps:
            place, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(one, 16) for one in place.split("-"))
            for begin in range(start, end, _PIECE):
                with suppress(OSError, ValueError):
                    file.seek(begin)
                    yield file.read(min(_PIECE + 64, end - begin))


def database(market: Market) -> Iterator[bytes]:
    """Every row of every table."""
    with psycopg.connect(market.installation.environ["DATABASE_URL"]) as connection:
        names = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information_)'"
        ).fetchall()
        for schema, name in names:
            asked = sql.SQL("copy {} to stdout").format(sql.Identifier(schema, name))
            with connection.cursor().copy(asked) as rows:
                yield b"".join(rows)
