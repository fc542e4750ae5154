"""What the environment decides, read once and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from quartermaster.core.errors import Refusal
from quartermaster.store.catalog.models import Unit


class BadSetting(Refusal):
    """A setting in the environment cannot be used."""

    code = "bad_setting"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings beyond Django's own."""

    prices: Mapping[str, Decimal]
    voice_channels: frozenset[str]


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """`QUARTERMASTER_PRICE_<UNIT>` in the currency's unit, `QUARTERMASTER_VOICE_CHANNELS` as a list
    with commas."""
    channels = environ.get("QUARTERMASTER_VOICE_CHANNELS", "voice")
    return Environment(
        prices={unit: _price(environ, unit) for unit in Unit.values},
        voice_channels=frozenset(name.strip() for name in channels.split(",") if name.strip()),
    )


def _price(environ: Mapping[str, str], unit: str) -> Decimal:
    name = f"QUARTERMASTER_PRICE_{unit.upper()}"
    written = environ.get(name, "0.20" if unit == Unit.BILLING_SESSION else "0")
    try:
        return Decimal(written)
    except InvalidOperation:
        raise BadSetting(f"{name}={written!r} is not a decimal number", field=name) from None
