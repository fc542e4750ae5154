"""The body of a batch: its columns as MessagePack."""

import msgspec

from quartermaster.core.usage.events import Accepted

_decoder = msgspec.msgpack.Decoder(
    tuple[
        list[int],
        list[str],
        list[int],
        list[int],
        list[int],
        list[str | None],
        list[str | None],
        list[str | None],
        list[str | None],
        list[str | None],
        list[str | None],
    ]
)
_encoder = msgspec.msgpack.Encoder()


def encode(events: Accepted) -> bytes:
    """The columns in the order in which `Accepted` declares them."""
    return _encoder.encode([getattr(events, name) for name in Accepted.__dataclass_fields__])


def storable(text: str | None) -> str | None:
    """A text from outside, without the one character that PostgreSQL cannot hold."""
    return text and text.replace("\0", "\ufffd")


def decode(body: bytes) -> Accepted:
    """The inverse of `encode`."""
    return Accepted(*_decoder.decode(body))
