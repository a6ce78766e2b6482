"""Production: nothing is guessed. `manage.py check --deploy` names what is missing and the remedy (config.checks)."""

from urllib.parse import urlsplit

from config import env
from config.settings.base import *
from rooms.seeing.logs import logging_settings

CHECK_DEPLOYMENT = True
SECRET_KEY = env.required("MITALK_SECRET_KEY", "50 random letters or more")
DATA_KEYS = env.words("MITALK_DATA_KEYS")
MITALK_TRUST_TIERS = env.flag("MITALK_TRUST_TIERS", True)
SECRET_KEY_FALLBACKS = env.words("MITALK_OLD_SECRET_KEYS")
MITALK_ORIGINS = env.words("MITALK_ORIGINS")  # https://talk.example.org
ALLOWED_HOSTS = [urlsplit(origin).hostname or "" for origin in MITALK_ORIGINS]
CSRF_TRUSTED_ORIGINS = MITALK_ORIGINS
# What it refuses has its headers, and a language.
MIDDLEWARE.insert(MIDDLEWARE.index("django.middleware.common.CommonMiddleware"), "config.own_host.OwnHostMiddleware")

SECURE_SSL_REDIRECT = env.flag("MITALK_HTTPS_REDIRECT", True)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"  # as accounts.cookies names the others
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language"

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"}}
EMAIL_CONFIG = environ.Env.email_url_config(env.text("MITALK_MAIL_URL", "consolemail://"))
vars().update(EMAIL_CONFIG)

MITALK_LOG_JSON = env.flag("MITALK_LOG_JSON", True)
LOGGING = logging_settings(as_json=MITALK_LOG_JSON)
