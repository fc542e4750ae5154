"""The OpenAPI document and what answers, held against each other by Schemathesis."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from quartermaster.store.invoices.models import Invoice
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW, Books, open_books, talk
from tests.catalogs import small
from tests.interfaces.api.conftest import Caller, caller
from tests.interfaces.api.front import Front
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, Shop

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "0"))
SHORT = settings(
    max_examples=ROUNDS * 5 or 20,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def document(api: Caller, **names: list[Any]) -> dict[str, Any]:
    """The document, with parameters and bots narrowed to such as there are (or left out, where
    there are none), and times."""
    found: dict[str, Any] = api.client.get("/v1/openapi.json").json()
    for path in found["paths"].values():
        for operation in path.values():
            given = operation.get("parameters", [])
            operation["parameters"] = [one for one in given if names.get(one["name"]) != []]
            for one in operation["parameters"]:
                if one["name"] in names:
                    one["schema"] = {"enum": names[one["name"]]}
                    one["example"] = names[one["name"]][0]
    found["components"]["schemas"]["UseTold"]["properties"]["at"] = {"enum": [NOW.isoformat()]}
    for form in ("EventIn", "CloudEventIn"):
        for kind in found["components"]["schemas"][form]["anyOf"]:
            fields = kind["properties"]
            fields["time"] = {"enum": [NOW.isoformat(), "2026-11-20T09:00:00.5+02:00"]}
            fields.get("data", kind)["properties"]["bot"] = {"enum": names["bot"]}
    return found


def schema(found: dict[str, Any], application: Any) -> Any:
    """The document, with what answers by it."""
    made = schemathesis.openapi.from_dict(found)
    made.app = application
    made.config.generation.update(with_security_parameters=False)
    return made


def fuzz(operation: Any, mode: GenerationMode, key: str, **checks: Any) -> None:
    """Puts requests that are as documented, or are not, to an operation."""

    @SHORT
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, **checks)

    ask()


@contextmanager
def one_transaction() -> Iterator[None]:
    """Requests here do not end the test's transaction with their own end."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def web(api: Caller, **names: list[Any]) -> Any:
    """The web's operations, as the document has them."""
    return schema(document(api, **names), get_wsgi_application())


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/v1/events/requests/{request_id}", GenerationMode.POSITIVE),
        ("/v1/events/rejected", GenerationMode.POSITIVE),
        ("/v1/events/rejected", GenerationMode.NEGATIVE),
    ],
)
def test_the_web_answers_as_documented(
    books: Books, api: Caller, settings: Any, path: str, mode: GenerationMode
) -> None:
    settings.ROOT_URLCONF = "quartermaster.conf.urls"
    sent = books.submit([*talk("u0"), *talk("u1", bot="nobody")])
    found = web(api, bot=list(books.bots), request_id=[sent.request_id, "none", "a/b ?"])
    with one_transaction():
        fuzz(found[path]["GET"], mode, api.key)


READING = (
    "usage",
    "seats",
    "sessions",
    "transfers",
    "free-credits",
    "bots/{bot}/wallet",
    "bots/{bot}/suggestion",
    "bots/{bot}/subscriptions",
    "orders",
    "invoices",
    "billing-profile",
)
EXPLAINING = ("sessions/{session}", "explain/{id}", "orders/{order}", "invoices/{invoice}")
ACTING = (
    "bots/{bot}/subscriptions/preview",
    "bots/{bot}/orders",
    "bots/{bot}/trials",
    "bots/{bot}/funds",
    "orders/{order}/submit",
    "orders/{order}/checkout",
    "orders/{order}/wire",
    "payment-methods/setups",
    "orders/{order}/pay",
    "orders/{order}/cancel",
    "bots/{bot}/subscriptions/{place}/cancel",
    "bots/{bot}/subscriptions/{place}/keep",
)
WRITING = (
    ("limits/{name}", "PUT"),
    ("seats/check", "POST"),
    ("seats/{product}/{agent}", "PUT"),
    ("seats/{product}/{agent}", "DELETE"),
)


