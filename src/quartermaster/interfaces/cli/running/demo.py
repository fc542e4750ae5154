"""The demo workspace of `quartermaster up --demo`."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import typer

from quartermaster.core import money
from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.usage.events import Event
from quartermaster.interfaces.cli import output
from quartermaster.store.billing import queries as billing
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.store.metering import figures
from quartermaster.store.people import queries as people
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from quartermaster.usecases.people.add_owner import add_owner
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.ports import EventLog
from quartermaster.usecases.usage.open_demo import open_demo

_NAME: Final = "demo"
_EMAIL: Final = "owner@demo.example"
SELLER: Final = Seller(
    Party(
        name="Sandbox Merchant Ltd",
        address=("1 Example Street",),
        city="London",
        postcode="EC1A 1BB",
        country="GB",
        vat_id="GB980780684",
        email="billing@demo.example",
    ),
    prefix="DEMO",
    registration="00000000 (example)",
    bank=Bank("Sandbox Merchant Ltd", "GB33BUKB20201555555555", "BUKBGB22", "Sandbox Bank"),
    note="A demo: nobody sells this, and nothing is owed.",
)
"""Whole enough for electronic invoices; the account is the one at the sandbox's bank."""
STILL: Final = "invoices go out in the name of the demo's seller: see `quartermaster seller set`"


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in."""

    email: str
    password: str
    key: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo and what its month came to."""

    access: Access
    messages: int
    sessions: int
    charged_micro: int


@dataclass(frozen=True, slots=True)
class Maker:
    """What making a demo needs. `access_file` keeps the password and key between runs."""

    month: Callable[[datetime], Iterable[Event]]
    catalog: Callable[[], Catalog]
    paid_micro: Mapping[str, int]
    log: EventLog
    drain: Callable[[], int]
    now: Callable[[], datetime]
    access_file: Path

    def make(self) -> Demo:
        """Makes the demo, or finds it as it was."""
        at = self.now()
        with output.waiting("Making a month of conversations"):
            open_demo(self.log, _NAME, self.paid_micro, self.month(at), at)
        with output.waiting("Metering it"):
            self.drain()
        if catalog_queries.current_publication() is None:
            publish_catalog(self.catalog(), at)
        if not billing.has_seller():
            set_seller(SELLER, at)
        workspace = people.get_workspace(_NAME)
        messages, sessions, charged = figures.totals(workspace.id)
        return Demo(self._access(), messages, sessions, charged)

    def _access(self) -> Access:
        workspace = people.get_workspace(_NAME)
        if self.access_file.exists():
            access = Access(**json.loads(self.access_file.read_text()))
            if people.find_workspace_by_key(access.key) == workspace:
                return access  # else it is of another database
        password = secrets.token_urlsafe(9)
        add_owner(workspace, _EMAIL, password)
        access = Access(_EMAIL, password, create_key(workspace, "demo", self.now())[1])
        self.access_file.touch(mode=0o600)
        self.access_file.write_text(json.dumps(asdict(access)))
        return access


def show(demo: Demo, address: str) -> None:
    """How to get in, and what the month came to."""
    typer.echo(f"Demo login   {demo.access.email} / {demo.access.password}")
    typer.echo(f"API key      {demo.access.key}")
    typer.echo(
        f"Demo month   {demo.messages:,} messages became {demo.sessions:,} billing sessions "
        f"and {money.shown(demo.charged_micro)}"
    )
    typer.echo(
        f"Try          curl -H 'Authorization: Bearer {demo.access.key}' "
        f"{address}/v1/bots/helpdesk/gate"
    )
