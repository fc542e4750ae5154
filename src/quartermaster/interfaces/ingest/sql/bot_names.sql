-- Every name by which events may call a bot of the workspace.
select name, id from people_bot where workspace_id = %(workspace)s
union all
select public_id, id from people_bot where workspace_id = %(workspace)s
