"""Django with a folder's sandbox behind it: no settings module, everything is known here."""

from pathlib import Path

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from payment_sandbox import keys
from payment_sandbox.notices.sender import Sender
from payment_sandbox.store.database import Store
from payment_sandbox.web import headers, running, urls

_HERE = Path(__file__).parent
_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "loggers": {"django": {"handlers": ["stderr"], "propagate": False}},
}
"""Faults of ours only. What was sent is in none of them."""


def load(folder: str) -> WSGIHandler:
    """Serves a folder that `main` has made, and begins to send its notices."""
    known = keys.read(Path(folder))
    store = Store(Path(folder))
    running.begin(store, known)
    settings.configure(
        SECRET_KEY=known.page_secret,
        ALLOWED_HOSTS=["*"],  # its links have the name that it was asked by
        ROOT_URLCONF=urls.__name__,
        USE_TZ=True,
        INSTALLED_APPS=["django.contrib.staticfiles"],
        MIDDLEWARE=[
            f"{headers.__name__}.Careful",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [_HERE / "templates"],
            }
        ],
        STATIC_URL="/static/",
        STATICFILES_DIRS=[_HERE / "static"],
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=False,
        CSRF_COOKIE_NAME="sandbox_form",  # cookies are shared by all programs of a host
        LOGGING=_LOGGING,
        DATA_UPLOAD_MAX_MEMORY_SIZE=65_536,
    )
    django.setup()
    Sender(store, known.webhook_secret).start()
    return get_wsgi_application()
