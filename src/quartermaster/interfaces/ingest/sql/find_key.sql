-- Of an API key that is not revoked the workspace, whether it is for tests, and where its clock
-- stands, if it does.
select a.workspace_id, k.is_test, k.frozen_at
from people_apikey a join people_workspace k on k.id = a.workspace_id
where a.digest = %(digest)s and a.revoked_at is null
