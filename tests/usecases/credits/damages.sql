-- victim: charge
-- A session of a bot that pays, and its charge.
select s.id::text as at_fault, c.id as charge, s.id as session
from metering_session s join wallets_charge c on c.session_id = s.id
join people_bot b on b.id = s.bot_id
where b.name = 'bookings' and s.withdrawn_by_id is null order by s.id limit 1;

-- victim: charge back
-- A session that a correction took back, and the charge that gave its price back.
select s.id::text as at_fault, c.id as charge, s.id as session
from metering_session s join wallets_charge c on c.session_id = s.id and c.quantity < 0
order by s.id limit 1;

-- victim: voice
-- Voice sessions, all of one bot.
select array_agg(id::text) as at_fault, min(start_at) as start from metering_session
where unit = 'voice_session' and withdrawn_by_id is null;

-- victim: paid transfer
-- A transfer from a lot, and the charge that it pays.
select t.charge_id::text as at_fault, t.id as transfer, t.charge_id as charge
from ledger_transfer t where t.fact = 'usage_charged' and t.lot_id is not null
order by t.id limit 1;

-- victim: orphan
-- The same, but it is the transfer that will be named.
select t.id::text as at_fault, t.charge_id as charge from ledger_transfer t
where t.charge_id = (select min(charge_id) from ledger_transfer);

-- victim: wallet
-- A bot whose funds have settled some debt.
select public_id as at_fault, id as bot from people_bot where name = 'helpdesk';

-- victim: pool
-- A workspace with free credit alone.
select k.public_id as at_fault, k.id as workspace from people_workspace k
join people_bot b on b.workspace_id = k.id where b.name = 'elsewhere';

-- victim: lot
-- A lot of which a part was used and a part lapsed.
select l.id::text as at_fault, l.id as lot from wallets_lot l where lapsed_micro > 0;

-- victim: new lot
-- A lot that is not there yet.
select '999999' as at_fault, id as bot from people_bot where name = 'bookings';

-- victim: hour
-- An hour with billing sessions.
select b.public_id as at_fault, b.id as bot, min(r.slot_at) as hour, r.unit
from metering_rollup r join people_bot b on b.id = r.bot_id
where b.name = 'elsewhere' and r.unit = 'billing_session' group by b.id, r.unit;

-- victim: units
-- A charge for units that are not sessions.
select b.public_id as at_fault, c.id as charge, b.id as bot, c.slot_at as hour, c.unit
from wallets_charge c join people_bot b on b.id = c.bot_id
where b.name = 'bookings' and c.unit = 'api_session';

-- victim: free units
-- Units that have no price.
select b.public_id as at_fault, b.id as bot, r.slot_at as hour, r.unit
from metering_rollup r join people_bot b on b.id = r.bot_id
where b.name = 'bookings' and r.unit = 'notification';

-- victim: thread
-- A thread with sessions that nobody is charged for.
select 'thread ' || s.thread_id as at_fault, s.thread_id as thread, s.id as session,
       s.start_at as start
from metering_session s join people_bot b on b.id = s.bot_id
where b.name = 'contractor' order by s.start_at limit 1;

-- victim: corrected thread
-- A session that a correction took back.
select 'thread ' || thread_id as at_fault, id as session from metering_session
where withdrawn_by_id is not null order by id limit 1;

-- victim: events
-- A workspace and one of its events.
select k.public_id as at_fault, k.id as workspace, e.key as event from people_workspace k
join people_bot b on b.workspace_id = k.id join metering_thread t on t.bot_id = b.id
join metering_event e on e.thread_id = t.id where b.name = 'elsewhere' order by e.at limit 1;

-- victim: funds
-- The transfer by which a wallet was first filled.
select b.public_id as at_fault, t.id as transfer from ledger_transfer t
join ledger_account a on a.id = t.credit_id join people_bot b on b.id = a.bot_id
where t.fact = 'funds_added' and b.name = 'helpdesk' order by t.id limit 1;

-- victim: two workspaces
-- A transfer from one pool, and another workspace's pool.
select array[mine.public_id, theirs.public_id] as at_fault, t.id as transfer, o.id as account
from ledger_transfer t join ledger_account a on a.id = t.debit_id and a.kind = 'pool'
join people_workspace mine on mine.id = a.workspace_id
join ledger_account o on o.kind = 'pool' and o.workspace_id <> a.workspace_id
join people_workspace theirs on theirs.id = o.workspace_id order by t.id, o.id limit 1;

-- victim: two bots
-- A transfer from one wallet, and the wallet of a neighbour.
select array[mine.public_id, theirs.public_id] as at_fault, t.id as transfer, o.id as account
from ledger_transfer t join ledger_account a on a.id = t.debit_id and a.kind = 'wallet'
join people_bot mine on mine.id = a.bot_id
join ledger_account o on o.kind = 'wallet' and o.bot_id <> a.bot_id
join people_bot theirs on theirs.id = o.bot_id and theirs.workspace_id = mine.workspace_id
where t.fact = 'usage_charged' order by t.id limit 1;

-- victim: other taker
-- A transfer from the pool for one bot, and the account of another one.
select t.id::text as at_fault, t.id as transfer, o.id as account
from ledger_transfer t join ledger_account a on a.id = t.credit_id and a.kind = 'charged_free'
join ledger_account o on o.workspace_id = a.workspace_id and o.kind = a.kind and o.id <> a.id
order by t.id limit 1;

-- victim: guard
-- The ledger itself.
select 'ledger_transfer' as at_fault;

-- victim: seat month
-- A month of seats that was charged twice, and its first charge.
select 'smo_' || m.id as at_fault, m.id as month, n.id as charge, m.subscription_id
from subscriptions_seatmonth m join subscriptions_seatcharge n on n.month_id = m.id
where n.number = 1;

-- victim: seat transfer
-- A transfer that paid for seats, and the month whose charge names it.
select array[t.id::text, 'smo_' || n.month_id] as at_fault, t.id as transfer
from ledger_transfer t join subscriptions_seatcharge n on t.idempotency_key = any(n.transfers)
where n.number = 1;

