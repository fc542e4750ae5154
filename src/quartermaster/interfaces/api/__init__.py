"""REST under /v1, by django-ninja."""
