"""Which channels are voice is decided once, before anything is metered."""

from collections.abc import Collection

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.catalog import queries as catalog_queries


class BadVoiceChannels(Refusal):
    """Voice channels are names that are not empty, printable, and without space around them."""

    code = "bad_setting"
    kind = "invalid"


class VoiceChannelsFixed(Refusal):
    """The voice channels of an installation cannot be changed."""

    code = "bad_setting"
    kind = "conflict"


def fix_voice_channels(names: Collection[str] | None) -> frozenset[str]:
    """Stores the set the first time (None: the default) and gives it; later another is refused.

    A session that began under one set would be cut otherwise under another, so that late events
    and `verify` would find history changed. None goes with whatever is stored.
    """
    wanted = catalog_queries.DEFAULT_VOICE_CHANNELS if names is None else frozenset(names)
    if not wanted or not all(map(_is_name, wanted)):
        raise BadVoiceChannels(field="voice_channels")
    with transaction.atomic():
        catalog.lock_voice_channels()
        stored = catalog_queries.stored_voice_channels()
        if not stored:
            catalog.add_voice_channels(wanted)
        elif names is not None and wanted != stored:
            raise VoiceChannelsFixed(
                f"QUARTERMASTER_VOICE_CHANNELS={_shown(wanted)} cannot be: this database was begun "
                f"with {_shown(stored)}, and history would be cut anew; unset it or set it back",
                field="voice_channels",
            )
        return stored or wanted


def _is_name(name: str) -> bool:
    return bool(name) and name == name.strip() and name.isprintable()


def _shown(names: frozenset[str]) -> str:
    return ",".join(sorted(names))
