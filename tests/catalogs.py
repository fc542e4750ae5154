"""A small catalog to sell from."""

from typing import Any

from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Catalog

ESSENTIAL = "plan/automation_ai/essential"
ADVANCED = "plan/automation_ai/advanced"


def plain(**changes: Any) -> dict[str, Any]:
    """Two plans, an add-on and a support plan, as a file has them; `changes` at the top."""
    whole: dict[str, Any] = {
        "currency": "USD",
        "limits": {"faqs": "FAQs", "dialog_tasks": "Dialog tasks"},
        "features": {"sso": "Single sign-on", "audit_log": "Audit log"},
        "plans": [plan("essential", "50"), plan("advanced", "150", features=["sso"])],
        "add_ons": [{"name": "voice_gateway", "fee": {"monthly": "100"}}],
        "support": [{"name": "basic", "fee": {"monthly": "0"}}],
    }
    return whole | changes


def plan(name: str, monthly: str, **changes: Any) -> dict[str, Any]:
    """One plan of Automation AI."""
    return {
        "product": "automation_ai",
        "name": name,
        "fee": {"monthly": monthly, "annual": "1000"},
        "usage": {
            "alert": {"model": "per_unit", "amount": "0.01"},
            "billing_session": {"included": 100, "model": "per_unit", "amount": "0.18"},
        },
        "limits": {"faqs": 1000},
    } | changes


def small(**changes: Any) -> Catalog:
    """The same, read."""
    return reading.catalog(plain(**changes))
