-- The log-ins and log-outs of a bot's agents for a product, in a period.
select t.agent, t.id, (extract(epoch from e.at) * 1000000)::bigint, e.kind = 20
from metering_thread t join metering_event e on e.thread_id = t.id
where t.bot_id = %(bot)s and t.product = %(product)s and t.kind = 3
  and e.kind in (20, 21) and e.at >= %(start)s and e.at < %(end)s
