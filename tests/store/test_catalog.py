"""What is sold: versions of offers, and publications of the whole."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quartermaster.core.catalog.offers import Catalog
from quartermaster.store.catalog import operations, queries
from quartermaster.store.catalog.models import OfferVersion, Publication
from tests.books import NOW
from tests.catalogs import ESSENTIAL, plan, small

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
DEARER = small(plans=[plan("essential", "60"), plan("advanced", "150", features=["sso"])])
FEWER = small(plans=[plan("essential", "50")])


def published(*several: Catalog) -> None:
    """One publication after the other, a day apart."""
    for days, one in enumerate(several):
        operations.publish_catalog(one, NOW + timedelta(days=days))


def test_before_the_first_publication_nothing_is_sold() -> None:
    assert queries.current_catalog() is None
    assert queries.current_publication() is None
    assert queries.current_versions() == queries.all_versions() == []
    assert queries.current_version(ESSENTIAL) is None


def test_it_is_read_as_it_was_published() -> None:
    catalog = small()
    published(catalog)
    found = queries.current_catalog()
    assert found == catalog
    assert found
    assert list(found.limits) == ["faqs", "dialog_tasks"], "titles keep their order"
    assert list(found.features) == ["sso", "audit_log"]
    assert [one.unit for one in found.offers[0].usage] == ["billing_session", "alert"]


def test_only_what_changes_gets_a_version() -> None:
    published(small(), DEARER, small())
    assert [one.number for one in queries.versions_of(ESSENTIAL)] == [1, 2, 3]
    assert [one.published_at for one in queries.versions_of(ESSENTIAL)][:2] == [NOW, LATER]
    assert OfferVersion.objects.count() == 6
    assert [one.number for one in Publication.objects.order_by("id")] == [1, 2, 3]
    latest = queries.current_version(ESSENTIAL)
    assert latest
    assert latest.number == 3
    assert latest.offer == small().offers[0]
    assert len(queries.all_versions()) == 6


def test_what_is_withdrawn_keeps_its_version_and_takes_it_up_again() -> None:
    published(small(), FEWER)
    key = "plan/automation_ai/advanced"
    assert queries.current_version(key) is None
    [bought] = queries.versions_of(key)
    assert queries.offer_version(bought.id).offer == small().offers[1]
    published(small())
    assert queries.current_version(key) == bought


def test_versions_are_read_as_one_query() -> None:
    published(small())
    with CaptureQueriesContext(connection) as seen:
        queries.current_catalog()
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("catalog_offerversion", "what was sold is never changed or deleted"),
        ("catalog_publication", "publications are never changed or deleted"),
    ],
)
def test_versions_and_publications_are_never_changed(table: str, words: str) -> None:
    published(small())
    for statement in (
        f"update {table} set id = id",
        f"delete from {table}",
        f"truncate {table} cascade",
    ):
        with (
            pytest.raises(IntegrityError, match=words),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("offer_version_once", {}),
        ("offer_version_numbered", {"number": 0}),
        ("offer_version_kind_known", {"kind": "bundle", "product": None, "number": 9}),
        ("offer_version_plan_has_product", {"product": None, "number": 9}),
        ("offer_version_plan_has_product", {"kind": "add_on", "number": 9}),
    ],
)
def test_versions_that_must_not_be(constraint: str, changes: dict[str, object]) -> None:
    published(small())
    row = OfferVersion.objects.filter(key=ESSENTIAL).values().get()
    del row["id"]
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OfferVersion.objects.create(**row | changes)


@pytest.mark.parametrize(
    ("constraint", "number"), [("publication_number", 1), ("publication_numbered", 0)]
)
def test_publications_that_must_not_be(constraint: str, number: int) -> None:
    published(small())
    row = Publication.objects.values().get()
    del row["id"]
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Publication.objects.create(**row | {"number": number})
