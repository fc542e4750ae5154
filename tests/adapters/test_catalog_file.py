"""Catalogs as YAML: read as they are written, every fault with its line, and written again."""

import re
from decimal import Decimal
from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given, settings

from quartermaster.adapters import catalog_file
from quartermaster.core.catalog import changes
from quartermaster.core.catalog.offers import Cadence, Catalog, Kind
from quartermaster.core.catalog.reading import BadCatalog
from quartermaster.core.pricing import rating
from quartermaster.core.usage.events import PRODUCTS
from tests.catalogs import small
from tests.core.catalog.catalogs import catalogs

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/catalog.md"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
GOOD = """\
currency: USD
limits: {faqs: FAQs}
plans:
  - product: automation_ai
    name: essential
    fee:
      monthly: 50
      annual: 500.10
    usage:
      alert: &cheap {model: per_unit, amount: 0.18}
      billing_session: *cheap
    limits: {faqs: 1000}
"""


def read(text: str) -> Catalog:
    """A file with this text."""
    return catalog_file.read_text(text.encode(), "catalog.yaml")


def faults(text: str | bytes) -> list[str]:
    """What is wrong with a file, line by line."""
    body = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadCatalog) as no:
        catalog_file.read_text(body, "catalog.yaml")
    return [str(one) for one in no.value.faults]


def test_amounts_are_as_they_are_written() -> None:
    [plan] = read(GOOD).offers
    assert plan.fees == {Cadence.MONTHLY: 50, Cadence.ANNUAL: Decimal("500.10")}
    assert [price.model.parts(1)[0].amount for price in plan.usage] == [Decimal("0.18")] * 2


def test_words_stay_words() -> None:
    titled = read(GOOD.replace("name: essential", "name: no\n    title: 2026-01-01"))
    assert (titled.offers[0].name, titled.offers[0].title) == ("no", "2026-01-01")


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ("monthly: 50", "monthly: fifty", "7: plans[0].fee.monthly: must be a number such as"),
        ("annual:", "yearly:", "8: plans[0].fee.yearly: there is no cadence 'yearly', only"),
        ("annual:", "monthly:", "8: plans[0].fee.monthly: is there twice"),
        ("    name: essential\n", "", "4: plans[0]: name is missing"),
        ("alert: &cheap", "alarm: &cheap", "10: plans[0].usage.alarm: there is no unit 'alarm',"),
        ("amount: 0.18", "amount: 0,18", "10: plans[0].usage.billing_session.18: there is no"),
        ("{faqs: 1000}", "{faqs: 1.5}", "12: plans[0].limits.faqs: must be a whole number from"),
        ("{faqs: 1000}", "{calls: 1}", "12: plans[0].limits.calls: there is no limit 'calls'"),
        ("{faqs: 1000}", "", "12: plans[0].limits: must be a mapping"),
        ("{faqs: 1000}", "{[a]: 1}", "12: plans[0].limits: names must be words"),
        ("currency: USD", "currency: usd", "1: currency: must be a currency of three capitals"),
        ("plans:", "<<: {}\nplans:", "3: <<: there is no field '<<', only currency"),
        ("*cheap", "*dear", "11: is not YAML: found undefined alias 'dear'"),
        (
            "fee:",
            "\tfee:",
            "6: is not YAML: while scanning for the next token found character '\\t'",
        ),
        (
            "{faqs: FAQs}",
            "{faqs: FAQs",
            "3: is not YAML: while parsing a flow mapping expected ',' or '}', but got ':'",
        ),
        ("plans:", "plans: !!python/name:os.system\nplans:", "4: plans: is there twice"),
        ("    limits: {faqs: 1000}", "---\na: 1", "12: is not YAML: expected a single document"),
    ],
)
def test_each_fault_has_its_line(was: str, becomes: str, fault: str) -> None:
    assert was in GOOD
    found = faults(GOOD.replace(was, becomes))
    assert any(one.startswith(f"catalog.yaml:{fault}") for one in found), found


