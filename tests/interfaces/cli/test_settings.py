"""What the environment decides, and how a bad setting, or no database, is told."""

import os
import subprocess
import sys
from decimal import Decimal

import pytest

from quartermaster.conf import environment
from quartermaster.conf.environment import BadSetting


def test_defaults() -> None:
    found = environment.read({})
    prices = {unit: str(price) for unit, price in found.prices.items()}
    assert prices.pop("billing_session") == "0.20"
    assert set(prices.values()) == {"0"}
    assert found.voice_channels == {"voice"}


def test_what_is_set_is_taken() -> None:
    found = environment.read(
        {
            "QUARTERMASTER_PRICE_API_SESSION": "0.0000000001",
            "QUARTERMASTER_PRICE_ALERT": "999999999.99",
            "QUARTERMASTER_VOICE_CHANNELS": " phone ,,sip,",
        }
    )
    assert found.prices["api_session"] == Decimal("0.0000000001")
    assert found.prices["alert"] == Decimal("999999999.99")
    assert found.voice_channels == {"phone", "sip"}


@pytest.mark.parametrize(
    "price", ["", "free", "-0.01", "nan", "inf", "1e9", "0.00000000001", "1,5", "$1"]
)
def test_a_bad_price_is_named(price: str) -> None:
    with pytest.raises(BadSetting) as no:
        environment.read({"QUARTERMASTER_PRICE_ALERT": price})
    assert f"QUARTERMASTER_PRICE_ALERT={price!r} must be" in str(no.value)
    assert no.value.field == "QUARTERMASTER_PRICE_ALERT"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
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
