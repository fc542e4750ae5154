"""Texts → 64-bit hashes by whole columns, to find ids that repeat without keeping them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_FACTORS: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93))
_SHIFT: Final = np.uint64(32)


def hashes(texts: Any) -> Words:
    """One hash per text, the same in every call; a null has that of the empty text.

    Each step is a bijection of what it adds, so unequal texts of up to eight bytes never collide
    with others of their length. Not for texts that somebody chose in order to collide.
    """
    starts, lengths, words = _layout(texts)
    found = lengths.astype(np.uint64)
    rows = np.arange(len(starts))
    for offset in range(0, int(lengths.max(initial=0)), 8):
        left = lengths - offset
        if (left <= 0).any():
            keep = left > 0
            rows, starts, lengths, left = rows[keep], starts[keep], lengths[keep], left[keep]
        unused = np.maximum(8 - left, 0).astype(np.uint64) << np.uint64(3)
        word = words[starts + offset]
        word <<= unused
        found[rows] = _mixed(found[rows] ^ word)
    return found


def text_bytes(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], bytes]:
    """Where each text starts and how long it is, in bytes, and the bytes they lie in."""
    buffers: Any = texts.buffers()
    _, offsets, content = buffers
    bounds = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    ends = bounds.astype(np.int64)
    return ends[:-1], np.diff(ends), content.to_pybytes() if content else b""


def _layout(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], Words]:
    starts, lengths, content = text_bytes(texts)
    first = int(starts[0]) if len(starts) else 0
    last = int(starts[-1] + lengths[-1]) if len(starts) else 0
    padded = content[first:last] + bytes(8)
    words = np.ndarray((last - first + 1,), np.dtype("<u8"), padded, strides=(1,))
    return starts - first, lengths, words


def _mixed(words: Words) -> Words:
    for factor in _FACTORS:
        words *= factor
        words ^= words >> _SHIFT
    return words
