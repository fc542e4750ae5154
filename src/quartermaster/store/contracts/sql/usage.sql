-- name: used
-- What the bots of a workspace have used in a cycle, by the stretch between two cuts: standing
-- sessions by the start of their block, other units by the start of their quarter of an hour.
with mine as (select id from people_bot where workspace_id = %(workspace)s)
select s.bot_id, s.unit::text, width_bucket(s.start_at, %(cuts)s::timestamptz[]) as place,
       count(*) as quantity
from metering_session s join mine on mine.id = s.bot_id
where s.withdrawn_by_id is null and s.start_at >= %(start)s and s.start_at < %(end)s
group by 1, 2, 3
union all
select r.bot_id, r.unit::text, width_bucket(r.slot_at, %(cuts)s::timestamptz[]),
       sum(r.quantity)::bigint
from metering_rollup r join mine on mine.id = r.bot_id
where r.unit in ('api_session', 'alert', 'notification')
  and r.slot_at >= %(start)s and r.slot_at < %(end)s
group by 1, 2, 3 having sum(r.quantity) <> 0;

-- name: note_late
-- Usage of closed cycles, each with the statement of its cycle.
insert into contracts_lateusage (statement_id, bot_id, what, at, quantity)
select s.id, u.bot, u.what, u.at, sum(u.quantity)
from unnest(%(bots)s::bigint[], %(whats)s::text[], %(ats)s::timestamptz[],
            %(quantities)s::bigint[]) as u (bot, what, at, quantity)
join contracts_contract c on c.workspace_id = %(workspace)s
join contracts_statement s on s.contract_id = c.id and s.start_at <= u.at and u.at < s.end_at
group by 1, 2, 3, 4;

-- name: note_late_logins
-- Log-ins that may change who was there in closed cycles: those of their time, and of the time
-- before it in which somebody may have been there still.
insert into contracts_lateusage (statement_id, bot_id, what, at, quantity)
select distinct on (s.id, u.product) s.id, u.bot, u.product, u.at, 0
from unnest(%(bots)s::bigint[], %(products)s::text[], %(ats)s::timestamptz[])
       as u (bot, product, at)
join contracts_contract c on c.workspace_id = %(workspace)s
join contracts_statement s on s.contract_id = c.id and u.at < s.end_at
  and not exists (
    select from contracts_lateusage l where l.statement_id = s.id and l.what = u.product);

-- name: closed_to
-- Where the last closed cycle of a workspace ends.
select max(s.end_at) from contracts_statement s join contracts_contract c on c.id = s.contract_id
where c.workspace_id = %(workspace)s;
