"""Columns that Django does not have."""

from typing import Any

from django.db import models


class LabelField(models.TextField):  # type: ignore[type-arg]
    """A label of the enumerated type `type_name`: four bytes in the table, a word everywhere else.

    The type is made by a migration, and so are labels that are added to it.
    """

    def __init__(self, *words: Any, type_name: str, **options: Any) -> None:
        super().__init__(*words, **options)
        self.type_name = type_name

    def deconstruct(self) -> Any:
        """With its type, for migrations."""
        name, path, words, options = super().deconstruct()
        return name, path, words, options | {"type_name": self.type_name}

    def db_type(self, connection: Any) -> str:
        """The enumerated type."""
        return self.type_name
