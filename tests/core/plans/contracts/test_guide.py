"""The example of the documentation."""

import json
import re
from pathlib import Path

from quartermaster.core import money
from quartermaster.core.plans.contracts import statements
from quartermaster.core.plans.contracts.prices import Prices
from quartermaster.core.plans.contracts.statements import Line, Seats, Seen, Statement, Used
from tests.core.plans.contracts.agreed import MARCH, contract, price, prices

GUIDE = Path(__file__).resolve().parents[4] / "docs/concepts/contracts.md"
TEXT = GUIDE.read_text().partition("## An example")[2]


def rows(heading: str) -> list[list[str]]:
    """The table under a line of headings."""
    _, _, after = TEXT.partition(f"{heading}\n")
    found = re.match(r"(?:\|.*\n)+", after)
    assert found
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in found[0].splitlines()[1:]
    ]


def told(lines: tuple[Line, ...]) -> list[list[str]]:
    """Lines as the guide has them."""
    return [
        [
            line.description,
            f"{line.quantity:,}",
            line.formula,
            money.shown(line.amount_minor * 10_000).replace("-", "−"),
        ]
        for line in lines
    ]


def rated(of: Prices, sessions: int, alerts: int, agents: int) -> Statement:
    [source] = of.of_seats("contact_center_ai")
    used = [
        Used(1, "billing_session", of.cycle.start, sessions),
        Used(1, "alert", of.cycle.start, alerts),
    ]
    seats = [Seats("contact_center_ai", source, agents, agents)]
    return statements.statement(of, Seen(used, seats))


def test_the_example() -> None:
    written = json.loads(TEXT.partition("```json\n")[2].partition("```")[0], parse_int=str)
    several = [
        price(number, one["what"], one.get("kind"), one["terms"])
        for number, one in enumerate(written, 1)
    ]
    agreed = contract(*several, commitment_minor=150_000)
    used = [
        tuple(int(cell.replace(",", "")) for cell in row[1:])
        for row in rows("| cycle | sessions | alerts | most agents |")
    ]
    first, second = prices(agreed), prices(agreed, at=MARCH)
    sessions, alerts, agents = used[0]
    february = rated(first, sessions, alerts, agents)
    assert told(february.lines) == rows(
        "February comes to\n\n| line | quantity | formula | amount |"
    )
    assert f"{february.due_date:%-d %B %Y}" == "31 March 2026"
    again = rated(first, sessions + 6_000, alerts, agents)
    late = statements.adjust(february.lines, again.lines, 1, "USD")
    march = rated(second, *used[1]).adjusted(late)
    assert told(march.lines) == rows("so March comes to\n\n| line | quantity | formula | amount |")
    assert march.total_minor == 157_000
    assert "until 31 March 2026" in TEXT
    assert "In all $1,570.00, of which $70.00" in TEXT
