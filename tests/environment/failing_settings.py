"""The settings of one machine, where a request, a command and a job fail with what somebody wrote in their exception."""

from config.settings.dev import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.environment.failing.FailingConfig"]  # noqa: F405
MIDDLEWARE = [*MIDDLEWARE, "tests.environment.failing.FailOnDemand"]  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"  # mail for the terminal would be all words
EMAIL_FILE_PATH = VAR_DIR / "mail"  # noqa: F405
SMS_BACKEND = "tests.fakes.KeptMessages"
