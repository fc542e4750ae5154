"""`GET /v1/bots/{bot}/entitlements`, and one of them by its name, as an ASGI callable.

The use case `show_entitlements` says the same to people, by the same rule. All is read with each
request, but for what never changes, and for who is there: `facts.Shelves`.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import parse_qs

import msgspec

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.plans import entitlements
from quartermaster.core.plans.entitlements import (
    Entitlements,
    Feature,
    Holding,
    Limit,
    Rules,
    Seats,
    Use,
)
from quartermaster.core.plans.suggestion import NOTIFICATIONS_PER_HOUR
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.interfaces.ingest import reading
from quartermaster.interfaces.ingest.answers import Answer, Scope
from quartermaster.interfaces.ingest.entitlements import facts
from quartermaster.interfaces.ingest.entitlements.facts import Facts, Shelves
from quartermaster.interfaces.ingest.problems import Problem
from quartermaster.interfaces.ingest.reading import Reader

PATH: Final = re.compile(r"/v1/bots/([^/\0]+)/entitlements(?:/([^/\0]+))?")
"""The addresses, unquoted."""


class EntitlementReader(Reader):
    """Says what a bot may use of each product, or of one limit, feature or add-on."""

    def __init__(
        self, database_url: str, now: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        super().__init__(database_url, now)
        self._shelves = Shelves(self._rows, ticks)

    async def _answer(self, scope: Scope, headers: Mapping[bytes, str]) -> Answer:
        named, name = cast("re.Match[str]", PATH.fullmatch(scope["path"])).groups()
        *row, at = await self._row(facts.FIND, headers, bot=named, at=self._now())
        if row[0] is None:
            raise reading.no_bot(named)
        found = Facts.of(tuple(row))
        if name is None:
            several = [await self._of(found, product, at) for product in PRODUCTS]
            support = several[0].support
            body = {
                "bot": found.name,
                "support": support and support.offer.key,
                "products": [_product(one) for one in several],
            }
        else:
            product = _asked(scope)
            body = {"bot": found.name, **_named(await self._of(found, product, at), name)}
        return _unless_known(msgspec.json.encode(body), headers)

    async def _of(self, found: Facts, product: str, at: datetime) -> Entitlements:
        versions = {one.version for one in found.bought}
        versions |= {one.next_version for one in found.bought if one.next_version is not None}
        offers = await self._shelves.offers(versions)
        sold = await self._shelves.sold(found.publication)
        rules = Rules(sold, found.policy, found.is_contract)
        given = (one.subscribed(offers).holding(at) for one in found.bought)
        holdings = [one for one in given if one is not None]
        bare = entitlements.of(product, holdings, Use(), rules).seats
        used = await self._seats_used(found, product, bare, at)
        told = {name: count for of, name, count in found.told if of == product}
        limits = told | {NOTIFICATIONS_PER_HOUR: found.notifications}
        return entitlements.of(product, holdings, Use(limits, used), rules)

    async def _seats_used(
        self, found: Facts, product: str, bare: Seats | None, at: datetime
    ) -> int:
        if bare is None:
            return 0
        if bare.kind is SeatKind.NAMED:
            return await self._shelves.held(found.bot, product, found.month(product, at))
        return await self._shelves.taken(found.bot, product, at)


def _asked(scope: Scope) -> str:
    """The product that is named."""
    query = parse_qs(str(scope["query_string"], "latin-1"))
    product = query.get("product", [""])[-1]
    if product not in PRODUCTS:
        words = f"name one of {', '.join(PRODUCTS)}"
        raise Problem(422, "unknown_product", words, "product")
    return product


def _product(one: Entitlements) -> dict[str, Any]:
    return {
        "product": one.product,
        "plan": _plan(one.plan),
        "limits": [_limit(limit) for limit in one.limits],
        "features": [_feature(feature) for feature in one.features],
        "add_ons": [_feature(add_on) for add_on in one.add_ons],
        "seats": one.seats and _seats(one.seats),
    }


def _plan(plan: Holding | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    offer = plan.offer
    return {"key": offer.key, "title": offer.title, "is_trial": plan.is_trial}


def _limit(one: Limit) -> dict[str, Any]:
    return {
        "name": one.name,
        "limit": one.limit,
        "used": one.used,
        "left": one.left,
        "is_exceeded": one.is_exceeded,
    }


def _feature(one: Feature) -> dict[str, Any]:
    return {"name": one.name, "is_given": one.is_given, "given_by": one.given_by}


def _seats(one: Seats) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "bought": one.bought,
        "used": one.used,
        "left": one.left,
        "policy": one.policy,
        "is_exceeded": one.is_exceeded,
    }


def _named(one: Entitlements, name: str) -> dict[str, Any]:
    """A limit, feature or add-on, all with the same fields."""
    found = one.by_name.get(name)
    if found is None:
        known = ", ".join(one.by_name) or "none"
        words = f"{one.product} has nothing of the name {name!r}; there is: {known}"
        raise Problem(404, "unknown_entitlement", words, "name")
    nothing = {"limit": None, "used": None, "left": None, "is_exceeded": False, "given_by": None}
    head = {"product": one.product, "name": name}
    if isinstance(found, Limit):
        return head | {"kind": "limit", "may_use": found.left != 0} | nothing | _limit(found)
    kind = "feature" if found in one.features else "add_on"
    may_use = {"kind": kind, "may_use": found.is_given}
    return head | may_use | nothing | {"given_by": found.given_by}


def _unless_known(body: bytes, headers: Mapping[bytes, str]) -> Answer:
    """304 where the client has the same already."""
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    head = ((b"etag", etag.encode()), (b"cache-control", b"private, no-cache"))
    known = headers.get(b"if-none-match", "").replace("W/", "").split(",")
    if {etag, "*"} & {one.strip() for one in known}:
        return Answer(304, b"", headers=head)
    return Answer(200, body, headers=head)
