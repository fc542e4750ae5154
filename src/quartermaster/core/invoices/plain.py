"""Parties as they stand on an invoice for ever: plain values, as JSON has them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quartermaster.core.invoices.parties import Bank, Party, Seller


def written(one: Party | Seller) -> dict[str, Any]:
    """All that is known of a party."""
    return asdict(one)


def party(found: Mapping[str, Any]) -> Party:
    """The inverse."""
    return Party(**{**found, "address": tuple(found["address"])})


def seller(found: Mapping[str, Any]) -> Seller:
    """The inverse."""
    parts = {"party": party(found["party"]), "bank": Bank(**found["bank"])}
    return Seller(**{**found, **parts})
