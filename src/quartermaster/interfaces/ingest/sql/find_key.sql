-- The workspace of an API key that is not revoked.
select workspace_id from people_apikey where digest = %(digest)s and revoked_at is null
