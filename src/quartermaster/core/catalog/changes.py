"""What publishing a catalog would change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quartermaster.core.catalog import writing
from quartermaster.core.catalog.offers import Offer

What = Literal["new", "changed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same; None: it is not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one offer: sold for the first time or again, on new terms, or no more."""

    key: str
    what: What
    differences: tuple[Difference, ...]


def between(before: Sequence[Offer], after: Sequence[Offer]) -> list[Change]:
    """The changes from what is sold to what is to be sold, in the order of the latter; what is no
    longer sold comes last."""
    had, has = {one.key: one for one in before}, {one.key: one for one in after}
    found = []
    for key, one in has.items():
        old = had.get(key)
        differences = tuple(_differences(_flat(old), _flat(one)))
        if differences:
            found.append(Change(key, "changed" if old else "new", differences))
    gone = [one for key, one in had.items() if key not in has]
    return found + [
        Change(one.key, "withdrawn", tuple(_differences(_flat(one), {}))) for one in gone
    ]


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for field in {**before, **after}:
        old, new = before.get(field), after.get(field)
        if old != new:
            yield Difference(field, old, new)


def _flat(one: Offer | None) -> dict[str, str]:
    return dict(_leaves("", writing.stored_offer(one))) if one else {}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, one)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _leaves(f"{path}[{place}]", one)
    else:
        yield path, str(value)
