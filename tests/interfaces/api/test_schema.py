"""The OpenAPI document."""

import re
from typing import Any

from quartermaster.core.ledger.status import Gate
from tests.interfaces.api.conftest import Caller

PATHS = {
    "/v1/bots/{bot}/gate": "GateOut",
    "/v1/events/requests/{request_id}": "RequestOut",
    "/v1/events/rejected": "RejectionPage",
}


def document(api: Caller) -> dict[str, Any]:
    response = api.client.get("/v1/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    found: dict[str, Any] = response.json()
    return found


def test_it_is_openapi_3_1_and_lists_every_endpoint(api: Caller) -> None:
    found = document(api)
    assert re.fullmatch(r"3\.1\.\d+", found["openapi"])
    assert found["info"]["title"] == "Quartermaster"
    assert set(found["paths"]) == {*PATHS, "/v1/events"}
    for path, name in PATHS.items():
        assert set(found["paths"][path]) == {"get"}
        operation = found["paths"][path]["get"]
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert name in str(answer)
        own = {"405"} if name == "GateOut" else {"422"}
        assert set(operation["responses"]) == {"200", "401", "404", "503"} | own
        assert operation["security"]
        assert operation["summary"]


def test_every_reference_and_parameter_is_declared(api: Caller) -> None:
    found = document(api)
    schemas = found["components"]["schemas"]
    pointers = set(re.findall(r"'\$ref': '([^']+)'", str(found)))
    assert pointers
    assert {pointer.removeprefix("#/components/schemas/") for pointer in pointers} <= set(schemas)
    ids = [found["paths"][path]["get"]["operationId"] for path in PATHS]
    assert len(set(ids)) == len(ids)
    for path in PATHS:
        named = set(re.findall(r"{(\w+)}", path))
        given = found["paths"][path]["get"].get("parameters", [])
        assert {one["name"] for one in given if one["in"] == "path"} == named
        assert all(one["required"] for one in given if one["in"] == "path")
    required = set(schemas["ProblemOut"]["required"])
    assert {"code", "field", "request_id", "doc_url", "status"} <= required


def test_answers_have_the_fields_that_it_promises(api: Caller) -> None:
    schemas = document(api)["components"]["schemas"]
    assert {"bot", *Gate.__dataclass_fields__} == set(schemas["GateOut"]["properties"])
    none = api.get("/events/rejected", limit="many").json()
    assert set(none) == set(schemas["ProblemOut"]["properties"])
