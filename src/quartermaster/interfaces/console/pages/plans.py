"""The plans that are sold, side by side."""

from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.catalog import comparing
from quartermaster.core.catalog.comparing import Comparison
from quartermaster.core.catalog.offers import PRODUCT_TITLES, Cadence, Catalog, Kind, Offer
from quartermaster.interfaces.console.access import Here
from quartermaster.usecases.plans.show_catalog import NothingSold, Sold, show_catalog

_Fees = tuple[Offer, list[Decimal | None]]


def plans(request: HttpRequest, here: Here) -> HttpResponse:
    """Of one product, by default the first that is sold, with what can be bought beside them.
    Amounts are in the catalog's currency."""
    try:
        sold = show_catalog()
    except NothingSold:
        return render(request, "console/pages/plans.html", {"sold": None})
    products = _products(sold.catalog)
    asked = request.GET.get("product", "")
    product = asked if asked in products else next(iter(products), "")
    found = {
        "sold": sold,
        "products": products,
        "product": product,
        "title": products.get(product, ""),
        **_compared(sold, comparing.plans(sold.catalog, product)),
        "beside": _beside(sold.catalog, product),
        "formats": replace(here.formats, currency=sold.catalog.currency),
    }
    return render(request, "console/pages/plans.html", found)


def _products(catalog: Catalog) -> dict[str, str]:
    """The titles of those with plans."""
    sold = {one.product for one in catalog.offers}
    return {name: title for name, title in PRODUCT_TITLES.items() if name in sold}


def _compared(sold: Sold, found: Comparison) -> dict[str, object]:
    numbers = sold.numbers()
    return {
        "plans": [(one, numbers[one.key]) for one in found.plans],
        "sections": [
            (section, list(rows)) for section, rows in groupby(found.rows, lambda row: row.section)
        ],
    }


def _beside(catalog: Catalog, product: str) -> list[tuple[str, list[_Fees]]]:
    """Add-ons that go with the product, and support plans, each with its fees by month and year."""
    offers = catalog.offers
    add_ons = [one for one in offers if one.kind is Kind.ADD_ON and product in one.products]
    support = [one for one in offers if one.kind is Kind.SUPPORT]
    return [
        (title, [(one, [one.fees.get(each) for each in Cadence]) for one in several])
        for title, several in (("Add-ons", add_ons), ("Support", support))
        if several
    ]
