"""Puts the parts together: the only place that knows them all."""

import functools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from quartermaster.adapters import embedded_postgres
from quartermaster.adapters.bank_statements import formats as bank_formats
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.adapters.event_log.appender import LogAppender
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.adapters.payments import ByHand, PayPal, Pretend, Sandbox, Stripe
from quartermaster.adapters.payments.paypal import ADDRESSES, Credentials
from quartermaster.conf import clock, environment
from quartermaster.conf.environment import payments
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from quartermaster.interfaces.ingest.entitlements.address import EntitlementReader
from quartermaster.interfaces.ingest.gate import Gate
from quartermaster.interfaces.meter.loop import Meter
from quartermaster.store.catalog import queries as catalog
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.credits.rate_spending import rate_spending
from quartermaster.usecases.ports.documents import Documents
from quartermaster.usecases.ports.gateways import Bank, Gateway, Gateways, PlainGateway
from quartermaster.usecases.usage.meter_events import Policy


def database_url() -> str:
    """What the processes connect to."""
    return os.environ["DATABASE_URL"]


def policy() -> Policy:
    """How this installation meters, as its database has it."""
    return Policy(voice_channels=catalog.voice_channels())


def meter() -> Meter:
    """A meter on the table of batches."""
    return Meter(EventTable(), functools.cache(policy), clock.now, archive=archive())


def archive() -> ParquetArchive:
    """The archive of events: a folder of its own, or one in the home."""
    named = environment.read().archive_folder
    return ParquetArchive(named or embedded_postgres.default_home() / "archive")


def gateways() -> Gateways:
    """Everybody who takes payments for this installation."""
    chosen = environment.read().payments
    several = [make(chosen.settings) for name in chosen.names if (make := _PROVIDERS.get(name))]
    is_plain = any(name in payments.PLAIN for name in chosen.names)
    asked = next((one for one in several if isinstance(one, Sandbox)), None)
    bank = Bank(asked.statement, bank_formats.read) if asked else None
    return Gateways(tuple(several), _plain(chosen.names) if is_plain else None, bank)


def _plain(names: Sequence[str]) -> PlainGateway:
    """Who takes payments that need no provider."""
    return Pretend() if "pretend" in names else ByHand()


def documents() -> Documents:
    """Who sets invoices."""
    return InvoicePress()


def works() -> Works:
    """What jobs need where a clock is moved on by hand."""
    return Works(EventTable(), policy, gateways(), archive())


def drain() -> int:
    """Meters what waits, and brings the bots' rates of spending up to date; how many events."""
    stored = meter().drain()
    rate_spending(clock.now())
    return stored


def door() -> Door:
    """A door to the table of batches."""
    url = database_url()
    return Door(Directory(url, time.monotonic), GroupCommit(LogAppender(url)), clock.now)


def gate() -> Gate:
    """A gate that answers from the store's tables."""
    return Gate(database_url(), clock.now)


def entitlements() -> EntitlementReader:
    """What says what bots may use, from the store's tables."""
    return EntitlementReader(database_url(), clock.now, time.monotonic)


def _sandbox(settings: Mapping[str, str]) -> Gateway:
    names = ("PAYMENT_SANDBOX_URL", "PAYMENT_SANDBOX_SECRET", "PAYMENT_SANDBOX_WEBHOOK_SECRET")
    return Sandbox(*(settings[name] for name in names))


def _stripe(settings: Mapping[str, str]) -> Gateway:
    secrets = settings["STRIPE_SECRET_KEY"], settings["STRIPE_WEBHOOK_SECRET"]
    return Stripe(*secrets, settings.get("STRIPE_API_BASE", ""))


def _paypal(settings: Mapping[str, str]) -> Gateway:
    names = ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID")
    base = settings.get("PAYPAL_API_BASE") or ADDRESSES[settings["PAYPAL_ENVIRONMENT"]]
    return PayPal(Credentials(*(settings[name] for name in names)), base)


_PROVIDERS: Final[Mapping[str, Callable[[Mapping[str, str]], Gateway]]] = {
    "sandbox": _sandbox,
    "stripe": _stripe,
    "paypal": _paypal,
}