-- victim: seats guard
-- The charges for seats.
select 'subscriptions_seatcharge' as at_fault;

-- damage: books_balance / two workspaces / a transfer takes from another workspace
update ledger_transfer set debit_id = %(account)s where id = %(transfer)s;

-- damage: books_balance / two workspaces / a transfer gives to another workspace
update ledger_transfer set credit_id = %(account)s where id = %(transfer)s;

-- damage: transfers_are_locked / guard / a guard is dropped
drop trigger transfer_append_only on ledger_transfer;

-- damage: transfers_are_locked / guard / a guard is off
alter table ledger_transfer disable trigger transfer_no_truncate;

-- damage: transfers_are_locked / guard / a guard wakes on replicas alone
alter table ledger_transfer enable replica trigger transfer_append_only;

-- damage: transfers_are_locked / guard / a guard refuses nothing
create or replace function ledger_refuse_change() returns trigger language plpgsql as
'begin return new; end';

-- damage: transfers_are_locked / guard / a guard looks at nothing
drop trigger transfer_append_only on ledger_transfer;
create trigger transfer_append_only before update or delete on ledger_transfer
for each row when (old.amount_micro < 0) execute function ledger_refuse_change();

-- damage: transfers_are_locked / guard / a guard lets updates pass
drop trigger transfer_append_only on ledger_transfer;
create trigger transfer_append_only before delete on ledger_transfer
for each row execute function ledger_refuse_change();

-- damage: wallets_match_transfers / wallet / a balance is off by one
update wallets_wallet set paid_micro = paid_micro + 1 where bot_id = %(bot)s;

-- damage: wallets_match_transfers / wallet / the free credit drawn is off by one
update wallets_wallet set free_drawn_micro = free_drawn_micro - 1 where bot_id = %(bot)s;

-- damage: wallets_match_transfers / funds / funds are lost
delete from ledger_transfer where id = %(transfer)s;

-- damage: wallets_match_transfers / funds / funds are doubled
update ledger_transfer set amount_micro = 2 * amount_micro where id = %(transfer)s;

-- damage: wallets_match_transfers / two bots / one bot pays for another
update ledger_transfer set debit_id = %(account)s where id = %(transfer)s;

-- damage: pools_match_transfers / pool / a balance is off by one
update wallets_pool set free_micro = free_micro - 1 where workspace_id = %(workspace)s;

-- damage: pools_match_transfers / pool / the grant is lost
delete from ledger_transfer t using ledger_account a
where a.id = t.credit_id and a.workspace_id = %(workspace)s and fact = 'free_credits_granted';

-- damage: lots_match_transfers / lot / what was used is off by one
update wallets_lot set used_micro = used_micro + 1, lapsed_micro = lapsed_micro - 1
where id = %(lot)s;

-- damage: lots_match_transfers / lot / what was granted grows
update wallets_lot set granted_micro = granted_micro + 1, remaining_micro = remaining_micro + 1
where id = %(lot)s;

-- damage: lots_match_transfers / lot / a lapse is lost
delete from ledger_transfer where lot_id = %(lot)s and fact = 'credits_lapsed';

-- damage: lots_match_transfers / lot / a lot is lost
delete from wallets_lot where id = %(lot)s;

-- damage: lots_match_transfers / new lot / a lot comes from nowhere
insert into wallets_lot (id, workspace_id, bot_id, source, granted_micro, remaining_micro,
  used_micro, lapsed_micro, settled_micro, taken_back_micro, price_paid_minor, granted_at,
  idempotency_key)
select 999999, workspace_id, id, 'paid', 5, 5, 0, 0, 0, 0, 0, created_at, gen_random_uuid()
from people_bot where id = %(bot)s;

-- damage: wallets_match_lots / wallet / a lot holds more than was granted
update wallets_lot set remaining_micro = remaining_micro + 1, granted_micro = granted_micro + 1
where bot_id = %(bot)s and settled_micro > 0;

-- damage: wallets_match_lots / wallet / more debt is settled than there was
update wallets_lot set settled_micro = granted_micro, remaining_micro = 0
where bot_id = %(bot)s and settled_micro > 0;

-- damage: wallets_match_lots / wallet / a balance is off by one
update wallets_wallet set paid_micro = paid_micro - 1 where bot_id = %(bot)s;

-- damage: wallets_match_lots / two bots / one bot pays for another, and their wallets agree
update ledger_transfer set debit_id = %(account)s where id = %(transfer)s;
update wallets_wallet w set paid_micro = m.amount
from (select a.bot_id, sum(case a.id when t.credit_id then t.amount_micro else -t.amount_micro end)
             as amount
      from ledger_account a join ledger_transfer t on a.id in (t.debit_id, t.credit_id)
      where a.kind = 'wallet' group by 1) m
where m.bot_id = w.bot_id;

-- damage: sessions_charged_once / charge / a charge is missing
delete from wallets_charge where id = %(charge)s;

-- damage: sessions_charged_once / charge / a charge with all its transfers is missing
delete from ledger_transfer where charge_id = %(charge)s;
delete from wallets_charge where id = %(charge)s;

-- damage: sessions_charged_once / charge / a session is charged twice
drop index session_charged_once;
insert into wallets_charge
  (bot_id, unit, session_id, slot_at, quantity, price_id, amount_micro, at)
select bot_id, unit, session_id, slot_at, quantity, price_id, amount_micro, at
from wallets_charge where id = %(charge)s;

-- damage: sessions_charged_once / charge / a charge is a millionth too low
update wallets_charge set amount_micro = amount_micro - 1 where id = %(charge)s;

-- damage: sessions_charged_once / charge / a charge outlives its session
delete from metering_session where id = %(session)s;

-- damage: sessions_charged_once / charge / a session is taken back and stays charged
update metering_session set withdrawn_by_id = (select min(id) from metering_correction)
where id = %(session)s;

