-- The catalog as it was published.
select currency, is_example, titles, versions from catalog_publication where id = %(publication)s
