"""Amounts as Stripe writes them (https://docs.stripe.com/currencies)."""

from typing import Final

from quartermaster.adapters.payments.units import Units

_NONE: Final = (
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
)
_THREE: Final = ("BHD", "JOD", "KWD", "OMR", "TND")

UNITS: Final = Units(
    places={**dict.fromkeys(_NONE, 0), **dict.fromkeys(_THREE, 3)},
    steps={**dict.fromkeys(_THREE, 10), "ISK": 100},
    refused=frozenset({"UGX"}),
)
"""Three decimals end in a zero, krónur are written with two decimals and paid in whole ones. What
is said of the Ugandan shilling can be read in two ways, a factor of a hundred apart."""
