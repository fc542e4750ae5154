"""A catalog is published whole, once, and only what changes gets a new version."""

from datetime import timedelta

import pytest

from quartermaster.core.catalog.offers import Catalog
from quartermaster.store.catalog import queries
from quartermaster.store.catalog.models import OfferVersion, Publication
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW
from tests.catalogs import ESSENTIAL, plan, small
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db
DAY = timedelta(days=1)


def dearer(monthly: str) -> Catalog:
    """The small catalog, the first plan at another fee."""
    advanced = plan("advanced", "150", features=["sso"])
    return small(plans=[plan("essential", monthly), advanced])


@in_a_transaction
def test_the_first_publication() -> None:
    done = publish_catalog(small(), NOW)
    assert (done.publication.number, done.publication.published_at) == (1, NOW)
    assert {one.what for one in done.changes} == {"new"}
    assert queries.current_catalog() == small()


@in_a_transaction
def test_twice_is_once() -> None:
    first = publish_catalog(small(), NOW)
    again = publish_catalog(small(), NOW + DAY)
    assert again.publication == first.publication
    assert again.changes == ()
    assert Publication.objects.count() == 1
    assert OfferVersion.objects.count() == 4


@in_a_transaction
def test_only_what_changes_gets_a_new_version() -> None:
    publish_catalog(small(), NOW)
    before = {one.key: one.id for one in queries.current_versions()}
    done = publish_catalog(dearer("60"), NOW + DAY)
    assert [(one.key, one.what) for one in done.changes] == [(ESSENTIAL, "changed")]
    after = {one.key: one.id for one in queries.current_versions()}
    assert {key for key in before if before[key] != after[key]} == {ESSENTIAL}
    sold = queries.current_version(ESSENTIAL)
    assert sold
    assert (sold.number, sold.published_at) == (2, NOW + DAY)
    assert queries.offer_version(before[ESSENTIAL]).offer == small().offers[0]


@in_a_transaction
def test_what_is_withdrawn_is_no_longer_sold() -> None:
    publish_catalog(small(), NOW)
    done = publish_catalog(small(add_ons=[], support=[]), NOW + DAY)
    assert [(one.key, one.what) for one in done.changes] == [
        ("add_on/voice_gateway", "withdrawn"),
        ("support/basic", "withdrawn"),
    ]
    assert queries.current_version("support/basic") is None
    assert OfferVersion.objects.count() == 4, "its version stays for those who bought it"


@in_a_transaction
def test_a_change_of_titles_alone_is_published_without_new_versions() -> None:
    publish_catalog(small(), NOW)
    titled = small(limits={"dialog_tasks": "Dialog tasks", "faqs": "Questions"})
    done = publish_catalog(titled, NOW + DAY)
    assert (done.publication.number, OfferVersion.objects.count()) == (2, 4)
    assert queries.current_catalog() == titled


@pytest.mark.usefixtures("committed")
def test_two_who_publish_at_once() -> None:
    done = at_once(*[lambda: len(publish_catalog(small(), NOW).changes)] * 3)
    assert sorted(done) == [0, 0, 4]
    assert (Publication.objects.count(), OfferVersion.objects.count()) == (1, 4)
    done = at_once(
        *[lambda fee=fee: publish_catalog(dearer(fee), NOW).publication.number for fee in "678"]
    )
    assert sorted(done) == [2, 3, 4]
    assert [one.number for one in queries.versions_of(ESSENTIAL)] == [1, 2, 3, 4]
    sold = queries.current_catalog()
    assert sold in [dearer(fee) for fee in "678"]
