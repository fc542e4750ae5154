"""Puts the parts together: the only place that knows them all."""

import functools
import os
import time

from quartermaster.adapters import embedded_postgres
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.adapters.event_log.appender import LogAppender
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.adapters.payments import ByHand, Pretend
from quartermaster.conf import clock, environment
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
from quartermaster.usecases.ports.gateways import PlainGateway
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


def gateway() -> PlainGateway:
    """Who takes payments for this installation."""
    return Pretend() if environment.read().payments == "pretend" else ByHand()


def documents() -> Documents:
    """Who sets invoices."""
    return InvoicePress()


def works() -> Works:
    """What jobs need where a clock is moved on by hand."""
    return Works(EventTable(), policy, gateway(), archive())


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
