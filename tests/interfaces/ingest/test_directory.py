"""Whose key it is, and what their clock says."""

import asyncio
from datetime import datetime, timedelta

import pytest
from django.db import connection

from quartermaster.interfaces.ingest.directory import Directory, Tenant
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, Books, open_books
from tests.interfaces import database

pytestmark = pytest.mark.usefixtures("committed")


def stand(books: Books, at: datetime) -> None:
    """Stops the workspace's clock, or moves it on."""
    Workspace.objects.filter(id=books.workspace.id).update(frozen_at=at)
    connection.close()


def test_where_a_test_workspaces_clock_stands_is_known_as_soon_as_it_was_moved() -> None:
    books = open_books(is_test=True)
    key = create_key(books.workspace, "ours", NOW)[1]

    async def scene() -> list[Tenant | None]:
        directory = Directory(database.url(), lambda: 0.0)
        found = [await directory.find_workspace(key)]
        for days in (0, 30):
            await asyncio.to_thread(stand, books, NOW + timedelta(days=days))
            found.append(await directory.find_workspace(key))
        await directory.close()
        return found

    stood = (None, NOW, NOW + timedelta(days=30))
    assert asyncio.run(scene()) == [Tenant(books.workspace.id, at) for at in stood]