def test_the_reading_web_answers_as_documented(busy: Books, api: Caller) -> None:
    """Whatever is asked: a range, or days from one on, and names that there are."""
    cursors = [api.get(f"/{path}", limit=1).json()["next_cursor"] for path in READING[2:4]]
    names: dict[str, list[Any]] = {"bot": list(busy.bots), "cursor": cursors}
    names |= {"time_zone": ["UTC", "Asia/Kathmandu"], "by": ["day", "month"]}
    shop = Shop.opened(busy)
    shop.buy(ESSENTIAL)
    names |= {"order": [shop.buy(ADVANCED).public_id, "ord_x"]}
    names |= {"invoice": ["QM-000001", Invoice.objects.latest("id").public_id, "QM-9"]}
    [one] = api.get("/sessions", bot="bookings").json()["sessions"]
    names |= {"session": [one["id"], "ses_x"], "id": [one["charge_id"], "trf_1", "lot_1"]}
    spans = ({"from": [], "to": []}, {"range": [], "to": [], "from": ["2026-11-01"]})
    for span in spans:
        found = web(api, **names, **span)
        with one_transaction():
            for path in (*READING, *EXPLAINING):
                fuzz(found[f"/v1/{path}"]["GET"], GenerationMode.POSITIVE, api.key)


@pytest.mark.parametrize(("path", "method"), WRITING)
def test_the_writing_web_answers_as_documented(
    books: Books, api: Caller, path: str, method: str
) -> None:
    names = {"bot": list(books.bots), "agent": ["ann", "a b"], "name": ["faqs", "dialog_tasks"]}
    publish_catalog(small(), NOW)
    found = web(api, **names)
    with one_transaction():
        fuzz(found[f"/v1/bots/{{bot}}/{path}"][method], GenerationMode.POSITIVE, api.key)


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_billing_profile_is_set_as_documented(
    books: Books, api: Caller, mode: GenerationMode
) -> None:
    """What is as documented may still be no country, or no VAT id."""
    made = web(api, bot=list(books.bots))["/v1/billing-profile"]["PUT"]
    with one_transaction():
        fuzz(made, mode, api.key, excluded_checks=[positive_data_acceptance])


def test_the_reading_web_refuses_as_documented(busy: Books, api: Caller) -> None:
    found = web(api, bot=list(busy.bots))
    with one_transaction():
        for path in READING[:4]:
            fuzz(found[f"/v1/{path}"]["GET"], GenerationMode.NEGATIVE, api.key)


@pytest.mark.parametrize("mode", GenerationMode)
def test_acts_answer_as_documented(books: Books, api: Caller, mode: GenerationMode) -> None:
    """In whatever state it all is by then. What is as documented may still be refused, as nonsense
    in this state."""
    shop = Shop.opened(books)
    orders = [shop.order(ESSENTIAL).public_id, shop.order("support/enhanced").public_id, "ord_x"]
    found = document(api, bot=list(books.bots), order=orders, place=[PRODUCT, "support", "none"])
    for form in ("OfferIn", "ChangeIn"):
        sold = {"enum": [ESSENTIAL, ADVANCED, "support/enhanced", "plan/none"]}
        found["components"]["schemas"][form]["properties"]["offer"] = sold
    excluded = [positive_data_acceptance]
    with one_transaction():
        for path in ACTING:
            if mode is GenerationMode.POSITIVE or "{order}" not in path:
                made = schema(found, get_wsgi_application())[f"/v1/{path}"]["POST"]
                fuzz(made, mode, api.key, excluded_checks=excluded)


@pytest.fixture
def front() -> Iterator[Front]:
    yield Front()
    asgi.shutdown_lifespans()


@REQUESTS_TRANSPORT.serializer("application/x-ndjson")
def lines(context: Any, events: Any) -> dict[str, Any]:
    """One event a line."""
    several = events if isinstance(events, list) else [events]
    return {"data": b"\n".join(json.dumps(one).encode() for one in several)}


def nonsense_is_refused(context: CheckContext, response: Response, case: Case) -> None:
    """Of a batch, that which is nonsense: its neighbours are accepted."""
    in_part = response.status_code == 202 and response.json()["rejected_count"]
    if not in_part and response.status_code != 413:
        negative_data_rejection(context, response, case)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("mode", GenerationMode)
def test_gate_and_door_answer_as_documented(front: Front, mode: GenerationMode) -> None:
    api = caller(open_books("helpdesk"))
    found = schema(document(api, bot=["helpdesk"]), front)
    for path in ("gate", "entitlements", "entitlements/{name}"):
        fuzz(found[f"/v1/bots/{{bot}}/{path}"]["GET"], mode, api.key)
    fuzz(
        found["/v1/events"]["POST"],
        mode,
        api.key,
        excluded_checks=[negative_data_rejection],
        additional_checks=[nonsense_is_refused],
    )