def test_all_faults_in_the_order_of_their_lines() -> None:
    text = GOOD.replace("50\n", "fifty\n").replace("USD", "$").replace("annual", "monthly")
    assert [one.split(": ")[:2] for one in faults(text)] == [
        ["catalog.yaml:1", "currency"],
        ["catalog.yaml:8", "plans[0].fee.monthly"],
    ]
    text = text.replace("faqs: 1000", "faqs: -1").replace("essential", "Essential")
    assert [one.split(":")[1] for one in faults(text)] == ["1", "5", "8", "12"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ":1: must be a mapping of names to values"),
        ("just words", ":1: must be a mapping of names to values"),
        ("currency: USD\n# caf\xe9\n".encode("latin-1"), ":2: is not UTF-8"),
        ("currency: \x00", ": is not YAML: special characters are not allowed"),
        ("[" * 5000, ":1: is not YAML: more than 20 levels"),
        ("a: &a [*a]", ":1: is not YAML: more than there may be, by aliases of aliases"),
    ],
)
def test_what_is_no_catalog(text: str | bytes, fault: str) -> None:
    assert f"catalog.yaml{fault}" in faults(text)


def test_aliases_of_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 9):
        again = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{again}]")
    [fault] = faults("\n".join(lines))
    assert fault.endswith("is not YAML: more than there may be, by aliases of aliases")


def test_large_files_are_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_text("#" * (catalog_file.MOST_BYTES + 1))
    with pytest.raises(BadCatalog, match=r"big\.yaml: larger than 1,000,000 bytes"):
        catalog_file.read(file)
    file.write_text("\ufeff" + GOOD)
    assert len(catalog_file.read(file).offers) == 1


@given(catalogs())
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_the_same(catalog: Catalog) -> None:
    found = read(catalog_file.write(catalog))
    assert found == catalog
    assert changes.between(catalog, found) == []


def test_it_is_written_for_people() -> None:
    text = catalog_file.write(small())
    assert "    fee:\n      monthly: 50.00\n" in text.replace("  - ", "    ").replace(
        "\n  ", "\n    "
    )
    assert "'" not in text
    assert "!!" not in text
    assert text.startswith("# Check with")


def test_the_guide_says_what_can_be_written() -> None:
    small, graduated, seats = BLOCK.findall(GUIDE.read_text())
    plans = read(small).offers
    assert [one.key for one in plans] == [
        "plan/automation_ai/essential",
        "plan/automation_ai/advanced",
        "add_on/voice_gateway",
        "support/basic",
    ]
    usage = "      billing_session: {included: 250, model: per_unit, amount: 0.20}\n"
    priced = "      billing_session:\n" + indent(graduated, " " * 8)
    offered = "    seats:\n" + indent(seats, " " * 6)
    found = read(small.replace(usage, priced).replace("    trial:", f"{offered}    trial:"))
    price = found.offers[0].price_of("billing_session")
    assert price
    assert [rating.total_micro(price, units) for units in (3, 8)] == [130_000_000, 215_000_000]
    assert found.offers[0].seats


def test_the_example_says_that_it_is_one() -> None:
    example = catalog_file.example()
    assert example.is_example
    assert read(catalog_file.write(example)) == example
    plans = [one for one in example.offers if one.kind is Kind.PLAN]
    for product in PRODUCTS:
        several = [one for one in plans if one.product == product]
        assert [one.name for one in several] == ["essential", "advanced", "enterprise"]
        costs = [one.price_of("billing_session") for one in several]
        each = [price.model.parts(1)[0].unit_price for price in costs if price]
        assert each == sorted(each, reverse=True)
        assert each[0] == Decimal("0.20")
        for name in example.limits:
            numbers = [(one.limits or {}).get(name) for one in several]
            assert numbers == sorted(numbers, key=lambda number: number or 0)
    trials = {one.product: one.trial for one in plans if one.trial}
    assert {name: (one.days, one.sessions, one.seats) for name, one in trials.items()} == {
        "automation_ai": (14, 2000, None),
        "contact_center_ai": (30, None, 5),
    }
