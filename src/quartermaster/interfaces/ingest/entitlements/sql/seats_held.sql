-- How many agents held a named seat of a bot's product at any time in a month.
select count(distinct agent) from subscriptions_seatassignment
where bot_id = %(bot)s and product = %(product)s and start_at < %(end)s
  and (end_at is null or end_at > greatest(start_at, %(start)s))
