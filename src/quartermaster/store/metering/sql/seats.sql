-- name: drop_seat_peaks
-- Peaks that are worked out again.
delete from metering_seatpeak
where bot_id = %(bot)s and product = %(product)s and hour_at >= %(start)s and hour_at < %(end)s;

-- name: save_seat_peaks
-- The peak of each hour in which somebody was present.
insert into metering_seatpeak (bot_id, product, hour_at, agents)
select %(bot)s, %(product)s, hour, agents
from unnest(%(hours)s::timestamptz[], %(agents)s::int[]) as t (hour, agents);
