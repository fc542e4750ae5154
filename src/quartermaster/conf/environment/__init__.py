"""What the environment decides, read and checked before Django is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from quartermaster.conf.environment import payments
from quartermaster.conf.environment.payments import Payments
from quartermaster.conf.environment.refusals import BadSetting
from quartermaster.core.usage import horizon

__all__ = ["DEFAULT_PRICES", "BadSetting", "Environment", "Payments", "check", "read"]

DEFAULT_PRICES: Final[Mapping[str, Decimal]] = {
    "billing_session": Decimal("0.20"),
    "voice_session": Decimal(0),
    "api_session": Decimal(0),
    "alert": Decimal(0),
    "notification": Decimal(0),
}
"""For units that never had a price."""
_PRICE: Final = "QUARTERMASTER_PRICE_"
_CHANNELS: Final = "QUARTERMASTER_VOICE_CHANNELS"
_FOLDER: Final = "QUARTERMASTER_ARCHIVE_FOLDER"
_DAYS: Final = "QUARTERMASTER_ARCHIVE_AFTER_DAYS"
_LEVEL: Final = "QUARTERMASTER_LOG_LEVEL"
_LEVELS: Final = ("debug", "info", "warning", "error")
_TOO_MUCH: Final = 10**9
_PLACES: Final = 10
_MOST_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings beyond Django's own: what is not set is not in `prices`, or None."""

    prices: Mapping[str, Decimal]
    voice_channels: frozenset[str] | None
    archive_folder: Path | None
    archive_after_days: int | None
    payments: Payments


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """`QUARTERMASTER_PRICE_<UNIT>` in the currency's unit, `QUARTERMASTER_VOICE_CHANNELS` as a list
    with commas, `QUARTERMASTER_ARCHIVE_FOLDER` from the root, `QUARTERMASTER_ARCHIVE_AFTER_DAYS`
    not younger than the youngest that may be archived; payments in `payments`."""
    names = sorted(name for name in environ if name.startswith(_PRICE))
    return Environment(
        prices={_unit(name): _price(name, environ[name]) for name in names},
        voice_channels=_channels(environ[_CHANNELS]) if _CHANNELS in environ else None,
        archive_folder=_folder(environ[_FOLDER]) if _FOLDER in environ else None,
        archive_after_days=_days(environ[_DAYS]) if _DAYS in environ else None,
        payments=payments.read(environ),
    )


def check(environ: Mapping[str, str] = os.environ) -> None:
    """Refuses what would break every process on its first line."""
    try:
        conninfo_to_dict(environ.get("DATABASE_URL", ""))
    except ProgrammingError as no:  # its words may hold the password
        words = "is no address of PostgreSQL such as postgresql://user:password@host:5432/name"
        raise BadSetting(f"DATABASE_URL {words}", field="DATABASE_URL") from no
    level = environ.get(_LEVEL, "info")
    if level.lower() not in _LEVELS:
        words = f"{_LEVEL}={level!r} must be one of {', '.join(_LEVELS)}"
        raise BadSetting(words, field=_LEVEL)


def _unit(name: str) -> str:
    unit = name.removeprefix(_PRICE).lower()
    if unit not in DEFAULT_PRICES:
        known = ", ".join(DEFAULT_PRICES).upper()
        raise BadSetting(f"{name}: there is no such unit, only {known}", field=name)
    return unit


def _price(name: str, written: str) -> Decimal:
    try:
        price = Decimal(written)
    except InvalidOperation:
        price = Decimal("nan")
    exponent = price.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -_PLACES and 0 <= price < _TOO_MUCH:
        return price
    words = f"must be a number from 0 to below {_TOO_MUCH:,} with at most {_PLACES} decimal places"
    raise BadSetting(f"{name}={written!r} {words}, such as 0.20", field=name)


def _channels(written: str) -> frozenset[str]:
    names = [name.strip() for name in written.split(",")]
    if all(name and name.isprintable() for name in names):
        return frozenset(names)
    words = "must be names with commas between, none of them empty, such as voice,phone"
    raise BadSetting(f"{_CHANNELS}={written!r} {words}", field=_CHANNELS)


def _folder(written: str) -> Path:
    folder = Path(written).expanduser()
    if folder.is_absolute():
        return folder
    words = "must be a folder from the root on: processes may run in different ones"
    raise BadSetting(f"{_FOLDER}={written!r} {words}", field=_FOLDER)


def _days(written: str) -> int:
    least = horizon.KEPT.days
    if written.isascii() and written.isdigit() and least <= int(written) <= _MOST_DAYS:
        return int(written)
    words = f"must be a whole number from {least} to {_MOST_DAYS:,}"
    raise BadSetting(f"{_DAYS}={written!r} {words}", field=_DAYS)
