"""The page of estimates."""

import gzip
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.adapters.event_files.columns import columns
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.console.access import Shell
from quartermaster.interfaces.console.pages import estimate
from quartermaster.interfaces.ingest import bodies
from quartermaster.store.metering.models import EventBatch
from quartermaster.usecases.usage.estimate_sessions import Estimate, EventColumns, estimate_sessions
from tests.adapters.test_limited_estimate import bomb
from tests.books import clock, open_books
from tests.interfaces.console.visits import (
    at_most,
    read,
    rows,
    signed_in,
    text,
    tiles,
    value,
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]
LOG = b"""id,time,bot,user,direction,channel
1,2026-03-01T09:30:00Z,helpdesk,ann,inbound,web
2,2026-03-01T09:46:00Z,helpdesk,ann,inbound,web
3,2026-03-01T09:30:00Z,bookings,bob,inbound,phone
3,2026-03-01T09:30:00Z,bookings,bob,inbound,phone
4,2026-03-01T09:30:00Z,bookings,cy,outbound,web
5,yesterday,bookings,bob,inbound,phone
"""
USUAL = {"inactivity": "15", "unit": "minutes", "price": "0.20", "voice": "voice"}
Reader = Callable[[Path], EventColumns]


def upload(client: Client, content: bytes = LOG, name: str = "log.csv", **asked: str) -> Any:
    """The answer to a file."""
    file = SimpleUploadedFile(name, content)
    return client.post("/estimate", USUAL | asked | {"file": file})


def answer(client: Client, content: bytes = LOG, name: str = "log.csv", **asked: str) -> str:
    """The page with an estimate."""
    response = upload(client, content, name, **asked)
    page: str = response.content.decode()
    assert response.status_code == 200, wrong(page)
    return page


def read_by(settings: Any, reader: Reader | None) -> None:
    """From now on the pages read files by this."""

    def estimated(file: Path, *asked: Any) -> Estimate:
        assert reader
        return estimate_sessions(reader(file), *asked)

    root = ModuleType("addresses")
    shell = Shell(clock, InvoicePress(), estimate=estimated if reader else None)
    vars(root)["urlpatterns"] = addresses.build(shell)
    settings.ROOT_URLCONF = root


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files stand."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_figures_are_those_of_the_use_case(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(LOG)
    price = Decimal("0.25")
    found = estimate_sessions(columns(log), 3_600, price, {"phone"})
    asked = {"inactivity": "1", "unit": "hours", "price": "0.25", "voice": "phone, voice"}
    page = answer(signed_in(open_books()), **asked)
    assert (found.cost_micro, found.sessions, found.conversations) == (750_000, 3, 3)
    assert tiles(page) == {
        "Cost": "$0.75",
        "Billing sessions": "3",
        "Conversations": "3",
        "Messages": "4",
    }
    assert rows(page, "By bot") == [
        ["helpdesk", "2", "1", "2", "0", "$0.50"],
        ["bookings", "2", "2", "1", "1", "$0.25"],
    ]
    assert [row[:2] for row in rows(page, "Not counted")] == [
        ["Conversations without the user", "1"],
        ["Voice sessions", "1"],
        ["Duplicates", "1"],
        ["Rejected rows", "1"],
    ]
    assert value(page, "inactivity") == "1"
    assert value(page, "voice") == "phone, voice"


def test_silence_is_as_long_as_was_asked() -> None:
    client = signed_in(open_books())
    assert tiles(answer(client))["Conversations"] == "4"
    assert tiles(answer(client, inactivity="16"))["Conversations"] == "3"
    assert tiles(answer(client, inactivity="14", unit="days"))["Conversations"] == "3"


