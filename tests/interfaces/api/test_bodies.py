"""What every body of a request has in common."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from quartermaster.interfaces.api import endpoints
from quartermaster.interfaces.api.questions import Body
from tests.interfaces.api.conftest import Caller


def bodies(of: type[Body] = Body) -> Iterator[type[Body]]:
    for one in of.__subclasses__():
        yield one
        yield from bodies(one)


BODIES = tuple(bodies())
assert endpoints, "which has read them all"


def test_every_endpoint_takes_no_field_that_is_not_known(api: Caller) -> None:
    found: dict[str, Any] = api.client.get("/v1/openapi.json").json()
    named = set()
    for path, operations in found["paths"].items():
        for operation in operations.values():
            wanted = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for part in str(wanted.get("schema", {})).split("'"):
                if path != "/v1/events" and part.startswith("#/components/schemas/"):
                    named.add(part.rpartition("/")[2])
    assert named == {one.__name__ for one in BODIES}
    assert {"RechargeIn", "ProfileIn", "ChangeIn", "VisitIn", "MoveIn"} <= named
    for name in named:
        assert found["components"]["schemas"][name]["additionalProperties"] is False


@pytest.mark.parametrize("body", BODIES, ids=lambda one: one.__name__)
def test_numbers_and_yes_or_no_are_not_text(body: type[Body]) -> None:
    for name, field in body.model_fields.items():
        kinds = {part for part in ("int", "bool") if part in str(field.annotation)}
        for wrong in ("1", "yes", 1) if kinds == {"bool"} else ("1", True) if kinds else ():
            with pytest.raises(ValidationError) as no:
                body.model_validate({name: wrong})
            assert name in {one["loc"][0] for one in no.value.errors()}, (name, wrong)
