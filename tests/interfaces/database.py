"""Where the database of the running tests is, for what connects by itself."""

from django.db import connection
from psycopg.conninfo import make_conninfo


def url() -> str:
    """A connection string of the database that Django uses now."""
    known = connection.settings_dict
    named = {name.lower(): known[name] or None for name in ("HOST", "PORT", "USER", "PASSWORD")}
    return make_conninfo(dbname=known["NAME"], **named, **known["OPTIONS"])


def end_others() -> int:
    """Terminates every other connection to this database, as a restart would, and waits until they
    are gone; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
            " and backend_type = 'client backend'"
        )
        [(ended,)] = cursor.fetchall()
    return int(ended)
