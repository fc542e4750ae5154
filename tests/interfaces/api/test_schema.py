"""The OpenAPI document."""

import re
import uuid
from datetime import timedelta
from typing import Any

from jsonschema_rs import Draft202012Validator

from quartermaster.core.ledger.status import Gate
from quartermaster.store.contracts.models import Statement
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.plans.contracts.agree_contract import Wanted as Contracted
from quartermaster.usecases.plans.contracts.agree_contract import agree_contract
from quartermaster.usecases.plans.contracts.agree_price import Wanted, agree_price
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW, Books, talk
from tests.catalogs import ESSENTIAL, plan, small
from tests.interfaces.api import urls
from tests.interfaces.api.conftest import Caller
from tests.usecases.shop import Shop

PATHS = {
    "/v1/bots/{bot}/auto-recharge": "RechargeOut",
    "/v1/bots/{bot}/auto-recharge/preview": "RechargePreviewOut",
    "/v1/bots/{bot}/entitlements": "EntitlementsOut",
    "/v1/bots/{bot}/entitlements/{name}": "EntitlementOut",
    "/v1/bots/{bot}/gate": "GateOut",
    "/v1/bots/{bot}/subscriptions": "SubscriptionsOut",
    "/v1/bots/{bot}/suggestion": "SuggestionOut",
    "/v1/bots/{bot}/wallet": "WalletOut",
    "/v1/catalog": "CatalogOut",
    "/v1/clock": "ClockOut",
    "/v1/catalog/{product}/comparison": "ComparisonOut",
    "/v1/contract": "ContractOut",
    "/v1/explain/{id}": "ExplainedAmountOut",
    "/v1/free-credits": "FreeCreditsOut",
    "/v1/billing-profile": "ProfileOut",
    "/v1/invoices": "InvoicesOut",
    "/v1/invoices/{invoice}": "ShownInvoiceOut",
    "/v1/orders": "OrdersOut",
    "/v1/orders/{order}": "ExplainedOrderOut",
    "/v1/payment-methods": "MethodsOut",
    "/v1/payment-methods/setups/{setup}": "SetupOut",
    "/v1/seats": "SeatsOut",
    "/v1/sessions": "SessionsOut",
    "/v1/sessions/{session}": "ExplainedSessionOut",
    "/v1/statements": "StatementsOut",
    "/v1/statements/{statement}": "ToldStatementOut",
    "/v1/transfers": "TransfersOut",
    "/v1/usage": "UsageOut",
    "/v1/events/requests/{request_id}": "RequestOut",
    "/v1/events/rejected": "RejectionPage",
}
MOVES = {
    "/v1/clock": {"post"},
    "/v1/billing-profile": {"put"},
    "/v1/bots/{bot}/auto-recharge": {"put", "delete"},
}
"""What is read and written at one address."""
ACTS = {
    "/v1/bots/{bot}/subscriptions/preview": ("200", "QuoteOut"),
    "/v1/bots/{bot}/subscriptions/{place}/cancel": ("200", "SubscriptionOut"),
    "/v1/bots/{bot}/subscriptions/{place}/keep": ("200", "SubscriptionOut"),
    "/v1/bots/{bot}/orders": ("201", "ExplainedOrderOut"),
    "/v1/bots/{bot}/trials": ("201", "SubscriptionOut"),
    "/v1/orders/{order}/pay": ("200", "ExplainedOrderOut"),
    "/v1/orders/{order}/cancel": ("200", "ExplainedOrderOut"),
    "/v1/orders/{order}/submit": ("200", "ExplainedOrderOut"),
    "/v1/orders/{order}/wire": ("200", "ExplainedOrderOut"),
    "/v1/orders/{order}/checkout": ("200", "CheckoutOut"),
    "/v1/bots/{bot}/funds": ("201", "ExplainedOrderOut"),
    "/v1/payment-methods/setups": ("201", "SetupOut"),
    "/v1/payment-methods/{method}/default": ("200", "MethodOut"),
    "/v1/payment-methods/{method}/replace": ("200", "MethodOut"),
}
"""What is posted, and what it answers."""
WRITES = {
    "/v1/bots/{bot}/limits/{name}": {"put"},
    "/v1/bots/{bot}/seats/check": {"post"},
    "/v1/bots/{bot}/seats/{product}/{agent}": {"put", "delete"},
    "/v1/events": {"post"},
    "/v1/notices/{provider}": {"post"},
    "/v1/payment-methods/{method}": {"delete"},
}
UNCHANGED = {"304", "422"}
MORE = {
    "GateOut": {"405"},
    "EntitlementsOut": {"304", "405"},
    "EntitlementOut": {"405", *UNCHANGED},
    "SuggestionOut": UNCHANGED,
    "SubscriptionsOut": UNCHANGED,
    "ExplainedOrderOut": UNCHANGED,
    "WalletOut": UNCHANGED,
    "FreeCreditsOut": UNCHANGED,
    "CatalogOut": UNCHANGED,
    "ContractOut": UNCHANGED,
    "ComparisonOut": UNCHANGED,
    "SeatsOut": UNCHANGED,
    "UsageOut": UNCHANGED,
    "SessionsOut": {"406", "422"},
    "InvoicesOut": {"406", "422"},
    "ShownInvoiceOut": {"406", "409", "422"},
    "ExplainedSessionOut": {"410", "422"},
    "ExplainedAmountOut": {"410", "422"},
}
"""Statuses beyond the usual ones."""
EACH = {"model": "per_unit", "amount": "40"}


