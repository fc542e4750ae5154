"""Times of a column → microseconds, by the rules of `datetime` but without one object per row."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quartermaster.adapters.event_files import hashing
from quartermaster.core import periods
from quartermaster.core.usage.events import Window
from quartermaster.core.usage.state import Flags, Ints

_MICROS: Final = pa.timestamp("us", "UTC")
_FEW: Final = 64
_MICROS_OF_DAY: Final = 86_400_000_000
_FIRST: Final = (1 - periods.EPOCH.toordinal()) * _MICROS_OF_DAY
ALL_TIME: Final = Window(_FIRST, _FIRST + 3_652_059 * _MICROS_OF_DAY - 1)
"""The years 1 to 9999."""


def micros(column: Any) -> tuple[Ints, Flags]:
    """The instants, and for which rows they are sure; the others need a closer look.

    Sure are full RFC 3339 times with seconds and an offset: Arrow takes shorter forms too.
    """
    if pa.types.is_timestamp(column.type):
        found = column
        sure = np.ones(len(column), np.bool_)
    else:
        sure = _is_full(column)
        found = _parsed(column if sure.all() else pc.if_else(pa.array(sure), column, None))
    sure &= found.is_valid().to_numpy(zero_copy_only=False)
    instants = found.cast(pa.int64()).fill_null(0).to_numpy()
    sure &= (instants >= ALL_TIME.earliest) & (instants <= ALL_TIME.latest)
    return instants, sure


def _is_full(texts: Any) -> Flags:
    """`....-..-..T..:..:..` and more, ending in Z or in an offset with a colon."""
    starts, lengths, characters = hashing.text_bytes(texts)
    is_full: Flags = lengths >= 20
    starts, ends = starts[is_full], (starts + lengths)[is_full]
    ends_well = (characters[ends - 1] == ord("Z")) | (characters[ends - 3] == ord(":"))
    is_full[is_full] = (characters[starts + 16] == ord(":")) & ends_well
    return is_full


def _parsed(texts: Any) -> Any:
    """Halves what Arrow refuses as a whole until the unreadable ones are among few."""
    try:
        return texts.cast(_MICROS)
    except pa.ArrowInvalid:
        if len(texts) <= _FEW:
            return pa.nulls(len(texts), _MICROS)
    middle = len(texts) // 2
    halves = [_parsed(texts.slice(0, middle)), _parsed(texts.slice(middle))]
    return pa.concat_arrays(halves)
