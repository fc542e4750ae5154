"""Catalogs at random."""

import string

from hypothesis import strategies as st

from quartermaster.core.catalog.offers import (
    Cadence,
    Catalog,
    Kind,
    Offer,
    SeatKind,
    SeatPrice,
    Trial,
)
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.core.usage.units import UNITS
from tests.core.pricing.prices import amounts, models

_names = st.text(string.ascii_lowercase + "_0", min_size=1, max_size=8).map(lambda one: f"a{one}")
_titles = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda words: words == words.strip() and words.isprintable())
_many = st.integers(0, 10**6)
_fees = st.dictionaries(st.sampled_from(list(Cadence)), amounts, min_size=1)


@st.composite
def _usage(draw: st.DrawFn) -> tuple[UsagePrice, ...]:
    units = [unit for unit in UNITS if draw(st.booleans())]
    return tuple(UsagePrice(unit, draw(models), draw(_many)) for unit in units)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Any that can be read."""
    limits = draw(st.dictionaries(_names, _titles, max_size=3))
    features = draw(st.dictionaries(_names, _titles, max_size=3))
    seats = {product: draw(st.sampled_from(list(SeatKind))) for product in PRODUCTS}
    offers = []
    for product in draw(st.permutations(PRODUCTS)):
        for rank, name in enumerate(draw(st.lists(_names, max_size=2, unique=True))):
            fees = draw(_fees)
            offers.append(
                Offer(
                    Kind.PLAN,
                    name,
                    draw(_titles),
                    fees,
                    product=product,
                    rank=rank,
                    usage=draw(_usage()),
                    seats=draw(st.none() | _seats(seats[product], list(fees))),
                    limits=draw(st.none() | _some(list(limits)).flatmap(_numbers)),
                    features=tuple(draw(_some(list(features)))),
                    trial=draw(st.none() | _trials),
                )
            )
    for name in draw(st.lists(_names, max_size=2, unique=True)):
        goes_with = tuple(draw(_some(list(PRODUCTS), 1)))
        title, fees, usage = draw(_titles), draw(_fees), draw(_usage())
        offers.append(Offer(Kind.ADD_ON, name, title, fees, products=goes_with, usage=usage))
    for rank, name in enumerate(draw(st.lists(_names, max_size=2, unique=True))):
        offers.append(Offer(Kind.SUPPORT, name, draw(_titles), draw(_fees), rank=rank))
    currency = draw(st.sampled_from(("USD", "EUR", "JPY")))
    return Catalog(currency, draw(st.booleans()), limits, features, tuple(offers))


def _some(known: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    if not known:
        return st.just([])
    return st.lists(st.sampled_from(known), min_size=least, unique=True)


def _numbers(names: list[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries(dict.fromkeys(names, _many))


@st.composite
def _seats(draw: st.DrawFn, kind: SeatKind, cadences: list[Cadence]) -> SeatPrice:
    prices = {cadence: draw(models) for cadence in cadences}
    return SeatPrice(kind, prices, draw(_many), draw(st.none() | amounts))


_trials = st.builds(
    Trial,
    st.integers(1, 365),
    st.none() | st.integers(1, 10**6),
    st.none() | st.integers(1, 10**4),
)
