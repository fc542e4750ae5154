"""What the environment decides, read once and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from quartermaster.core.errors import Refusal
from quartermaster.store.catalog.models import Unit

_TOO_MUCH: Final = 10**9
_PLACES: Final = 10


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
        price = Decimal(written)
    except InvalidOperation:
        price = Decimal("nan")
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -_PLACES and 0 <= price < _TOO_MUCH:
        return price
    words = f"must be a number from 0 to below {_TOO_MUCH:,} with at most {_PLACES} decimal places"
    raise BadSetting(f"{name}={written!r} {words}, such as 0.20", field=name)
