-- For whom concurrent seats are kept, and since when.
select agent, (extract(epoch from since_at) * 1000000)::bigint from subscriptions_seathold
where bot_id = %(bot)s and product = %(product)s and until_at > %(at)s
