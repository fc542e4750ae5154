"""What publishing would change."""

from typing import Any

from hypothesis import given, settings

from quartermaster.core.catalog import changes
from quartermaster.core.catalog.changes import Change, Difference
from quartermaster.core.catalog.offers import Catalog
from tests.catalogs import ESSENTIAL, plain, plan, small
from tests.core.catalog.catalogs import catalogs


@given(catalogs(), catalogs())
@settings(max_examples=60, deadline=None)
def test_the_same_changes_nothing_and_anything_else_something(one: Catalog, other: Catalog) -> None:
    assert changes.between(one, one) == []
    assert bool(changes.between(one, other)) == (one != other or _order(one) != _order(other))
    assert {found.what for found in changes.between(None, one)} <= {"new"}
    assert len(changes.between(None, one)) == len(one.offers)


def _order(catalog: Catalog) -> tuple[list[str], list[str]]:
    return list(catalog.limits), list(catalog.features)


def test_a_price_that_changes() -> None:
    usage = {"alert": {"model": "per_unit", "amount": "0.01"}}
    dearer = small(plans=[plan("essential", "60", usage=usage), plain()["plans"][1]])
    assert changes.between(small(), dearer) == [
        Change(
            ESSENTIAL,
            "changed",
            (
                Difference("fee.monthly", "50.00", "60.00"),
                Difference("usage.billing_session.included", "100", None),
                Difference("usage.billing_session.model", "per_unit", None),
                Difference("usage.billing_session.amount", "0.18", None),
            ),
        )
    ]


def test_what_comes_and_goes() -> None:
    plans = plain()["plans"]
    found = changes.between(small(), small(plans=[plans[1], plan("expert", "500")]))
    assert [(one.key.rpartition("/")[2], one.what) for one in found] == [
        ("advanced", "changed"),
        ("expert", "new"),
        ("essential", "withdrawn"),
    ]
    assert found[0].differences == (Difference("rank", "1", "0"),)
    assert Difference("fee.monthly", None, "500.00") in found[1].differences
    assert Difference("fee.monthly", "50.00", None) in found[2].differences


def whole(**words: Any) -> list[Difference]:
    """What changes beside the offers."""
    [found] = changes.between(small(), small(**words))
    assert (found.key, found.what) == ("catalog", "changed")
    return list(found.differences)


def test_what_belongs_to_no_offer() -> None:
    assert whole(currency="EUR") == [Difference("currency", "USD", "EUR")]
    assert whole(example="true") == [Difference("example", None, "True")]
    titles = {"faqs": "Questions", "dialog_tasks": "Dialog tasks"}
    assert whole(limits=titles) == [Difference("limits.faqs", "FAQs", "Questions")]


def test_orders() -> None:
    features = {"audit_log": "Audit log", "sso": "Single sign-on"}
    assert whole(features=features) == [Difference("features", "sso, audit_log", "audit_log, sso")]
    more = [*plain()["add_ons"], {"name": "rag", "fee": {"monthly": "5"}}]
    [found] = changes.between(small(add_ons=more), small(add_ons=more[::-1]))
    was, becomes = "add_on/voice_gateway, add_on/rag", "add_on/rag, add_on/voice_gateway"
    assert found.differences == (Difference("add_ons", was, becomes),)
    [added] = changes.between(small(), small(add_ons=more[::-1]))
    assert (added.key, added.what) == ("add_on/rag", "new"), "what stays is in the same order"


def test_no_limits_are_not_unsaid_ones() -> None:
    plans = plain()["plans"]
    without = {name: one for name, one in plans[0].items() if name != "limits"}
    none = small(plans=[plans[0] | {"limits": {}}, plans[1]])
    [found] = changes.between(none, small(plans=[without, plans[1]]))
    assert found.differences == (Difference("limits", "none", None),)
