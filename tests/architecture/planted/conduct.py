"""Code that reaches, or reads, what it may not."""

from tests.architecture.planted.case import APP, DOOR, Case
from tests.architecture.rules import purity, reach

REACH = (
    Case(
        reach.imports_inside_functions,
        {
            f"{APP}/a.py": """\
                import os
                try:
                    import numpy
                except ImportError:
                    numpy = None
                def f():
                    def g():
                        from os import path
                class A:
                    async def h(self):
                        import sys
                """
        },
        (f"{APP}/a.py:11", f"{APP}/a.py:8"),
    ),
    Case(
        reach.outsiders_in_core,
        {
            f"{APP}/core/a.py": """\
                import dataclasses, numpy.typing
                import django
                from psycopg import sql
                from quartermaster import core
                from quartermaster import store
                from quartermaster.core.usage import sessions
                from quartermaster.corella import x
                from . import b
                from .. import conf
                from .usage.sessions import Session
                """,
            f"{APP}/core/__init__.py": "from .a import x",
            f"{APP}/core/b.py": """\
                import numba
                try:
                    import numba
                    import pandas
                except ImportError:
                    numba = None
                """,
            f"{APP}/store/a.py": "import django",
        },
        (
            f"{APP}/core/a.py:2",
            f"{APP}/core/a.py:3",
            f"{APP}/core/a.py:5",
            f"{APP}/core/a.py:7",
            f"{APP}/core/a.py:9",
            f"{APP}/core/b.py:1",
            f"{APP}/core/b.py:4",
        ),
    ),
    Case(
        reach.orphan_modules,
        {
            f"{APP}/core/__init__.py": "",
            f"{APP}/core/alone.py": "from quartermaster.core import alone, a",
            f"{APP}/core/a.py": "import quartermaster.core.b",
            f"{APP}/core/b.py": "from . import c",
            f"{APP}/core/c.py": "from .d import f",
            f"{APP}/core/d.py": "",
            f"{APP}/conf/settings.py": "",
            f"{APP}/store/people/apps.py": "",
            f"{APP}/store/people/models.py": "",
            f"{APP}/store/people/migrations/m.py": "",
            f"{APP}/store/people/management/commands/x.py": "",
            "src/payment_sandbox/__main__.py": "",
            "tests/test_alone.py": "import quartermaster.core.alone",
        },
        (f"{APP}/core/alone.py:1",),
    ),
)

PURITY = (
    Case(
        purity.clock_calls,
        {
            f"{APP}/core/a.py": """\
                import time
                from datetime import datetime, date
                started = time.time()
                started = datetime.now(tz)
                started = datetime.fromisoformat("2026-01-01")
                """,
            f"{APP}/store/people/models.py": """\
                from django.utils.timezone import now
                at = models.DateTimeField(default=timezone.now)
                at = models.DateTimeField(auto_now_add=True)
                at = models.DateTimeField(db_default=functions.Now())
                at = models.DateTimeField()
                """,
            f"{APP}/usecases/a.py": "import datetime\nx = datetime.date.today()\n",
            f"{DOOR}/cli/a.py": "import time\nx = time.time()\n",
        },
        (
            f"{APP}/core/a.py:3",
            f"{APP}/core/a.py:4",
            f"{APP}/store/people/models.py:1",
            f"{APP}/store/people/models.py:2",
            f"{APP}/store/people/models.py:3",
            f"{APP}/store/people/models.py:4",
            f"{APP}/usecases/a.py:2",
        ),
    ),
    Case(
        purity.sql_clocks,
        {
            f"{APP}/store/people/sql/a.sql": """\
                -- never now()
                /* nor
                   current_date */
                SELECT known_at FROM member WHERE id = 1;
                SELECT NOW();
                INSERT INTO t VALUES (current_timestamp);
                """,
            f"{APP}/store/people/queries.py": '''\
                """Never now()."""
                SQL = """
                    SELECT clock_timestamp()
                """
                ''',
            f"{DOOR}/ingest/sql/a.sql": "SELECT now();",
        },
        (
            f"{APP}/store/people/queries.py:3",
            f"{APP}/store/people/sql/a.sql:5",
            f"{APP}/store/people/sql/a.sql:6",
        ),
    ),
    Case(
        purity.floats_on_money,
        {
            f"{APP}/core/money.py": "x = float(1)\ny: float\n",
            f"{APP}/core/pricing/a.py": "x = int(1)\nx = np.float64(1)\n",
            f"{APP}/store/ledger/models.py": "amount = models.FloatField()",
            f"{APP}/store/wallets/a.py": "isinstance(x, float)",
            f"{APP}/core/usage/a.py": "x = float(1)",
        },
        (
            f"{APP}/core/money.py:1",
            f"{APP}/core/pricing/a.py:2",
            f"{APP}/store/ledger/models.py:1",
        ),
    ),
)

ALL = REACH + PURITY