@pytest.mark.parametrize("name", ["log.csv.gz", "LOG.CSV.GZ", "x" * 200 + ".csv.gz"])
def test_zipped_files_are_read(name: str) -> None:
    assert tiles(answer(signed_in(open_books()), gzip.compress(LOG), name))["Messages"] == "4"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"inactivity": "4"}, "It is from 5 minutes to 14 days."),
        ({"inactivity": "15", "unit": "days"}, "It is from 5 minutes to 14 days."),
        ({"inactivity": "soon"}, "This is no whole number."),
        ({"price": "cheap"}, "This is no amount such as 0.20."),
        ({"price": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"price": "nan"}, "This is no amount such as 0.20."),
    ],
)
def test_what_is_wrong_is_said_and_kept(asked: dict[str, str], words: str) -> None:
    response = upload(signed_in(open_books()), **asked)
    page = response.content.decode()
    assert response.status_code == 422
    assert wrong(page) == ["Choose the file again; browsers do not keep it.", words]
    kept = USUAL | asked
    assert [value(page, name) for name in ("inactivity", "price", "voice")] == [
        kept[name] for name in ("inactivity", "price", "voice")
    ]
    assert not tiles(page)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"id,time\n", "log.csv", "log.csv: column 'bot' is missing; found id, time"),
        (
            gzip.compress(LOG),
            "log.gz",
            "log.gz: must end in one of .csv, .ndjson, .jsonl, .parquet",
        ),
        (gzip.compress(LOG)[:-9], "log.csv.gz", "log.csv.gz: the .gz is cut off or damaged"),
        (b"", "log.csv", "This file is empty."),
        (bytes(estimate.MOST_BYTES + 1), "log.csv", "A file has at most 10 MB here"),
    ],
)
def test_files_that_cannot_be_read_are_refused(
    content: bytes, name: str, words: str, temporary: Path
) -> None:
    response = upload(signed_in(open_books()), content, name)
    assert response.status_code == 422
    [said] = wrong(response.content.decode())
    assert said.startswith(words)
    assert not list(temporary.iterdir())


def test_a_small_file_of_gigabytes_is_refused(tmp_path: Path, temporary: Path) -> None:
    content = bomb(tmp_path / "log.parquet", "id", is_dictionary=False).read_bytes()
    (tmp_path / "log.parquet").unlink()
    response = upload(signed_in(open_books()), content, "log.parquet")
    assert response.status_code == 422
    said = ["The file is too large to estimate here: use the command line."]
    assert wrong(response.content.decode()) == said
    assert not list(temporary.iterdir())


def test_no_file_is_refused() -> None:
    response = signed_in(open_books()).post("/estimate", USUAL)
    assert wrong(response.content.decode()) == ["Choose a file."]


def test_nothing_is_kept(temporary: Path, settings: Any) -> None:
    seen: list[list[str]] = []

    def watching(file: Path) -> EventColumns:
        seen.append(sorted(each.name for each in temporary.rglob("*") if each.is_file()))
        return columns(file)

    read_by(settings, watching)
    client = signed_in(open_books())
    answer(client, LOG + b"\n" * 3_000_000)
    [[ours, django]] = seen
    assert (ours, django.endswith(".upload.csv")) == ("log.csv", True)
    assert not list(temporary.iterdir())
    assert not EventBatch.objects.exists()


def test_nothing_is_kept_when_reading_breaks(temporary: Path, settings: Any) -> None:
    def breaking(file: Path) -> EventColumns:
        raise RuntimeError(file.name)

    read_by(settings, breaking)
    client = signed_in(open_books())
    client.raise_request_exception = False
    for _ in range(3):
        assert upload(client, LOG + b"\n" * 3_000_000).status_code == 500
    assert not list(temporary.iterdir())


def test_two_files_are_read_at_once_and_a_third_is_put_off(settings: Any) -> None:
    client = signed_in(open_books())
    answers: list[Any] = []

    def meanwhile(file: Path) -> EventColumns:
        if len(answers) < 1:
            answers.append(None)
            answers[0] = upload(client)
        elif len(answers) < 2:
            answers.append(upload(client))
        return columns(file)

    read_by(settings, meanwhile)
    assert tiles(answer(client))["Messages"] == "4"
    second, third = answers
    assert (second.status_code, third.status_code) == (200, 503)
    assert wrong(third.content.decode()) == [estimate.Busy.__doc__]
    assert value(third.content.decode(), "price") == "0.20"
    assert tiles(answer(client))["Messages"] == "4"


def test_the_form_begins_as_this_installation_counts() -> None:
    page = read(signed_in(open_books(price="0.375")), "/estimate")
    assert [value(page, name) for name in ("inactivity", "price", "voice")] == [
        *("15", "0.375", "voice")
    ]


def test_the_limit_that_is_told_is_the_servers() -> None:
    assert estimate.MOST_BYTES == bodies.MOST_BYTES
    assert "at most 10 MB" in text(read(signed_in(open_books()), "/estimate"))


def test_without_a_reader_there_is_no_estimate(settings: Any) -> None:
    read_by(settings, None)
    assert upload(signed_in(open_books())).status_code == 404


def test_a_few_queries_do() -> None:
    client = signed_in(open_books())
    with at_most(12):
        client.get("/estimate")
    with at_most(12):
        answer(client)