def document(api: Caller) -> dict[str, Any]:
    response = api.client.get("/v1/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = response.json()
    return found


def test_it_is_openapi_3_1_and_lists_every_endpoint(api: Caller) -> None:
    found = document(api)
    assert re.fullmatch(r"3\.1\.\d+", found["openapi"])
    assert found["info"]["title"] == "Quartermaster"
    assert {*found["paths"]} == {*PATHS, *ACTS, *WRITES}
    assert all(set(found["paths"][path]) == methods for path, methods in WRITES.items())
    for path, name in PATHS.items():
        assert set(found["paths"][path]) == {"get"} | MOVES.get(path, set())
        operation = found["paths"][path]["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert name in str(answer)
        own = MORE.get(name, {"422"})
        assert set(operation["responses"]) == {"200", "401", "404", "503"} | own
        assert operation["security"]
        assert operation["summary"]
    for path, (status, name) in ACTS.items():
        operation = found["paths"][path]["post"]
        answer = operation["responses"][status]["content"]["application/json"]["schema"]
        assert name in str(answer)
        own = {status, "400", "401", "403", "404", "409", "415", "422", "503"}
        assert set(operation["responses"]) == own
        assert operation["security"]
        assert operation["summary"]


def test_every_reference_and_parameter_is_declared(api: Caller) -> None:
    found = document(api)
    schemas = found["components"]["schemas"]
    pointers = set(re.findall(r"'\$ref': '([^']+)'", str(found)))
    assert pointers
    assert {pointer.removeprefix("#/components/schemas/") for pointer in pointers} <= set(schemas)
    operations = {path: found["paths"][path]["get"] for path in PATHS}
    operations |= {path: found["paths"][path]["post"] for path in ACTS}
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)
    for path, operation in operations.items():
        named = set(re.findall(r"{(\w+)}", path))
        given = operation.get("parameters", [])
        assert {one["name"] for one in given if one["in"] == "path"} == named
        assert all(one["required"] for one in given if one["in"] == "path")
    required = set(schemas["ProblemOut"]["required"])
    assert {"code", "field", "request_id", "doc_url", "status"} <= required


def test_answers_have_the_fields_that_it_promises(api: Caller) -> None:
    schemas = document(api)["components"]["schemas"]
    assert {"bot", *Gate.__dataclass_fields__} == set(schemas["GateOut"]["properties"])
    none = api.get("/events/rejected", limit="many").json()
    assert set(none) == set(schemas["ProblemOut"]["properties"])


def test_sessions_come_in_three_forms(api: Caller) -> None:
    answer = document(api)["paths"]["/v1/sessions"]["get"]["responses"]["200"]
    assert set(answer["content"]) == {"application/json", "text/csv", "application/x-ndjson"}


def test_invoices_come_as_documents_and_lists(api: Caller) -> None:
    paths = document(api)["paths"]
    one, several = (
        set(paths[path]["get"]["responses"]["200"]["content"])
        for path in ("/v1/invoices/{invoice}", "/v1/invoices")
    )
    assert one == {"application/json", "application/pdf", "text/html", "application/xml"}
    assert several == {"application/json", "text/csv", "application/x-ndjson"}


def test_what_has_an_etag_says_so(api: Caller) -> None:
    for path in document(api)["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            names = {one["name"] for one in operation.get("parameters", [])}
            has_etag = "304" in answers
            assert ("If-None-Match" in names) == has_etag
            assert ("ETag" in next(iter(answers.values()))["headers"]) == has_etag


def test_every_operation_has_an_example_that_its_schema_allows(api: Caller) -> None:
    found = document(api)
    components = {"components": found["components"]}

    def assert_allowed(schema: dict[str, Any], value: Any) -> None:
        Draft202012Validator(components | schema, validate_formats=True).validate(value)

    for path in found["paths"].values():
        for operation in path.values():
            for one in operation.get("parameters", []):
                if "enum" not in str(one["schema"]):
                    assert_allowed(one["schema"], one["example"])
            answer = next(iter(operation["responses"].values()))["content"]["application/json"]
            assert_allowed(answer["schema"], answer["example"])
            if "requestBody" in operation:
                sent = operation["requestBody"]["content"]["application/json"]
                assert_allowed(sent["schema"], sent["example"])


def test_the_examples_are_of_the_forms_that_are_sent(busy: Books, api: Caller) -> None:
    """Not only allowed: they have every field of a real answer, and values of the same kinds."""
    [session] = api.get("/sessions", bot="bookings").json()["sessions"]
    seats = {"kind": "named", "overage": "9", "monthly": EACH, "annual": EACH}
    plans = [plan("essential", "50", seats=seats, trial={"days": "9"}, features=["sso"])]
    publish_catalog(small(plans=plans), NOW)
    shop = Shop(busy, busy.bots["helpdesk"], at=NOW)
    bought = shop.buy(ESSENTIAL)
    shop.buy(ESSENTIAL, "annual")
    asked = {"{product}": "automation_ai", "{order}": bought.public_id, "{setup}": saved(api)}
    asked["{invoice}"] = Invoice.objects.get(order=bought).public_id
    asked["{statement}"] = closed(Workspace.objects.get(id=busy.workspace.id)).public_id
    asked |= {"{session}": session["id"], "{id}": session["charge_id"], "{bot}": "helpdesk"}
    for path, operations in document(api)["paths"].items():
        if path in PATHS and not {"gate", "events", "entitlements"} & {*path.split("/")}:
            answer = operations["get"]["responses"]["200"]["content"]["application/json"]
            for name, value in asked.items():
                path = path.replace(name, value)
            query = {"amount": "100", "threshold": "50"} if "preview" in path else {}
            assert_alike(api.get(path.removeprefix("/v1"), **query).json(), answer["example"])


def saved(api: Caller) -> str:
    """The setup of a card that was saved."""
    wanted = {"method": "card", "return_url": "https://example.com/back"}
    setup = api.post("/payment-methods/setups", wanted, idempotency_key="a").json()
    urls.PROVIDER.pay(setup["url"].rpartition("/")[2])
    return str(setup["id"])


def closed(workspace: Workspace) -> Statement:
    """The statement of a contract that begins now, with a session."""
    contract = agree_contract(Contracted(workspace), uuid.uuid4(), NOW)
    terms = {"model": "per_unit", "amount": "1"}
    agree_price(Wanted(workspace, "billing_session", terms), uuid.uuid4(), NOW)
    books = Books(workspace)
    books.feed(talk("u0", start=NOW + timedelta(hours=1)), NOW + timedelta(hours=2))
    statement = close_cycle(contract.id, NOW + timedelta(days=31))
    assert statement is not None
    return statement


def assert_alike(sent: Any, example: Any) -> None:
    """The same names in the same order; what is text in one is text or null in the other."""
    if isinstance(sent, dict):
        assert list(sent) == list(example)
        for name, value in sent.items():
            assert_alike(value, example[name])
    elif isinstance(sent, list) and sent and example:
        assert_alike(sent[0], example[0])
    elif sent is not None and example is not None:
        assert type(sent) is type(example)
