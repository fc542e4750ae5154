"""What the environment decides, and how a bad setting, or no database, is told."""

import os
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection

from quartermaster.adapters.payments import ByHand, Pretend
from quartermaster.conf import environment, wiring
from quartermaster.conf.environment import BadSetting
from quartermaster.core.usage.units import Unit


def test_defaults() -> None:
    found = environment.read({})
    assert (found.prices, found.voice_channels) == ({}, None)
    assert (found.archive_folder, found.archive_after_days) == (None, None)
    assert found.payments == "by_hand"
    prices = {unit: str(price) for unit, price in environment.DEFAULT_PRICES.items()}
    assert list(prices) == list(Unit)
    assert prices.pop("billing_session") == "0.20"
    assert set(prices.values()) == {"0"}


def test_what_is_set_is_taken() -> None:
    found = environment.read(
        {
            "QUARTERMASTER_PRICE_API_SESSION": "0.0000000001",
            "QUARTERMASTER_PRICE_ALERT": "999999999.99",
            "QUARTERMASTER_VOICE_CHANNELS": " phone ,sip",
        }
    )
    assert found.prices == {
        "api_session": Decimal("0.0000000001"),
        "alert": Decimal("999999999.99"),
    }
    assert found.voice_channels == {"phone", "sip"}


@pytest.mark.parametrize(
    "price", ["", "free", "-0.01", "nan", "inf", "1e9", "0.00000000001", "1,5", "$1"]
)
def test_a_bad_price_is_named(price: str) -> None:
    with pytest.raises(BadSetting) as no:
        environment.read({"QUARTERMASTER_PRICE_ALERT": price})
    assert f"QUARTERMASTER_PRICE_ALERT={price!r} must be" in str(no.value)
    assert no.value.field == "QUARTERMASTER_PRICE_ALERT"


def test_a_price_for_what_is_no_unit_is_named() -> None:
    with pytest.raises(BadSetting, match="QUARTERMASTER_PRICE_SEAT: there is no such unit"):
        environment.read({"QUARTERMASTER_PRICE_SEAT": "1"})


@pytest.mark.parametrize("names", ["", " ", "voice,", "a,,b", "a\tb", "a\x00"])
def test_voice_channels_without_a_name_are_refused(names: str) -> None:
    with pytest.raises(BadSetting) as no:
        environment.read({"QUARTERMASTER_VOICE_CHANNELS": names})
    assert no.value.field == "QUARTERMASTER_VOICE_CHANNELS"


def test_the_archive() -> None:
    found = environment.read(
        {
            "QUARTERMASTER_ARCHIVE_FOLDER": "/srv/archive",
            "QUARTERMASTER_ARCHIVE_AFTER_DAYS": "36",
        }
    )
    assert (str(found.archive_folder), found.archive_after_days) == ("/srv/archive", 36)


@pytest.mark.parametrize("days", ["", "35", "0", "-40", "40.5", "forty", "36501", "\u0664\u0660"])
def test_days_that_are_too_few_or_none(days: str) -> None:
    with pytest.raises(BadSetting, match="must be a whole number from 36 to 36,500") as no:
        environment.read({"QUARTERMASTER_ARCHIVE_AFTER_DAYS": days})
    assert no.value.field == "QUARTERMASTER_ARCHIVE_AFTER_DAYS"


@pytest.mark.parametrize("folder", ["", "archive", "./archive"])
def test_a_folder_that_depends_on_where_one_is(folder: str) -> None:
    with pytest.raises(BadSetting, match="must be a folder from the root on"):
        environment.read({"QUARTERMASTER_ARCHIVE_FOLDER": folder})


def test_who_takes_payments(monkeypatch: pytest.MonkeyPatch) -> None:
    for named, kind in (("by_hand", ByHand), ("pretend", Pretend)):
        monkeypatch.setenv("QUARTERMASTER_PAYMENTS", named)
        assert isinstance(wiring.gateways().otherwise, kind)


@pytest.mark.parametrize("named", ["", "stripe", "Pretend", "by hand"])
def test_nobody_else_takes_payments(named: str) -> None:
    with pytest.raises(BadSetting, match="must be one of by_hand, pretend") as no:
        environment.read({"QUARTERMASTER_PAYMENTS": named})
    assert no.value.field == "QUARTERMASTER_PAYMENTS"


BAD_ADDRESSES = ("garbage", "mysql://x/y", "sqlite:///x", "postgresql://[::1")


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_what_is_no_address_of_a_database_is_refused(address: str) -> None:
    with pytest.raises(BadSetting, match="DATABASE_URL is no address") as no:
        environment.check({"DATABASE_URL": address})
    assert address not in str(no.value), "it may hold a password"


@pytest.mark.parametrize("level", ["debug", "INFO", "warning", "Error"])
def test_levels_of_the_log(level: str) -> None:
    environment.check({"QUARTERMASTER_LOG_LEVEL": level})
    with pytest.raises(BadSetting, match="must be one of debug, info, warning, error"):
        environment.check({"QUARTERMASTER_LOG_LEVEL": f"{level}x"})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        *(("DATABASE_URL", address, "DATABASE_URL is no address") for address in BAD_ADDRESSES),
        ("QUARTERMASTER_LOG_LEVEL", "x", "QUARTERMASTER_LOG_LEVEL='x' must be one of"),
        ("QUARTERMASTER_PRICE_ALERT", "much", "QUARTERMASTER_PRICE_ALERT='much' must be a number"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/none", "the database does not answer"),
    ],
)
def test_a_command_says_so_in_one_line_and_ends_with_2(name: str, value: str, says: str) -> None:
    command = [sys.executable, "-m", "quartermaster.conf.app", "usage"]
    done = subprocess.run(
        command, env=os.environ | {name: value}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"Error: {says}")


@pytest.mark.django_db
def test_a_transaction_that_nobody_goes_on_with_is_ended() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)
