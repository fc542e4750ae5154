"""Empty names, silent functions, missing companions, strangers' addresses."""

from tests.architecture.planted.case import APP, Case
from tests.architecture.rules import companions, places, words

WORDS = (
    Case(
        words.banned_names,
        {
            f"{APP}/core/utils.py": "",
            f"{APP}/core/data/__init__.py": "",
            f"{APP}/core/database.py": """\
                data = 1
                def load_items(): ...
                def metadata(info): ...
                class EventData: ...
                class Recorder:
                    def _handler(self): ...
                """,
        },
        (
            f"{APP}/core/data/__init__.py:1",
            f"{APP}/core/database.py:2",
            f"{APP}/core/database.py:4",
            f"{APP}/core/database.py:6",
            f"{APP}/core/utils.py:1",
        ),
    ),
    Case(
        words.layer_suffixes,
        {
            f"{APP}/a.py": """\
                class WalletService: ...
                class Review: ...
                class OrderView: ...
                class ViewOfOrders: ...
                class BotManager: ...
                """
        },
        (f"{APP}/a.py:1", f"{APP}/a.py:3", f"{APP}/a.py:5"),
    ),
    Case(
        words.missing_docstrings,
        {
            f"{APP}/a.py": '''\
                def told():
                    """Say so."""
                    def inner(): ...
                def untold(): ...
                def _private(): ...
                class Untold:
                    def untold(self): ...
                    def __len__(self): ...
                    class Meta: ...
                class Gateway(Protocol):
                    """A port."""
                    def charge(self): ...
                    def long(self):
                        a = 1
                        b = 2
                        c = 3
                        d = 4
                ''',
            f"{APP}/store/people/migrations/m.py": "class Migration: ...",
            "tests/test_a.py": "def test_a(): ...",
        },
        (f"{APP}/a.py:4", f"{APP}/a.py:6", f"{APP}/a.py:7", f"{APP}/a.py:13"),
    ),
)

COMPANIONS = (
    Case(
        companions.untested_use_cases,
        {
            f"{APP}/usecases/__init__.py": "",
            f"{APP}/usecases/ports.py": "def f(): ...",
            f"{APP}/usecases/credits/_shared.py": "def f(): ...",
            f"{APP}/usecases/credits/refusals.py": "class Poor(Exception): ...",
            f"{APP}/usecases/credits/grant_credits.py": "def grant_credits(): ...",
            f"{APP}/usecases/credits/lapse_credits.py": "def lapse_credits(): ...",
            "tests/usecases/credits/test_grant_credits.py": "",
            "tests/core/test_lapse_credits.py": "",
        },
        (f"{APP}/usecases/credits/lapse_credits.py:1",),
    ),
    Case(
        companions.domains_without_readme,
        {
            f"{APP}/store/people/models.py": "",
            f"{APP}/store/people/README.md": "",
            f"{APP}/store/ledger/models.py": "",
            f"{APP}/store/wallets/models/lots.py": "",
            f"{APP}/store/catalog/queries.py": "",
        },
        (f"{APP}/store/ledger", f"{APP}/store/wallets"),
    ),
    Case(
        companions.tests_laid_aside,
        {
            "tests/core/test_a.py": """\
                import pytest
                from pytest import mark, skip
                pytestmark = pytest.mark.skip
                @pytest.mark.skipif(True, reason="no")
                def test_a(): pytest.skip()
                @mark.xfail
                def test_b(): "pytest.skip() in words"
                def test_c(rows): rows.skip(1)
                """,
            "tests/shared_input.py": "import pytest\npytest.skip('not mounted')\n",
        },
        tuple(f"tests/core/test_a.py:{line}" for line in (2, 3, 4, 5, 6)),
    ),
)

PLACES = (
    Case(
        places.registry_hosts,
        {
            "README.md": f"See example.org\nand {places.HOSTS[0]}\n",
            "requirements/run.txt": f"--index-url https://files.{places.HOSTS[2]}/simple\n",
            "docs/start.md": "Install Debian's PostgreSQL.",
            "bench/a.md": places.HOSTS[0],
        },
        ("README.md:2", "requirements/run.txt:1"),
    ),
    Case(
        places.machine_paths,
        {
            "README.md": "cd " + "/work" + "/main\n",
            f"{APP}/a.py": f"x = '{'/root'}/.cache'\ny = 'https://example.org{'/work'}/x'\n",
            "docs/start.md": f"Kept in /var/lib\nnot in {'/home'}/ada\nnor {'/work'}flow\n",
        },
        ("README.md:1", f"{APP}/a.py:1", "docs/start.md:2"),
    ),
)

ALL = WORDS + COMPANIONS + PLACES
