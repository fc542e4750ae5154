"""What may a bot use, and what is left of it?"""

from datetime import datetime

from quartermaster.core.plans.entitlements import Entitlements
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.store import sql
from quartermaster.store.people.models import Bot
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing
from quartermaster.usecases.ports import EventArchive


def show_entitlements(
    bot: Bot, at: datetime, archive: EventArchive | None = None
) -> list[Entitlements]:
    """Of every product, as it is at one moment. `interfaces/ingest` says the same to platforms, by
    the same rule."""
    with sql.snapshot():
        standing = _standing.standing(bot, at, History(archive))
        return [standing.entitlements(product) for product in PRODUCTS]
