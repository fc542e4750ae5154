"""Reading plain values (mappings, lists, texts, numbers) and saying all that is wrong with them."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

Path = tuple[str | int, ...]
PLACES: Final = 10
TOO_MUCH: Final = 10**9
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_AMOUNT: Final = re.compile(rf"[0-9]{{1,15}}(\.[0-9]{{1,{PLACES}}})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: keys and places from the root on; `place` is where that is written
    (`catalog.yaml:12`), if it is."""

    path: Path
    message: str
    place: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.place, self.field, self.message)))

    @property
    def field(self) -> str:
        """The path as people write it: `plans[2].fee.monthly`."""
        words = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.path)
        return "".join(words).lstrip(".")


@dataclass(slots=True)
class Plain:
    """A value and where it stands. What cannot be read is added to `faults`, which all values of
    one document share, and something harmless is given instead: nothing read may be used unless
    there are no faults at the end."""

    value: Any
    path: Path = ()
    faults: list[Fault] = field(default_factory=list)

    def fault(self, message: str) -> None:
        """Something is wrong with it."""
        self.faults.append(Fault(self.path, message))

    def within(self, name: str | int, value: Any) -> "Plain":
        """A value inside this one."""
        return Plain(value, (*self.path, name), self.faults)

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> "Fields":
        """As a mapping with these keys and no others."""
        found = self.mapping()
        for name in required:
            if name not in found and isinstance(self.value, Mapping):
                self.fault(f"{name} is missing")
        for name, one in found.items():
            if name not in required and name not in optional:
                known = ", ".join((*required, *optional))
                one.fault(f"there is no field {name!r}, only {known}")
        return Fields(self, found)

    def mapping(self) -> dict[str, "Plain"]:
        """As a mapping with any keys."""
        if not isinstance(self.value, Mapping):
            self.fault("must be a mapping of names to values")
            return {}
        return {str(name): self.within(str(name), one) for name, one in self.value.items()}

    def several(self) -> Iterator["Plain"]:
        """As a list."""
        if not isinstance(self.value, list):
            self.fault("must be a list")
            return
        for place, one in enumerate(self.value):
            yield self.within(place, one)

    def text(self) -> str:
        """As words to be shown: one line, up to a hundred characters."""
        written = self.value.strip() if isinstance(self.value, str) else ""
        if 0 < len(written) <= 100 and written.isprintable():
            return written
        self.fault("must be a line of text of at most 100 characters")
        return ""

    def name(self) -> str:
        """As a name: lower-case letters, digits and underscores, a letter first."""
        if isinstance(self.value, str) and is_name(self.value):
            return self.value
        self.fault("must be a name of at most 50 lower-case letters, digits and _, a letter first")
        return ""

    def one_of(self, known: Collection[str]) -> str:
        """As one of these words."""
        if isinstance(self.value, str) and self.value in known:
            return self.value
        self.fault(
            f"must be one of {', '.join(known)}" if known else "there is none to choose from"
        )
        return next(iter(known), "")

    def several_of(self, known: Collection[str]) -> tuple[str, ...]:
        """As a list of these words, each once at most."""
        found: list[str] = []
        for one in self.several():
            word = one.one_of(known)
            if word in found:
                one.fault(f"{word} is there twice")
            found.append(word)
        return tuple(found)

    def flag(self) -> bool:
        """As yes or no."""
        if str(self.value).lower() not in ("true", "false"):
            self.fault("must be true or false")
        return str(self.value).lower() == "true"

    def whole(self, least: int, most: int = TOO_MUCH) -> int:
        """As a whole number within bounds."""
        written = str(self.value)
        if _WHOLE.fullmatch(written) and least <= int(written) <= most:
            return int(written)
        self.fault(f"must be a whole number from {least:,} to {most:,}")
        return least

    def amount(self) -> Decimal:
        """As an amount of the currency, exactly as written."""
        written = str(self.value)
        if _AMOUNT.fullmatch(written) and Decimal(written) < TOO_MUCH:
            return Decimal(written)
        self.fault(
            f"must be a number such as 0.18, from 0 to below {TOO_MUCH:,}, with at most {PLACES} "
            "decimal places"
        )
        return Decimal(0)


def is_name(written: str) -> bool:
    """Whether it can name something: 1 to 50 lower-case ASCII letters, digits and underscores, a
    letter first."""
    letters = written.replace("_", "a")
    return (
        0 < len(written) <= 50
        and letters.isascii()
        and letters.isalnum()
        and letters.islower()
        and written[0].isalpha()
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a mapping that was read."""

    whole: Plain
    found: Mapping[str, Plain]

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def __getitem__(self, name: str) -> Plain:
        """The field's value, or an empty one where it is missing, which has been said already."""
        silent = Plain(None, (*self.whole.path, name))
        return self.found.get(name, silent)
