"""Prices at random."""

from hypothesis import strategies as st

from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume

amounts = st.decimals("0", "20", allow_nan=False, allow_infinity=False, places=8)
_ends = st.lists(st.integers(1, 200), max_size=4, unique=True).map(sorted)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """One to five, the last one open."""
    ends = [*draw(_ends), None]
    return tuple(Tier(end, draw(amounts), draw(amounts)) for end in ends)


models: st.SearchStrategy[Model] = st.one_of(
    st.builds(Flat, amounts),
    st.builds(PerUnit, amounts),
    st.builds(Package, amounts, st.integers(1, 50)),
    tiers().map(Graduated),
    tiers().map(Volume),
)
usage_prices = st.builds(
    UsagePrice, st.just("billing_session"), models, st.sampled_from((0, 1, 7, 60))
)
