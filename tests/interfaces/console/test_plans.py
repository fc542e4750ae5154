"""The page of plans."""

import re

import pytest

from quartermaster.adapters import catalog_file
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW, open_books
from tests.catalogs import plan, small
from tests.interfaces.console.visits import at_most, read, rows, signed_in, text

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]


def tabs(page: str) -> list[str]:
    """The products that can be chosen."""
    found = page.partition('aria-label="Products"')[2].partition("</nav>")[0]
    return re.findall(r"<a [^>]*>(.*?)</a>", found)


def test_before_anything_is_sold_the_next_step_is_told() -> None:
    page = read(signed_in(open_books("helpdesk")), "/plans")
    assert "No plans are sold yet" in text(page)
    assert "quartermaster catalog publish FILE" in page
    assert "example catalog" not in text(page)


def test_plans_stand_side_by_side() -> None:
    publish_catalog(small(), NOW)
    cheaper = [plan("essential", "50.5"), plan("advanced", "1150", features=["sso"])]
    publish_catalog(small(plans=cheaper), NOW)
    page = read(signed_in(open_books("helpdesk")), "/plans")
    compared = page.partition("<table")[2].partition("</table>")[0]
    head = [text(one) for one in re.findall(r"<th scope=\"col\".*?</th>", compared)]
    assert head == ["Essential version 2", "Advanced version 2"]
    found = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', compared)
    assert {
        name: [text(cell) for cell in re.findall("<td>.*?</td>", row)] for name, row in found
    } == {
        "Fee per month": ["$50.50", "$1,150.00"],
        "Fee per year": ["$1,000.00", "$1,000.00"],
        "Billing sessions": ["100 included, then $0.18 each"] * 2,
        "Alerts": ["$0.01 each"] * 2,
        "FAQs": ["1,000", "1,000"],
        "Single sign-on": ["no", "yes"],
    }
    assert rows(page, "Add-ons") == [["Voice Gateway", "$100.00", "–"]]
    assert rows(page, "Support") == [["Basic", "$0.00", "–"]]
    assert "Since" not in text(page)
    assert "What can be bought since Nov 22, 2026" in text(page)


def test_each_product_has_its_own() -> None:
    other = plan("starter", "9") | {"product": "search_ai"}
    add_on = {"name": "gateway", "fee": {"monthly": "1"}, "products": ["search_ai"]}
    publish_catalog(small(plans=[plan("essential", "50"), other], add_ons=[add_on]), NOW)
    client = signed_in(open_books("helpdesk"))
    page = read(client, "/plans")
    assert tabs(page) == ["Automation AI", "Search AI"]
    assert ("Essential" in page, "Starter" in page, "Add-ons" in page) == (True, False, False)
    page = read(client, "/plans?product=search_ai")
    assert ("Essential" in page, "Starter" in page, "Add-ons" in page) == (False, True, True)
    for nonsense in ("agent_ai", "nothing", "%00"):
        assert "Essential" in read(client, f"/plans?product={nonsense}")


def test_amounts_are_in_the_catalogs_currency_and_the_viewers_language() -> None:
    publish_catalog(small(currency="EUR"), NOW)
    client = signed_in(open_books("helpdesk"))
    assert "€1,000.00" in read(client, "/plans")
    german = client.get("/plans", headers={"Accept-Language": "de-DE"}).content.decode()
    assert "1.000,00\xa0€" in german


def test_the_example_says_that_it_is_one() -> None:
    publish_catalog(catalog_file.example(), NOW)
    client = signed_in(open_books("helpdesk"))
    page = read(client, "/plans?product=contact_center_ai")
    assert "This is the example catalog." in text(page)
    assert len(tabs(page)) == 4
    assert "30 days, 5 seats" in text(page)
    publish_catalog(small(), NOW)
    assert "example catalog" not in text(read(client, "/plans"))


def test_titles_are_words_and_nothing_else() -> None:
    publish_catalog(small(plans=[plan("essential", "5", title="<b>Bold</b> & co")]), NOW)
    page = read(signed_in(open_books("helpdesk")), "/plans")
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in page
    assert "<b>Bold" not in page


def test_a_catalog_without_plans() -> None:
    publish_catalog(small(plans=[]), NOW)
    assert "No plans are sold yet" in text(read(signed_in(open_books("helpdesk")), "/plans"))


def test_a_few_queries_do() -> None:
    publish_catalog(catalog_file.example(), NOW)
    client = signed_in(open_books("helpdesk"))
    with at_most(12):
        client.get("/plans")
