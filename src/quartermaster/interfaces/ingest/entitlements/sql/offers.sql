-- Terms of versions that somebody has bought or that are sold; they never change.
select id, terms from catalog_offerversion where id = any(%(versions)s::bigint[])
