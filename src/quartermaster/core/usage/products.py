"""Which product usage belongs to (docs/decisions/0016).

What conversations, calls, alerts and notifications come to is Automation AI's; agents name the
product that they work in with each log-in.
"""

from typing import Final

from quartermaster.core.usage.events import PRODUCTS

CONVERSING: Final = PRODUCTS[0]
WITH_AGENTS: Final = PRODUCTS[2:]


def has_units(product: str | None) -> bool:
    """Whether units other than agents are the product's; None asks for all products."""
    return product in (None, CONVERSING)


def has_agents(product: str | None) -> bool:
    """Whether agents work in it; None asks for all products."""
    return product is None or product in WITH_AGENTS
