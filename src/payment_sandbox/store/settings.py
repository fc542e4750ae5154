"""What may be set while the sandbox runs."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Faults:
    """What goes wrong with notices on demand. `lose`: they are never sent; `duplicate`: sent
    twice; `reorder`: held until there are two, and the later one sent first; `delay_seconds`: each
    waits that long."""

    lose: bool = False
    duplicate: bool = False
    reorder: bool = False
    delay_seconds: int = 0


@dataclass(frozen=True)
class Sending:
    """Where notices go ("": nowhere), and how long the first retry waits."""

    url: str = ""
    first_retry_seconds: float = 2.0


@dataclass(frozen=True)
class Merchant:
    """Whose account this is, as buyers read it; "": the host that they came from."""

    name: str = ""


Setting = Faults | Sending | Merchant
_NAMES: Final[dict[type[Setting], str]] = {
    Faults: "faults",
    Sending: "sending",
    Merchant: "merchant",
}


def faults(db: sqlite3.Connection) -> Faults:
    """Those that are switched on."""
    return Faults(**_read(db, "faults"))


def sending(db: sqlite3.Connection) -> Sending:
    """As it was set last."""
    return Sending(**_read(db, "sending"))


def merchant(db: sqlite3.Connection) -> Merchant:
    """As it was set last."""
    return Merchant(**_read(db, "merchant"))


def keep(db: sqlite3.Connection, value: Setting) -> None:
    """From now on."""
    name = _NAMES[type(value)]
    db.execute(
        "insert into setting values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, json.dumps(asdict(value))),
    )


def _read(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    row = db.execute("select value from setting where name = ?", (name,)).fetchone()
    found: dict[str, Any] = json.loads(row["value"]) if row else {}
    return found
