"""One machine, one person, nothing else installed: what `make run` uses."""

from config import env
from config.settings.base import *

DEBUG = env.flag("MITALK_DEBUG", False)
SECRET_KEY = env.text("MITALK_SECRET_KEY") or env.secret_made_once(VAR_DIR / "secret_key")
DATA_KEYS = env.words("MITALK_DATA_KEYS") or [env.secret_made_once(VAR_DIR / "data_key")]

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
MITALK_ORIGINS = [f"http://{host}:{PORT + n}" for n in range(MITALK_WEB_PROCESSES) for host in ALLOWED_HOSTS]
CSRF_TRUSTED_ORIGINS = MITALK_ORIGINS

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
MESSAGES_TO_TERMINAL = True  # the sign-up page says where a local installation's mail goes
MITALK_STAFF_SECOND_FACTOR = env.flag("MITALK_STAFF_SECOND_FACTOR", False)  # trying it out needs no phone at hand
EMAIL_BACKEND = "config.mail.TerminalBackend"
