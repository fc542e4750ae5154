"""Texts → 64-bit hashes by whole columns, to find ids that repeat without keeping them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_FACTORS: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93))
_SHIFT: Final = np.uint64(32)
_WORD: Final = 8
_BITS: Final = np.uint64(3)
"""Of a shift from bytes to bits."""


def hashes(texts: Any) -> Words:
    """One hash per text, the same in every call; a null has that of the empty text.

    Each step is a bijection of what it adds, so unequal texts of up to eight bytes never collide
    with others of their length. Not for texts that somebody chose in order to collide.
    """
    starts, lengths, content = text_bytes(texts)
    if len(content) < _WORD:
        content = np.append(content, np.zeros(_WORD, np.uint8))
    last = len(content) - _WORD
    words = np.ndarray((last + 1,), np.dtype("<u8"), content, strides=(1,))
    found = lengths.astype(np.uint64)
    rows: NDArray[np.int64] | slice = slice(None)
    for offset in range(0, int(lengths.max(initial=0)), _WORD):
        left = lengths - offset
        if (left <= 0).any():
            keep = np.flatnonzero(left > 0)
            rows = keep if isinstance(rows, slice) else rows[keep]
            starts, lengths, left = starts[keep], lengths[keep], left[keep]
        place = starts + offset
        beyond = np.maximum(place - last, 0)
        word = words[place - beyond] >> (beyond.view(np.uint64) << _BITS)
        word <<= np.maximum(_WORD - left, 0).view(np.uint64) << _BITS
        found[rows] = _mixed(found[rows] ^ word)
    return found


def text_bytes(
    texts: Any,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Where each text starts and how long it is, in bytes, and the bytes they lie in."""
    buffers: Any = texts.buffers()
    _, offsets, content = buffers
    bounds = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4).astype(np.int64)
    return bounds[:-1], np.diff(bounds), np.frombuffer(content or b"", np.uint8)


def _mixed(words: Words) -> Words:
    for factor in _FACTORS:
        words *= factor
        words ^= words >> _SHIFT
    return words
