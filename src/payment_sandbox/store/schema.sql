-- Instants are text: ISO 8601, UTC, six digits of a second, so that they sort. Amounts are in the
-- currency's minor unit. No column has room for a card's number or CVV.

create table if not exists payment (
    id text primary key,
    purpose text not null check (purpose in ('checkout', 'charge', 'setup')),
    kind text not null check (kind in ('card', 'paypal', 'wire')),
    state text not null check (
        state in ('open', 'confirming', 'processing', 'succeeded', 'declined', 'canceled')
    ),
    key text not null,
    amount_minor integer not null default 0 check (amount_minor >= 0),
    currency text not null default '',
    description text not null default '',
    metadata text not null default '{}',
    return_url text not null default '',
    is_saved integer not null default 0,
    payer text not null default '',
    code text not null default '',
    reason text not null default '',
    method text references method (id),
    kept text not null default '',
    password text not null default '',
    tries integer not null default 0,
    looks integer not null default 0,
    refunded_minor integer not null default 0 check (refunded_minor >= 0),
    disputed_minor integer not null default 0 check (disputed_minor >= 0),
    lost_minor integer not null default 0 check (lost_minor >= 0),
    wire_reference text not null default '',
    is_awaited integer not null default 0,
    created_at text not null,
    changed_at text not null,
    check (refunded_minor + disputed_minor <= amount_minor)
) strict;
create index if not exists payment_by_time on payment (created_at, id);
create index if not exists payment_by_wire
    on payment (replace(replace(upper(wire_reference), '-', ''), '_', ''))
    where wire_reference <> '';

create table if not exists method (
    id text primary key,
    kind text not null,
    payer text not null,
    label text not null,
    later text not null,
    brand text not null,
    last_four text not null,
    expires_month integer not null,
    expires_year integer not null,
    created_at text not null,
    deleted_at text
) strict;

create table if not exists refund (
    id text primary key,
    payment text not null references payment (id),
    amount_minor integer not null check (amount_minor > 0),
    reason text not null,
    created_at text not null
) strict;

create table if not exists dispute (
    id text primary key,
    payment text not null references payment (id),
    amount_minor integer not null check (amount_minor > 0),
    reason text not null,
    state text not null check (state in ('open', 'won', 'lost')),
    created_at text not null
) strict;

create table if not exists bank_entry (
    id text primary key,
    payment text references payment (id),
    amount_minor integer not null check (amount_minor > 0),
    currency text not null,
    reference text not null,
    payer text not null,
    booked_at text not null
) strict;
create index if not exists bank_entry_by_time on bank_entry (booked_at, id);

create table if not exists answer (
    key text primary key,
    asked text not null,
    status integer not null,
    body text not null
) strict;

create table if not exists event (
    id text primary key,
    type text not null,
    reference text not null,
    created_at text not null
) strict;

create table if not exists delivery (
    id integer primary key,
    event text not null references event (id),
    state text not null check (state in ('waiting', 'delivered', 'lost', 'given_up')),
    due_at text not null,
    tries integer not null default 0,
    answer text not null default ''
) strict;
create index if not exists delivery_waiting on delivery (due_at) where state = 'waiting';

create table if not exists setting (name text primary key, value text not null) strict;
