"""Mail and text messages: configured, and the servers let us in. Nothing is sent."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection

from config.doctor.finding import Finding, fail, ok, warn

_WITHIN_SECONDS = 10


def examine() -> Iterator[Finding]:
    """See the module."""
    yield _mail()
    yield _text_messages()


def _mail() -> Finding:
    if "smtp" not in settings.EMAIL_BACKEND:
        return warn("messages.mail", "mail goes to the terminal", "Set MITALK_MAIL_URL.")
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        connection = get_connection(timeout=_WITHIN_SECONDS)
        connection.open()
        connection.close()
    except smtplib.SMTPAuthenticationError:
        return fail("messages.mail", f"{server} does not accept user or password", "Mend them in MITALK_MAIL_URL.")
    except (OSError, smtplib.SMTPException) as error:
        remedy = "Is MITALK_MAIL_URL right, and the port open towards the mail server?"
        return fail("messages.mail", f"{server} cannot be used ({type(error).__name__})", remedy)
    return ok("messages.mail", f"{server} lets us in")


def _text_messages() -> Finding:
    if not settings.SMS_BACKEND.endswith("HttpBackend"):
        return warn(
            "messages.sms", "text messages go to the terminal", "Set MITALK_SMS_BACKEND=http, or leave phones out."
        )
    address = urlsplit(settings.SMS_URL)
    host, port = address.hostname or "", address.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=_WITHIN_SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host),
        ):
            return ok("messages.sms", f"{host} answers")
    except OSError as error:
        remedy = "Is MITALK_SMS_URL right, and the way out to it open?"
        return fail("messages.sms", f"{host}:{port} cannot be reached ({type(error).__name__})", remedy)
