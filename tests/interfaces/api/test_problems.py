"""What Django and the framework refuse by themselves is refused in our form, and logged in it."""

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory

from quartermaster.conf import logs, urls
from tests.interfaces.api.conftest import assert_problem


@pytest.mark.parametrize(
    "path", ["/v1/bots/%00/gate", "/v1/events/requests/a%00b", "/v1/%00", "/v1/bots/a/b/gate"]
)
def test_what_names_nothing_is_not_found(path: str) -> None:
    assert_problem(Client().get(path), 404, "not_found", None)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_another_method_is_told_which_to_use(method: str) -> None:
    response = getattr(Client(), method)("/v1/events/rejected")
    assert_problem(response, 405, "method_not_allowed", None)
    assert response["Allow"] == "GET"


def test_our_own_fault_is_a_problem_too() -> None:
    request = RequestFactory().get("/v1/bots/x/gate")
    response = urls.failed(request)
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(response.content)["code"] == "internal_error"
    assert urls.failed(RequestFactory().get("/")).status_code == 500
    assert urls.handler500 is urls.failed


def test_what_libraries_log_has_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept: tuple[list[Any], int] = (root.handlers[:], root.level)
    root.handlers[:] = []  # they belong to pytest
    try:
        logs.configure()
        try:
            raise ValueError("why")
        except ValueError:
            logging.getLogger("django.request").error("Failed: %s", "/x", exc_info=sys.exc_info())
    finally:
        root.handlers[:], root.level = kept
    [line] = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert (found["event"], found["level"]) == ("Failed: /x", "error")
    assert found["logger"] == "django.request"
    assert "ValueError: why" in found["exception"]
    assert found["timestamp"]
