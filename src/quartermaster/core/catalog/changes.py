"""What publishing a catalog would change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from quartermaster.core.catalog import writing
from quartermaster.core.catalog.offers import Catalog, Kind, Offer
from quartermaster.core.catalog.reading import LISTS

What = Literal["new", "changed", "withdrawn"]
WHOLE: Final = "catalog"
"""Stands for the key of an offer where the catalog itself changes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same; None: it is not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one offer: sold for the first time or again, on new terms, or no more. Or of
    what belongs to no offer: currency, titles, orders."""

    key: str
    what: What
    differences: tuple[Difference, ...]


def between(before: Catalog | None, after: Catalog) -> list[Change]:
    """The changes from what is sold (None: nothing yet) to what is to be sold, in the order of the
    latter; what is no longer sold comes last. None where the two are the same."""
    had = {one.key: one for one in before.offers} if before else {}
    has = {one.key: one for one in after.offers}
    found = []
    whole = tuple(_of_whole(before, after))
    if before and whole:
        found.append(Change(WHOLE, "changed", whole))
    for key, one in has.items():
        old = had.get(key)
        differences = tuple(_differences(_flat(old), _flat(one)))
        if differences:
            found.append(Change(key, "changed" if old else "new", differences))
    gone = [one for key, one in had.items() if key not in has]
    return found + [
        Change(one.key, "withdrawn", tuple(_differences(_flat(one), {}))) for one in gone
    ]


def _of_whole(before: Catalog | None, after: Catalog) -> Iterator[Difference]:
    """What differs beside the offers; of their order, only that of those which stay."""
    if before is None:
        return
    yield from _differences(_head(before), _head(after))
    for name in ("limits", "features"):
        yield from _order(name, getattr(before, name), getattr(after, name))
    for name, kind in LISTS.items():
        yield from _order(name, _keys(before, kind), _keys(after, kind))


def _head(whole: Catalog) -> dict[str, str]:
    return dict(_leaves("", writing.head(whole)))


def _keys(whole: Catalog, kind: Kind) -> list[str]:
    return [one.key for one in whole.offers if one.kind is kind]


def _order(field: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Difference]:
    """The same names in another order."""
    stay = set(before) & set(after)
    had, has = ([name for name in several if name in stay] for several in (before, after))
    if had != has:
        yield Difference(field, ", ".join(had), ", ".join(has))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for field in {**before, **after}:
        old, new = before.get(field), after.get(field)
        if old != new:
            yield Difference(field, old, new)


def _flat(one: Offer | None) -> dict[str, str]:
    return dict(_leaves("", writing.stored_offer(one))) if one else {}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each value by its path. What is empty is a value as well: no limits are not unsaid ones."""
    if value and isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, one)
    elif value and isinstance(value, list):
        for place, one in enumerate(value):
            yield from _leaves(f"{path}[{place}]", one)
    else:
        yield path, "none" if value in ({}, []) else str(value)
