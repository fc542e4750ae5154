"""Named statements are described, used and understood by PostgreSQL; columns arrive as sent."""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from django.db import connection

import quartermaster
from quartermaster.store import sql
from quartermaster.store.sql import Column

pytestmark = pytest.mark.django_db

SOURCE = Path(quartermaster.__file__).parent
LOWEST, HIGHEST = -(2**63), 2**63 - 1


class Statement(NamedTuple):
    """One named statement of a file."""

    package: Path
    name: str
    sentence: str
    text: str


def _statements() -> Iterator[Statement]:
    for file in sorted(SOURCE.rglob("*.sql")):
        parts = re.split(r"^-- name: (.*)\n", file.read_text(), flags=re.M)
        if len(parts) == 1:
            parts = ["", file.name, *parts]  # a file that is one statement
        assert not parts[0].strip()
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            comment = re.match(r"(?:-- .*\n)*", text)
            assert comment
            sentence = comment.group().replace("-- ", " ").replace("\n", "").strip()
            yield Statement(file.parents[1], name, sentence, text[comment.end() :].strip())


STATEMENTS = list(_statements())
EACH = pytest.mark.parametrize(
    "statement", STATEMENTS, ids=[f"{one.package.name}.{one.name}" for one in STATEMENTS]
)


def test_there_are_statements_and_none_has_its_name_twice() -> None:
    names = Counter((one.package, one.name) for one in STATEMENTS)
    assert len(names) > 40
    assert not [name for name, count in names.items() if count > 1]


@EACH
def test_a_sentence_says_what_it_does(statement: Statement) -> None:
    assert re.fullmatch(r"[A-Z].{10,}\.", statement.sentence), statement.sentence


@EACH
def test_it_is_used(statement: Statement) -> None:
    source = "".join(file.read_text() for file in statement.package.glob("*.py"))
    assert f'"{statement.name}"' in source


@EACH
def test_postgresql_can_prepare_it(statement: Statement) -> None:
    """A COPY cannot be prepared; what it copies to can be selected."""
    numbers: dict[str, str] = {}
    target = r"copy (\w+)\s+\((.*)\)\s+from stdin \(format binary\)"
    copied = re.sub(target, r"select \2 from \1", statement.text, flags=re.S)
    text = re.sub(
        r"%\((\w+)\)[sb]",
        lambda found: numbers.setdefault(found[1], f"${len(numbers) + 1}"),
        copied.removesuffix(";"),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"prepare tried as {text}")
        cursor.execute("deallocate tried")


def test_a_package_hands_out_its_statements() -> None:
    queries = sql.Queries("quartermaster.store.wallets")
    assert set(queries) == {one.name for one in STATEMENTS if one.package.name == "wallets"}
    assert len(queries) == len(set(queries))
    assert queries["wallets"].startswith("select bot_id")
    assert not any("--" in queries[name] or queries[name].endswith(";") for name in queries)
    with pytest.raises(KeyError):
        queries["no such statement"]


def arrived(kind: str, column: Column) -> list[Any]:
    """What PostgreSQL makes of an array parameter, as text."""
    found = sql.rows(
        f"select v::text from unnest(%(column)s::{kind}[]) with ordinality as t (v, n) order by n",
        column=column,
    )
    return [value for (value,) in found]


@pytest.mark.parametrize(
    ("kind", "made", "values"),
    [
        ("bigint", sql.bigints, [0, -1, LOWEST, HIGHEST]),
        ("integer", sql.integers, [0, -1, -(2**31), 2**31 - 1]),
        ("smallint", sql.smallints, [0, -1, -(2**15), 2**15 - 1]),
        ("bigint", sql.bigints, []),
        ("integer", sql.integers, []),
        ("smallint", sql.smallints, []),
    ],
)
def test_whole_numbers(kind: str, made: Any, values: list[int]) -> None:
    assert arrived(kind, made(values)) == [str(value) for value in values]


def test_booleans() -> None:
    assert arrived("boolean", sql.booleans([True, False, True])) == ["true", "false", "true"]
    assert arrived("boolean", sql.booleans([])) == []


def test_nulls_among_numbers() -> None:
    assert arrived("bigint", sql.nullable_bigints([None, 0, HIGHEST, None])) == [
        None, "0", str(HIGHEST), None,
    ]  # fmt: skip
    assert arrived("bigint", sql.nullable_bigints([None])) == [None]
    assert arrived("bigint", sql.nullable_bigints([])) == []


def test_instants_keep_their_microseconds() -> None:
    micros = [0, 1, -1, 946_684_800_000_000, 1_800_000_000_123_456, -62_135_596_800_000_000]
    with connection.cursor() as cursor:
        cursor.execute("set local time zone 'UTC'")
    assert arrived("timestamptz", sql.instants(micros)) == [
        "1970-01-01 00:00:00+00",
        "1970-01-01 00:00:00.000001+00",
        "1969-12-31 23:59:59.999999+00",
        "2000-01-01 00:00:00+00",
        "2027-01-15 08:00:00.123456+00",
        "0001-01-01 00:00:00+00",
    ]
    assert arrived("timestamptz", sql.instants([])) == []


def test_an_instant_that_is_not_there() -> None:
    assert arrived("timestamptz", sql.instants([LOWEST, 5, LOWEST], LOWEST))[::2] == [None, None]
    assert arrived("timestamptz", sql.instants([LOWEST], LOWEST)) == [None]
    assert arrived("timestamptz", sql.instants([5], LOWEST)) != [None]


def test_keys() -> None:
    keys = [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.uuid4()]
    column = sql.uuids(sql.keys([key.bytes for key in keys]))
    assert arrived("uuid", column) == [str(key) for key in keys]
    assert arrived("uuid", sql.uuids(sql.keys([]))) == []


def test_rows_that_are_packed() -> None:
    wire = np.dtype([("number", ">i8"), ("flag", "?")])
    found = sql.packed(
        "select string_agg(int8send(n) || boolsend(n > 1), ''::bytea order by n)"
        " from unnest(%(numbers)s::bigint[]) n",
        wire,
        numbers=sql.bigints([2, -1]),
    )
    assert found.tolist() == [(-1, False), (2, True)]
    nothing = sql.packed("select null::bytea where %(yes)s", wire, yes=True)
    assert nothing.tolist() == []


def test_fresh_ids_ascend_and_never_come_twice() -> None:
    first, second = (sql.allocate("wallets_charge_id_seq", 5).tolist() for _ in range(2))
    assert first == sorted(set(first))
    assert first[-1] < second[0]
    assert sql.allocate("wallets_charge_id_seq", 0).tolist() == []
