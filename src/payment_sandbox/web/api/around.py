"""The bank, and how notices are sent."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from payment_sandbox import refusals
from payment_sandbox.bank import camt053, mt940, statements, wires
from payment_sandbox.notices import outbox
from payment_sandbox.store import settings
from payment_sandbox.web.api import shapes
from payment_sandbox.web.api.endpoint import Call


def list_expected(call: Call) -> dict[str, Any]:
    """Wires that are on their way."""
    names = ("amount_minor", "currency", "description", "created_at")
    return {
        "wires": [
            {"payment": one.id, "reference": one.wire_reference}
            | {name: getattr(one, name) for name in names}
            for one in wires.expected(call.db)
        ]
    }


def let_arrive(call: Call) -> dict[str, Any]:
    """A wire of any amount with any reference."""
    asked = call.read(shapes.Wire)
    shapes.check_currency(asked.currency)
    wire = wires.Wire(asked.amount_minor, asked.currency, asked.reference, asked.payer)
    return asdict(wires.arrive(call.db, wire, call.at))


def list_entries(call: Call) -> dict[str, Any]:
    """Booked on the days from `start` to `end`, both included."""
    first, last = _days(call)
    end = (last + timedelta(days=1)).isoformat()
    return {"entries": [asdict(one) for one in wires.entries(call.db, first.isoformat(), end)]}


def write_camt053(call: Call) -> bytes:
    """The statement of the days, as XML."""
    return camt053.write(statements.of(call.db, *_days(call)), call.at)


def write_mt940(call: Call) -> bytes:
    """The statement of the days, as SWIFT messages."""
    return mt940.write(statements.of(call.db, *_days(call))).encode("ascii")


def show_hook(call: Call) -> dict[str, Any]:
    """Where notices go."""
    return asdict(settings.sending(call.db))


def set_hook(call: Call) -> dict[str, Any]:
    """Where notices go from now on."""
    asked = call.read(shapes.Hook)
    if asked.url:
        shapes.check_url(asked.url, "url")
    settings.keep(call.db, settings.Sending(asked.url, asked.first_retry_seconds))
    return show_hook(call)


def show_faults(call: Call) -> dict[str, Any]:
    """What goes wrong."""
    return asdict(settings.faults(call.db))


def set_faults(call: Call) -> dict[str, Any]:
    """What goes wrong from now on."""
    asked = call.read(shapes.FaultsWanted)
    settings.keep(
        call.db, settings.Faults(asked.lose, asked.duplicate, asked.reorder, asked.delay_seconds)
    )
    return show_faults(call)


def list_deliveries(call: Call) -> dict[str, Any]:
    """The last hundred notices, newest first."""
    return {"deliveries": [dict(row) for row in outbox.recent(call.db, 100)]}


def _days(call: Call) -> tuple[date, date]:
    today = call.at.date().isoformat()
    first, last = (_day(call.query.get(name, today), name) for name in ("start", "end"))
    if last < first:
        raise refusals.invalid("the end is before the start", "end")
    return first, last


def _day(text: str, field: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.max
    if found == date.max:  # which has no day behind it
        raise refusals.invalid("a day such as 2026-03-01", field)
    return found