-- damage: sessions_charged_once / charge back / what was taken back stays charged
delete from wallets_charge where id = %(charge)s;

-- damage: sessions_charged_once / charge back / too little is given back
update wallets_charge set amount_micro = amount_micro + 1 where id = %(charge)s;

-- damage: sessions_charged_once / voice / the price changes behind the charges
insert into catalog_price (unit, amount, from_at) values ('voice_session', 0.3, %(start)s);

-- damage: charges_posted / paid transfer / a transfer is lost
delete from ledger_transfer where id = %(transfer)s;

-- damage: charges_posted / paid transfer / a transfer is a millionth too high
update ledger_transfer set amount_micro = amount_micro + 1 where id = %(transfer)s;

-- damage: charges_posted / paid transfer / a charge is a millionth too high
update wallets_charge set amount_micro = amount_micro + 1 where id = %(charge)s;

-- damage: charges_posted / orphan / a charge is lost
delete from wallets_charge where id = %(charge)s;

-- damage: charges_posted / other taker / free credit is drawn in the name of another bot
update ledger_transfer set credit_id = %(account)s where id = %(transfer)s;

-- damage: rollups_match_sessions / hour / a figure is off by one
update metering_rollup set quantity = quantity + 1
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_sessions / hour / an hour is lost
delete from metering_rollup where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_sessions / hour / a session moves to another hour
update metering_session set start_at = start_at + interval '1 day'
where (bot_id, start_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_sessions / units / an API request is lost
delete from metering_event e using metering_thread t
where t.id = e.thread_id and t.bot_id = %(bot)s and e.kind = 10;

-- damage: rollups_match_transfers / hour / free credit is off by one
update metering_rollup set free_micro = free_micro - 1
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_transfers / hour / free credit is shown as paid
update metering_rollup set free_micro = 0, paid_micro = free_micro
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_transfers / hour / an hour is lost
delete from metering_rollup where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: rollups_match_transfers / units / a charge moves to another hour
update wallets_charge set slot_at = slot_at + interval '1 hour' where id = %(charge)s;

-- damage: days_match_slots / hour / a slot's figure is off by one
update metering_rollup set quantity = quantity + 1
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: days_match_slots / hour / a day's paid and free credit change places
update metering_dayrollup set paid_micro = free_micro, free_micro = paid_micro
where (bot_id, unit) = (%(bot)s, %(unit)s)
  and day = (%(hour)s at time zone (select k.time_zone from people_bot b join people_workspace k
             on k.id = b.workspace_id where b.id = %(bot)s))::date;

-- damage: days_match_slots / hour / the days of a bot are lost
delete from metering_dayrollup where bot_id = %(bot)s;

-- victim: together
-- A workspace whose bots have used something.
select k.public_id as at_fault, r.workspace_id as workspace, min(r.slot_at) as slot
from metering_workspacerollup r join people_workspace k on k.id = r.workspace_id
where k.plan = 'standard' group by 1, 2 order by 2 limit 1;

-- damage: workspaces_match_bots / together / a slot of all bots is off by one
update metering_workspacerollup set quantity = quantity + 1
where workspace_id = %(workspace)s and slot_at = %(slot)s;

-- damage: workspaces_match_bots / together / a day's paid and free credit change places
update metering_workspaceday set paid_micro = free_micro, free_micro = paid_micro
where workspace_id = %(workspace)s and paid_micro <> free_micro;

-- damage: workspaces_match_bots / together / the days of all bots are lost
delete from metering_workspaceday where workspace_id = %(workspace)s;

-- damage: units_charged / units / a charge is missing
delete from wallets_charge where id = %(charge)s;

-- damage: units_charged / units / one unit too many is charged
update wallets_charge set quantity = quantity + 1 where id = %(charge)s;

-- damage: units_charged / units / a charge and its transfer are a millionth too high
update wallets_charge set amount_micro = amount_micro + 1 where id = %(charge)s;
update ledger_transfer set amount_micro = amount_micro + 1 where charge_id = %(charge)s;

-- damage: units_charged / free units / what has no price is charged
insert into wallets_charge (bot_id, unit, slot_at, quantity, price_id, amount_micro, at)
select %(bot)s, %(unit)s, %(hour)s, 1, min(id), 5, %(hour)s from catalog_price;

-- damage: events_accounted_for / events / an event is lost
delete from metering_event where key = %(event)s;

-- damage: events_accounted_for / events / an event comes from nowhere
insert into metering_event (key, content, thread_id, at, kind)
select gen_random_uuid(), content, thread_id, at, kind from metering_event where key = %(event)s;

-- damage: events_accounted_for / events / a new event is called a repeat
update metering_eventbatch
set stored_count = stored_count - 1, duplicate_count = duplicate_count + 1
where workspace_id = %(workspace)s;

-- damage: sessions_follow_from_events / thread / a session is lost
delete from metering_session where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a session moves by a minute
update metering_session set start_at = start_at + interval '1 minute' where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a session becomes a voice session
update metering_session set unit = 'voice_session' where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a session changes its channel
update metering_session set channel_id = (select min(id) from metering_channel)
where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a session changes its conversation
update metering_session set conversation_start_at = start_at - interval '1 second'
where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a message is lost
delete from metering_event where thread_id = %(thread)s and at = %(start)s;

-- damage: sessions_follow_from_events / thread / a message moves by a microsecond
update metering_event set at = at - interval '1 microsecond'
where thread_id = %(thread)s and at = %(start)s;

-- damage: sessions_follow_from_events / corrected thread / what was taken back stands
update metering_session set withdrawn_by_id = null where id = %(session)s;

-- damage: sessions_follow_from_events / thread / a conversation ends at another time
update metering_conversation set end_at = end_at + interval '1 second'
where thread_id = %(thread)s and start_at = (
  select min(start_at) from metering_conversation where thread_id = %(thread)s);

-- damage: sessions_follow_from_events / thread / a conversation is lost
delete from metering_conversation where thread_id = %(thread)s;

-- victim: peak
-- An hour in which an agent was present.
select b.public_id as at_fault, p.bot_id as bot, min(p.hour_at) as hour
from metering_seatpeak p join people_bot b on b.id = p.bot_id group by 1, 2 order by 2 limit 1;

-- damage: seat_peaks_follow_from_logins / peak / an hour has an agent more
update metering_seatpeak set agents = agents + 1 where bot_id = %(bot)s and hour_at = %(hour)s;

-- damage: seat_peaks_follow_from_logins / peak / an hour is lost
delete from metering_seatpeak where bot_id = %(bot)s and hour_at = %(hour)s;

-- victim: crowd
-- A quarter of an hour in which an agent of a workspace was present.
select w.public_id as at_fault, p.workspace_id as workspace, min(p.slot_at) as slot
from metering_agentpeak p join people_workspace w on w.id = p.workspace_id
group by 1, 2 order by 2 limit 1;

-- damage: seat_peaks_follow_from_logins / crowd / a quarter of an hour has an agent more
update metering_agentpeak set agents = agents + 1
where workspace_id = %(workspace)s and slot_at = %(slot)s;

-- damage: seat_peaks_follow_from_logins / crowd / a quarter of an hour is lost
delete from metering_agentpeak where workspace_id = %(workspace)s and slot_at = %(slot)s;

-- victim: drawn
-- A bot that has drawn on lots.
select b.public_id as at_fault, b.id as bot from people_bot b
join wallets_wallet w on w.bot_id = b.id where jsonb_array_length(w.drawn) > 0
order by b.id limit 1;

-- damage: draws_match_transfers / drawn / a draw is a millionth more
update wallets_wallet
set drawn = jsonb_set(drawn, '{0,1}', to_jsonb((drawn -> 0 ->> 1)::bigint + 1))
where bot_id = %(bot)s;

-- damage: draws_match_transfers / drawn / a draw is lost
update wallets_wallet set drawn = drawn - 0 where bot_id = %(bot)s;

-- damage: charges_and_prices_are_locked / charge guard / a guard is dropped
drop trigger charge_append_only on wallets_charge;

-- damage: charges_and_prices_are_locked / charge guard / a guard is off
alter table wallets_charge disable trigger charge_no_truncate;

-- damage: charges_and_prices_are_locked / charge guard / a guard refuses nothing
create or replace function charge_refuse_change() returns trigger language plpgsql as
'begin return new; end';

-- damage: charges_and_prices_are_locked / price guard / a guard lets updates pass
drop trigger price_append_only on catalog_price;
create trigger price_append_only before delete on catalog_price
for each row execute function price_refuse_change();

-- damage: charges_and_prices_are_locked / price guard / all guards are dropped
drop trigger price_append_only on catalog_price;
drop trigger price_no_truncate on catalog_price;

-- damage: charges_and_prices_are_locked / version guard / versions can be deleted
alter table catalog_offerversion disable trigger offer_version_append_only;

-- damage: charges_and_prices_are_locked / publication guard / publications can be emptied
drop trigger publication_no_truncate on catalog_publication;

-- damage: publications_name_versions / publication / a version is gone
delete from catalog_offerversion where id = (select max(id) from catalog_offerversion);

-- damage: publications_name_versions / publication / a version is named twice
update catalog_publication set versions = versions || jsonb_build_array(versions -> 0);

-- damage: expiries_match_lots / pool / a pool is said to expire and does not
update wallets_pool set expires_at = now() where workspace_id = %(workspace)s;

-- damage: expiries_match_lots / pool / a lot expires and the pool does not know
update wallets_lot set expires_at = now()
where workspace_id = %(workspace)s and bot_id is null and remaining_micro > 0;

-- damage: expiries_match_lots / wallet / a wallet is said to expire and does not
update wallets_wallet set paid_expires_at = now() where bot_id = %(bot)s;

-- damage: expiries_match_lots / wallet with a rest / a lot expires and the wallet does not know
update wallets_lot set expires_at = now() where bot_id = %(bot)s and remaining_micro > 0;

-- damage: charges_name_their_price / named charge / a charge names the price of another unit
update wallets_charge set price_id = (select min(id) from catalog_price where unit = 'alert')
where id = %(charge)s;

-- damage: charges_name_their_price / named charge / a charge names no price
update wallets_charge set price_id = 999999 where id = %(charge)s;

-- damage: charges_name_their_price / named back / what gives back names another price
update wallets_charge set price_id = (select min(id) from catalog_price where unit = 'alert')
where id = %(charge)s;

-- damage: channels_match_transfers / hour / credit is shown for another channel
update metering_rollup set channel_id = 999999
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: channels_match_transfers / hour / free credit is shown as paid
update metering_rollup set free_micro = 0, paid_micro = free_micro
where (bot_id, slot_at, unit) = (%(bot)s, %(hour)s, %(unit)s);

-- damage: corrections_match_sessions / correction / more stood before
update metering_correction set before = before + 1 where id = %(correction)s;

-- damage: corrections_match_sessions / correction / fewer stood after
update metering_correction set after = after - 1 where id = %(correction)s;

-- damage: corrections_match_sessions / correction / a session that was taken back is lost
delete from metering_session where id = %(session)s;

-- damage: corrections_match_sessions / correction / less stood than was taken back
update metering_correction set before = before - 100, after = after - 100
where id = %(correction)s;

-- victim: charge guard
-- The charges themselves.
select 'wallets_charge' as at_fault;

-- victim: price guard
-- The prices themselves.
select 'catalog_price' as at_fault;

-- victim: version guard
-- The versions of what is sold.
select 'catalog_offerversion' as at_fault;

-- victim: publication guard
-- The publications themselves.
select 'catalog_publication' as at_fault;

-- victim: publication
-- The publication that there is.
select number::text as at_fault from catalog_publication;

-- victim: wallet with a rest
-- A bot with paid credit left.
select b.public_id as at_fault, b.id as bot from people_bot b
where b.id = (select min(bot_id) from wallets_lot where remaining_micro > 0);

-- victim: named charge
-- A charge of a session.
select id::text as at_fault, id as charge from wallets_charge
where session_id is not null and quantity > 0 order by id limit 1;

-- victim: named back
-- A charge that gives a session's price back.
select id::text as at_fault, id as charge from wallets_charge
where session_id is not null and quantity < 0 order by id limit 1;

-- victim: correction
-- A correction and a session that it took back.
select withdrawn_by_id::text as at_fault, withdrawn_by_id as correction, id as session
from metering_session where withdrawn_by_id is not null order by id limit 1;

-- damage: archives_are_whole / pool / a file is not there
insert into metering_archive (workspace_id, start_at, end_at, path, row_count, message_count,
                              dropped_count, digest, at)
values (%(workspace)s, '2026-01-01 00:00Z', '2026-02-01 00:00Z', %(at_fault)s, 1, 1, 0, '',
        '2026-03-10 00:00Z');

-- damage: events_accounted_for / pool / a file is said to hold an event that never was
insert into metering_archive (workspace_id, start_at, end_at, path, row_count, message_count,
                              dropped_count, digest, at)
values (%(workspace)s, '2026-01-01 00:00Z', '2026-02-01 00:00Z', 'none', 1, 1, 1, '',
        '2026-03-10 00:00Z');

-- victim: tally
-- What a plan prices together.
select t.id::text as at_fault, t.id as tally from wallets_tally t where t.unit = 'alert';

-- victim: tallied charge
-- A charge that counts to a tally of several; both will be named.
select array[n.charge_id::text, n.tally_id::text] as at_fault, n.charge_id as charge
from wallets_talliedcharge n join wallets_tally t on t.id = n.tally_id
where t.unit = 'billing_session' order by n.charge_id limit 1;

-- victim: usual charge
-- A charge that has a price.
select c.id::text as at_fault, c.id as charge from wallets_charge c
where c.price_id is not null order by c.id limit 1;

-- victim: subscription
-- One with a phase that is open.
select s.public_id as at_fault, s.id as subscription from subscriptions_subscription s
where s.place = 'automation_ai';

-- victim: rated subscription
-- The same, by the name that its tallies have.
select 'sub ' || s.id as at_fault, s.id as subscription from subscriptions_subscription s
where s.place = 'automation_ai';

-- damage: tallies_match_charges / tally / it counts one too many
update wallets_tally set quantity = quantity + 1 where id = %(tally)s;

-- damage: tallies_match_charges / tally / it says another amount
update wallets_tally set amount_micro = amount_micro + 1 where id = %(tally)s;

-- damage: tallies_match_charges / tallied charge / a charge counts to nothing
delete from wallets_talliedcharge where charge_id = %(charge)s;

-- damage: tallies_match_charges / usual charge / a charge counts to a tally beside its price
insert into wallets_talliedcharge (charge_id, tally_id, position) values (%(charge)s, 0, 0);

-- damage: phases_follow_each_other / subscription / two phases hold at once
insert into subscriptions_phase
  (subscription_id, version_id, seats, is_trial, anchor_date, start_at, end_at)
select subscription_id, version_id, seats, is_trial, anchor_date, start_at + interval '1 hour',
       start_at + interval '2 hours'
from subscriptions_phase where subscription_id = %(subscription)s;

-- damage: tallies_follow_from_usage / rated subscription / a unit was counted twice
update wallets_tally set quantity = quantity + 1
where subscription_id = %(subscription)s and unit = 'alert';

-- damage: tallies_follow_from_usage / rated subscription / a month is missing
delete from wallets_tally where subscription_id = %(subscription)s and unit = 'alert';

-- damage: tallies_follow_from_usage / rated subscription / a month costs something else
update wallets_tally set amount_micro = amount_micro - 1
where subscription_id = %(subscription)s and unit = 'alert';

-- victim: order
-- The first one: a plan that was paid.
select public_id as at_fault, id as "order" from orders_order order by id limit 1;

-- victim: credit
-- What was left of it, credited by the order of a higher plan.
select o.public_id as at_fault, l.id as line, p.order_id as "order"
from orders_orderline l join orders_order o on o.id = l.order_id
join orders_orderline p on p.id = l.of_id where not l.is_void;

-- victim: canceled order
-- One that came to nothing.
select public_id as at_fault, id as "order" from orders_order where state = 'canceled';

-- damage: orders_add_up / order / its total is another
update orders_order set total_minor = total_minor + 1 where id = %(order)s;

-- damage: orders_add_up / order / it has no lines
delete from orders_orderline where order_id = %(order)s;

-- damage: credits_within_payments / credit / more than was paid
update orders_orderline l set amount_minor = -p.amount_minor - 1
from orders_orderline p where p.id = l.of_id and l.id = %(line)s;

-- victim: credit and credited
-- The same; both orders will be named.
select array[o.public_id, s.public_id] as at_fault, s.id as "order"
from orders_orderline l join orders_order o on o.id = l.order_id
join orders_orderline p on p.id = l.of_id join orders_order s on s.id = p.order_id
where not l.is_void;

-- damage: credits_within_payments / credit and credited / what it credits was never bought
update orders_order set state = 'canceled' where id = %(order)s;

-- damage: orders_paid / order / it was declined, and fulfilled all the same
update orders_payment set outcome = 'declined' where order_id = %(order)s;

-- damage: orders_paid / order / it was paid, and came to nothing
update orders_order set state = 'failed' where id = %(order)s;

-- damage: orders_paid / canceled order / it is fulfilled, and nobody paid
update orders_order set state = 'fulfilled' where id = %(order)s;

-- victim: credit order
-- One of credit, a part of which went back.
select public_id as at_fault, id as "order" from orders_order where kind = 'funds'
order by id limit 1;

-- victim: paying workspace
-- The workspace that paid for it.
select k.public_id as at_fault, o.id as "order" from orders_order o
join people_workspace k on k.id = o.workspace_id where o.kind = 'funds' order by o.id limit 1;

-- damage: orders_step_by_step / credit order / its state was changed by hand
update orders_order set state = 'refunded' where id = %(order)s;

-- damage: orders_give_credit / credit order / it gave less than was ordered
update orders_order set total_minor = total_minor + 1 where id = %(order)s;

-- damage: orders_give_credit / credit order / it gave nothing
update orders_order set lot_id = null where id = %(order)s;

-- damage: payments_in_the_books / paying workspace / a payment was of more
update orders_payment set amount_minor = amount_minor + 1 where order_id = %(order)s;

-- damage: payments_in_the_books / paying workspace / a refund never was
update orders_refund set outcome = 'declined'
where payment_id in (select id from orders_payment where order_id = %(order)s);

-- damage: payments_in_the_books / paying workspace / what was given is owed still
delete from ledger_transfer where fact = 'funds_added' and debit_id in (
  select a.id from ledger_account a join orders_order o on o.workspace_id = a.workspace_id
  where a.kind = 'customer' and o.id = %(order)s);

-- victim: statement
-- The second statement of a contract, which corrects the first; both, and the contract.
select s.public_id as at_fault, s.id as statement, p.id as corrected, s.contract_id as contract
from contracts_statement s
join contracts_statement p on p.contract_id = s.contract_id and p.number = 1
where s.number = 2;

-- victim: corrected statement
-- The same, but the first will be named.
select p.public_id as at_fault, s.id as statement, p.id as corrected
from contracts_statement s
join contracts_statement p on p.contract_id = s.contract_id and p.number = 1
where s.number = 2;

-- victim: invoiced bot
-- A bot with a contract, and the statement of the cycle with all its usage.
select s.public_id as at_fault, b.id as bot from people_bot b
join contracts_contract c on c.workspace_id = b.workspace_id
join contracts_statement s on s.contract_id = c.id and s.number = 1 where b.name = 'invoiced';

-- damage: statements_follow_from_usage / statement / it says another total
update contracts_statement set total_minor = total_minor + 1 where id = %(statement)s;

-- damage: statements_follow_from_usage / statement / its commitment was less
update contracts_statement set commitment_minor = commitment_minor - 1 where id = %(statement)s;

-- damage: statements_follow_from_usage / statement / it leaves a day out
update contracts_statement set start_at = start_at + interval '1 day' where id = %(statement)s;

-- damage: statements_follow_from_usage / corrected statement / an adjustment says another quantity
update contracts_statementline set quantity = quantity + 1
where statement_id = %(statement)s and corrects_id = %(corrected)s and "of" = 'alert';

-- damage: statements_follow_from_usage / corrected statement / units were of another bot
update contracts_statementline set parts = '[[1, 1]]'
where statement_id = %(corrected)s and "of" = 'alert';

-- damage: statements_follow_from_usage / invoiced bot / a session was lost after it was invoiced
delete from metering_session where id = (select min(id) from metering_session
                                         where bot_id = %(bot)s);

-- damage: statements_follow_from_usage / invoiced bot / usage that nobody invoiced came late
insert into contracts_lateusage (statement_id, bot_id, what, at, quantity)
select s.id, %(bot)s, 'alert', s.start_at, 1 from contracts_statement s
where s.public_id = %(at_fault)s;

-- damage: seat_charges_posted / seat month / a month of seats comes to more than its charges
update subscriptions_seatmonth set amount_micro = amount_micro + 1 where id = %(month)s;

-- damage: seat_charges_posted / seat month / a charge for seats is more than its transfers
update subscriptions_seatcharge set amount_micro = amount_micro + 1 where id = %(charge)s;
update subscriptions_seatmonth set amount_micro = amount_micro + 1 where id = %(month)s;

-- damage: seat_charges_posted / seat month / a charge for seats takes another bot's credit
update subscriptions_subscription set bot_id = (select min(id) from people_bot)
where id = %(subscription_id)s;

-- damage: seat_charges_posted / seat transfer / a transfer for seats is another one
update ledger_transfer set idempotency_key = gen_random_uuid() where id = %(transfer)s;

-- damage: seat_overage_follows_from_logins / seat month / a month of seats has too many
update subscriptions_seatmonth set seats = seats + 1 where id = %(month)s;

-- damage: seat_overage_follows_from_logins / seat month / a month of seats costs more
update subscriptions_seatmonth set amount_micro = amount_micro + 1 where id = %(month)s;

-- damage: charges_and_prices_are_locked / seats guard / charges for seats may be changed
drop trigger seat_charge_append_only on subscriptions_seatcharge;

-- victim: passed over
-- A plan, and the first of its months.
select s.public_id as at_fault, min(m.id) as month
from subscriptions_seatmonth m join subscriptions_subscription s on s.id = m.subscription_id
group by s.id;

-- damage: seat_overage_follows_from_logins / passed over / a month of seats is missing
delete from subscriptions_seatmonth where id = %(month)s;

-- victim: invoice
-- The invoice of a statement; its first line; its series.
select i.public_id as at_fault, i.id as invoice, i.series_id as series, i.statement_id as statement,
       min(l.id) as line
from invoices_invoice i join invoices_invoiceline l on l.invoice_id = i.id
where i.kind = 'invoice' and i.of_id is null group by i.id order by i.id limit 1;

-- victim: invoices
-- The table itself.
select 'invoices_invoice' as at_fault;

-- victim: series
-- The series of all invoices, and its first one.
select s.prefix as at_fault, s.id as series, min(i.id) as invoice
from invoices_series s join invoices_invoice i on i.series_id = s.id group by s.id;

-- victim: credited invoice
-- An invoice with a credit note, and a line of that.
select i.public_id as at_fault, n.id as note, l.id as line
from invoices_invoice n join invoices_invoice i on i.id = n.of_id
join invoices_invoiceline l on l.invoice_id = n.id order by l.id limit 1;

-- victim: invoiced statement
-- A statement, and its invoice.
select s.public_id as at_fault, i.id as invoice, min(l.id) as line
from contracts_statement s join invoices_invoice i on i.statement_id = s.id and i.kind = 'invoice'
join invoices_invoiceline l on l.invoice_id = i.id group by s.id, i.id order by s.id limit 1;

-- damage: invoices_are_locked / invoices / a guard is dropped
drop trigger invoice_append_only on invoices_invoice;

-- damage: invoices_are_locked / invoices / a guard is off
alter table invoices_invoiceline disable trigger invoice_line_append_only;

-- damage: invoices_add_up / invoice / it says another sum
update invoices_invoice set net_minor = net_minor + 1, total_minor = total_minor + 1
where id = %(invoice)s;

-- damage: invoices_add_up / invoice / a line has tax that its rate does not ask for
update invoices_invoiceline set tax_minor = tax_minor + 1 where id = %(line)s;
update invoices_invoice set tax_minor = tax_minor + 1, total_minor = total_minor + 1
where id = %(invoice)s;

-- damage: invoices_add_up / invoice / it has lost its lines
delete from invoices_invoiceline where invoice_id = %(invoice)s;

-- damage: numbers_without_gaps / series / a number is missing
update invoices_invoice set number = 1000, previous_number = 999 where id = %(invoice)s;

-- damage: numbers_without_gaps / series / it gave a number that nothing has
update invoices_series set last_number = last_number + 1 where id = %(series)s;

-- damage: credit_notes_within_invoices / credited invoice / a line gives back more than there was
update invoices_invoiceline set amount_minor = amount_minor + 1000000 where id = %(line)s;

-- damage: credit_notes_within_invoices / credited invoice / more is given back than was invoiced
update invoices_invoice set net_minor = net_minor + 1000000, total_minor = total_minor + 1000000
where id = %(note)s;

-- damage: credit_notes_within_invoices / credited invoice / another tax is given back
update invoices_invoiceline set tax_minor = tax_minor + 1 where id = %(line)s;

-- damage: statements_invoiced / invoiced statement / its invoice is gone
delete from invoices_invoice where id = %(invoice)s;

-- damage: statements_invoiced / invoiced statement / a line was invoiced otherwise
update invoices_invoiceline set amount_minor = amount_minor + 1 where id = %(line)s;

-- damage: statements_invoiced / invoiced statement / a line was not invoiced
delete from invoices_invoiceline where id = %(line)s;

-- victim: invoiced order
-- An order that was paid, its invoice, and a line of that.
select o.public_id as at_fault, i.id as invoice, min(l.id) as line
from orders_order o join invoices_invoice i on i.order_id = o.id and i.kind = 'invoice'
join invoices_invoiceline l on l.invoice_id = i.id group by o.id, i.id order by o.id limit 1;

-- damage: orders_invoiced / invoiced order / its invoice is gone
delete from invoices_invoice where id = %(invoice)s;

-- damage: orders_invoiced / invoiced order / a line was invoiced otherwise
update invoices_invoiceline set amount_minor = amount_minor - 1 where id = %(line)s;

-- victim: last recharge
-- What auto-recharge charged last, after a decline; and the attempt before it.
select o.public_id as at_fault, o.id as "order", o.recharge_id as terms, o.bot_id as bot,
       o.ordered_at as at,
       (select max(p.id) from orders_payment p join orders_order d on d.id = p.order_id
        where d.kind = 'recharge' and d.id < o.id) as before
from orders_order o where o.kind = 'recharge' order by o.id desc limit 1;

-- victim: recharges by the last terms
-- A declined one and one that was paid, both by the terms that were set last but one.
select array_agg(public_id) as at_fault, recharge_id as terms
from orders_order where kind = 'recharge' group by recharge_id having count(*) = 2;

-- damage: recharges_keep_the_caps / last recharge / a day had more charges than it might
update billing_rechargeterms set day_count = 1 where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / a day had more money than it might
update billing_rechargeterms set day_amount_minor = 29999 where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / a month had more charges than it might
update billing_rechargeterms set month_count = 1 where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / a month had more money than it might
update billing_rechargeterms set month_amount_minor = 29999 where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / the one before was in flight still
update orders_payment set known_at = known_at + interval '1 day' where id = %(before)s;

-- damage: recharges_keep_the_caps / recharges by the last terms / it was never on
update billing_rechargeterms set on_at = null, off_reason = 'switched_off'
where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / it was switched off before
update billing_rechargeterms set set_at = %(at)s - interval '1 second'
where bot_id = %(bot)s and off_reason <> '';

-- damage: recharges_keep_the_caps / recharges by the last terms / half an amount was charged
update billing_rechargeterms set amount_minor = amount_minor * 2 - 1 where id = %(terms)s;

-- damage: recharges_keep_the_caps / last recharge / it did not wait after a decline
update billing_rechargeterms set on_at = on_at - interval '1 day' where id = %(terms)s;
update orders_payment set known_at = begun_at, begun_at = begun_at - interval '1 minute'
where id = %(before)s;
update orders_payment set begun_at = (select known_at + interval '59 minutes' from orders_payment
                                      where id = %(before)s)
where order_id = %(order)s;

-- damage: orders_step_by_step / credit order / it was fulfilled twice
insert into orders_orderstep (order_id, number, event, state, at, by)
select order_id, number + 1, event, state, at, by from orders_orderstep
where event = 'fulfilled' and order_id = %(order)s;

-- damage: orders_step_by_step / credit order / a step is missing
delete from orders_orderstep where event = 'paid' and order_id = %(order)s;

-- damage: orders_paid_in_full / order / less was paid
update orders_payment set amount_minor = amount_minor - 1 where order_id = %(order)s;

-- damage: orders_paid_in_full / order / it was paid in another currency
update orders_order set currency = 'EUR' where id = %(order)s;

-- damage: orders_paid_in_full / order / tax was asked that its rate does not ask for
update orders_order set tax_minor = tax_minor + 1 where id = %(order)s;
update orders_payment set amount_minor = amount_minor + 1 where order_id = %(order)s;

-- damage: credits_within_payments / credit / a credit that was taken is void
update orders_orderline set is_void = true where id = %(line)s;

-- victim: refunded order
-- An order of terms with tax, of which a part went back.
select o.public_id as at_fault, o.id as "order", min(r.id) as refund
from orders_order o join orders_payment p on p.order_id = o.id
join orders_refund r on r.payment_id = p.id
where o.lot_id is null and r.tax_minor > 0 group by o.id;

-- damage: refunds_within_payments / refunded order / what went back can be credited still
update orders_orderline set refunded_minor = 0 where order_id = %(order)s;

-- damage: refunds_within_payments / refunded order / more of it is tax
update orders_refund set tax_minor = tax_minor + 1 where id = %(refund)s;

-- damage: refunds_within_payments / refunded order / it is called refunded, and was in part
update orders_order set state = 'refunded' where id = %(order)s;

-- damage: refunds_within_payments / refunded order / more went back than was paid
update orders_refund set amount_minor = amount_minor + 1000000 where id = %(refund)s;

-- victim: bought subscription
-- A plan whose seats were bought.
select s.public_id as at_fault, s.id as subscription, o.id as "order"
from subscriptions_subscription s join orders_order o on o.subscription_id = s.id
where s.state = 'active' and o.kind = 'subscribe' order by s.id limit 1;

-- damage: subscriptions_follow_from_orders / bought subscription / it has seats that nobody bought
update subscriptions_subscription set seats = seats + 1 where id = %(subscription)s;

-- damage: subscriptions_follow_from_orders / bought subscription / it ends later than was paid for
update subscriptions_subscription set cycle_end_at = cycle_end_at + interval '1 day'
where id = %(subscription)s;

-- damage: subscriptions_follow_from_orders / bought subscription / another version prices its usage
update subscriptions_phase set version_id = version_id + 1 where subscription_id = %(subscription)s;

-- damage: subscriptions_follow_from_orders / bought subscription / another bot ordered it
update orders_order set bot_id = (select max(id) from people_bot)
where subscription_id = %(subscription)s;

-- victim: order invoice
-- The invoice of an order, and one of its lines.
select i.public_id as at_fault, i.id as invoice, min(l.id) as line
from invoices_invoice i join invoices_invoiceline l on l.invoice_id = i.id
where i.kind = 'invoice' and i.order_id is not null and l.unit_price is not null
  and not exists (select from invoices_invoice n where n.of_id = i.id)
group by i.id order by i.id limit 1;

-- victim: statement invoice
-- The last invoice of a statement, and that.
select public_id as at_fault, id as invoice, statement_id as statement from invoices_invoice
where kind = 'invoice' and statement_id is not null order by id desc limit 1;

-- victim: credit note
-- A credit note of a statement's invoice, and the invoice of an order.
select n.public_id as at_fault, n.id as note,
       (select max(id) from invoices_invoice where order_id is not null) as other
from invoices_invoice n where n.kind = 'credit_note' and n.statement_id is not null
order by n.id limit 1;

-- damage: invoices_say_what_was_bought / order invoice / it says that more was paid
update invoices_invoice set paid_minor = paid_minor + 1 where id = %(invoice)s;

-- damage: invoices_say_what_was_bought / order invoice / it is in another currency
update invoices_invoice set currency = 'EUR' where id = %(invoice)s;

-- damage: invoices_say_what_was_bought / order invoice / another workspace sees it
update invoices_invoice set workspace_id = workspace_id + 1 where id = %(invoice)s;

-- damage: invoices_say_what_was_bought / statement invoice / it is due later
update invoices_invoice set due_date = due_date + 1 where id = %(invoice)s;

-- damage: invoices_say_what_was_bought / statement invoice / its statement is gone
delete from contracts_statement where id = %(statement)s;

-- damage: invoices_say_what_was_bought / credit note / it gives back another currency
update invoices_invoice set currency = 'EUR' where id = %(note)s;

-- damage: lines_say_what_was_bought / order invoice / a line has another quantity
update invoices_invoiceline set quantity = quantity + 1 where id = %(line)s;

-- damage: lines_say_what_was_bought / order invoice / a line has another price
update invoices_invoiceline set unit_price = unit_price + 1 where id = %(line)s;

-- damage: lines_say_what_was_bought / credit note / it gives back a line of another invoice
update invoices_invoiceline set of_id = (select min(id) from invoices_invoiceline
                                         where invoice_id = %(other)s)
where invoice_id = %(note)s;

-- victim: statement guard
-- The table of statements.
select 'contracts_statement' as at_fault;

-- victim: terms guard
-- The table of what auto-recharge is to do.
select 'billing_rechargeterms' as at_fault;

-- damage: charges_and_prices_are_locked / statement guard / statements may be changed
drop trigger statement_append_only on contracts_statement;

-- damage: charges_and_prices_are_locked / terms guard / terms of auto-recharge may be changed
alter table billing_rechargeterms disable trigger recharge_terms_append_only;

-- victim: funds guard
-- The table of how much credit is sold at once.
select 'billing_fundsterms' as at_fault;

-- damage: charges_and_prices_are_locked / funds guard / what was sold at once may be changed
drop trigger funds_terms_no_truncate on billing_fundsterms;

-- victim: credited order
-- The invoice of an order of which a part went back, and its last credit note.
select i.public_id as at_fault, max(n.id) as note
from invoices_invoice n join invoices_invoice i on i.id = n.of_id
where i.order_id is not null group by i.id order by i.id desc limit 1;

-- damage: refunds_credited / credited order / a credit note is gone
delete from invoices_invoiceline where invoice_id = %(note)s;
delete from invoices_invoice where id = %(note)s;
