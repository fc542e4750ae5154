"""A second opinion: conversations and sessions by window functions in SQL, on DuckDB.

Written from the rules alone; it shares no code with the product. `asked` holds the events: bot,
thread (the key of a conversation's messages), instant (microseconds), kind (user, bot, agent,
transferred, returned, ended), voice, inactivity (microseconds; null where silence does not cut).
"""

from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

# Numbers the events of each thread and finds, for each, the message before it, and how many ends
# lie between that message and it.
PLACED = """
create or replace temp view placed as
select *, kind in ('user', 'bot', 'agent') as is_message,
       row_number() over (
         partition by thread
         order by instant, list_position(
           ['returned', 'transferred', 'user', 'bot', 'agent', 'ended'], kind)) as place
from asked;

create or replace temp view followed as
select *, count(*) filter (kind = 'ended') over so_far as ends,
       max(instant) filter (is_message) over before as message_at,
       max(place) filter (is_message) over before as message_place
from placed
window so_far as (partition by thread order by place),
       before as (partition by thread order by place
                  rows between unbounded preceding and 1 preceding);
"""

# Each event speaks to a conversation: to the one of the message before it or, once that is over,
# to the next. A human agent holds it after `transferred`; `returned` and `ended` take that back.
SPOKEN = """
create or replace temp view spoken as
with judged as (
  select later.*, later.message_at is null
         or later.ends > earlier.ends
         or coalesce(later.instant > later.message_at + later.inactivity, false) as is_apart
  from followed later
  left join followed earlier
    on earlier.thread = later.thread and earlier.place = later.message_place),
numbered as (
  select *, count(*) filter (is_apart and is_message) over (partition by thread order by place)
            + (is_apart and not is_message)::int as number
  from judged)
select *, coalesce(
         last_value(case kind when 'transferred' then true
                              when 'returned' then false
                              when 'ended' then false end ignore nulls)
           over (partition by thread, number order by place), false) as is_with_agent
from numbered;

create or replace temp table spans as
select bot, thread, number, min(instant) as start_at, max(instant) as end_at,
       min(instant) filter (kind = 'user') as anchor_at, count(*) as messages
from spoken where is_message
group by bot, thread, number;
"""

# Block k is (anchor + k widths, anchor + (k + 1) widths]; block 0 has its start too.
BLOCKED = """
create or replace temp table blocked as
with active as (
  select s.bot, s.thread, s.start_at, s.anchor_at,
         m.instant - s.anchor_at as since, 900000000 as width,
         m.kind <> 'agent' and not m.is_with_agent as is_billed, m.voice as is_voice
  from spoken m join spans s using (thread, number)
  where m.is_message and m.instant >= s.anchor_at)
select bot, thread, start_at,
       anchor_at + greatest((since + width - 1) // width - 1, 0) * width as block_at,
       bool_or(is_billed) as is_billed, bool_or(is_voice) as is_voice
from active
group by all;
"""

BY_BOT = """
select bot, count(*) as conversations, count(anchor_at) as interactive,
       (select count(*) from blocked b where b.bot = s.bot and b.is_billed) as billing,
       (select count(*) from blocked b where b.bot = s.bot and b.is_voice) as voice
from spans s group by bot order by bot
"""


class Figures(NamedTuple):
    """The counts of one bot."""

    bot: str
    conversations: int
    interactive: int
    billing: int
    voice: int


class Opinion(NamedTuple):
    """Rows as the product's tests write them, sorted."""

    conversations: list[tuple[int, int, int, int | None, int]]
    billing: list[tuple[int, int, int]]
    voice: list[tuple[int, int, int]]


def ask(connection: duckdb.DuckDBPyConnection, events: dict[str, NDArray[np.generic]]) -> None:
    """Lets the twin look at these events, columns of one length."""
    connection.register("given", events)
    connection.execute("create or replace temp table asked as from given")
    look(connection)


def ask_file(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """Lets the twin look at a file of messages, with 15 minutes of inactivity."""
    connection.execute(
        """
        create or replace temp table asked as
        select bot, bot || '|' || "user" as thread, epoch_us(time) as instant,
               case direction when 'inbound' then 'user' when 'outbound' then 'bot' end as kind,
               false as voice, 900000000 as inactivity
        from read_csv($path, types = {'time': 'timestamptz', 'user': 'varchar'})
        """,
        {"path": path},
    )
    look(connection)


def look(connection: duckdb.DuckDBPyConnection) -> None:
    """Works out what `asked` amounts to."""
    for statement in (PLACED, SPOKEN, BLOCKED):
        connection.execute(statement)


def opinion(connection: duckdb.DuckDBPyConnection) -> Opinion:
    """Every conversation and session."""
    conversations = connection.execute(
        "select thread, start_at, end_at, anchor_at, messages from spans order by all"
    ).fetchall()
    billing, voice = (
        connection.execute(
            f"select thread, start_at, block_at from blocked where {unit} order by all"
        ).fetchall()
        for unit in ("is_billed", "is_voice")
    )
    return Opinion(conversations, billing, voice)


def figures(connection: duckdb.DuckDBPyConnection) -> list[Figures]:
    """The counts of each bot."""
    return [Figures(*row) for row in connection.execute(BY_BOT).fetchall()]
