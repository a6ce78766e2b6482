"""The settings of the processes that fault tests kill: one machine's, with mail handed to a server that the test is."""

import os

from config.settings.dev import *  # noqa: F403

if "MITALK_TEST_MAIL_PORT" in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = "127.0.0.1", int(os.environ["MITALK_TEST_MAIL_PORT"]), 60
