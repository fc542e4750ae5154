"""Settings: everything comes from the environment; the defaults are for one machine."""

import os
import secrets
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def _database() -> dict[str, Any]:
    parts = conninfo_to_dict(os.environ.get("DATABASE_URL", "postgresql://127.0.0.1/quartermaster"))
    # A meter that hangs (its container frozen, its machine gone) gives back what it has in hand.
    patience = "-c idle_in_transaction_session_timeout=5min"
    parts["options"] = f"{patience} {parts.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "quartermaster"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parts,
        # Server-side cursors and prepared statements need a session-level connection.
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


DEBUG = False
# Signs log-ins. `up` keeps one in its home; a server started otherwise needs it set, or its
# log-ins end with it.
SECRET_KEY = os.environ.get("QUARTERMASTER_SECRET_KEY") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = os.environ.get("QUARTERMASTER_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
ROOT_URLCONF = "quartermaster.conf.urls"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "quartermaster.interfaces.console",
    "quartermaster.store.people",
    "quartermaster.store.ledger",
    "quartermaster.store.catalog",
    "quartermaster.store.billing",
    "quartermaster.store.metering",
    "quartermaster.store.subscriptions",
    "quartermaster.store.wallets",
    "quartermaster.store.orders",
    "quartermaster.store.orders.wires",
    "quartermaster.store.contracts",
    "quartermaster.store.invoices",
    "quartermaster.store.notices",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "quartermaster.conf.web.middleware.ContentPolicy",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "quartermaster.conf.web.middleware.RequestLog",
    "quartermaster.conf.web.middleware.Problems",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["quartermaster.interfaces.console.tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "quartermaster.interfaces.console.access.context",
                "quartermaster.interfaces.console.addresses.menu",
            ],
        },
    }
]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 31_536_000  # the pages ask for another address when a file changes
# The address that browsers see, where a proxy ends TLS: forms come from there, and cookies go
# nowhere else.
ORIGIN = os.environ.get("QUARTERMASTER_ORIGIN", "")
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ORIGIN.startswith("https://")
CSRF_FAILURE_VIEW = "quartermaster.conf.urls.form_refused"
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("QUARTERMASTER_PROXIES", "0"))
LOGGING_CONFIG = None
SESSION_COOKIE_NAME = "login"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
