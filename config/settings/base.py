"""Settings that hold everywhere. What an operator chooses comes from the environment (config.env); see docs/settings.md."""

from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.body_limits import FORM_BYTES
from config.redis_connection import noticing
from rooms.audio.speech.engines import NAMES as SPEECH_ENGINES
from rooms.seeing.logs import logging_settings

BASE_DIR = env.BASE_DIR
VAR_DIR = BASE_DIR / env.text("MITALK_VAR_DIR", "var")

DEBUG = False
CHECK_DEPLOYMENT = False  # whether web and audio begin only where `check --deploy` finds no error
SECRET_KEY = ""  # dev makes one under var/, prod demands one
DATA_KEYS: list[str] = []  # what is kept encrypted hangs on them (accounts.sealing): dev makes one, prod demands one
PORT = env.integer("PORT", 8000, least=1, most=65535)  # of the web process
MITALK_WEB_PROCESSES = env.integer("MITALK_WEB_PROCESSES", 1, least=1, most=32)  # of run_local, on ports from PORT on
MITALK_AUDIO_WORKERS = env.integer("MITALK_AUDIO_WORKERS", 1, least=1, most=64)  # of run_local, on ports likewise
MITALK_DRAIN_SECONDS = env.integer("MITALK_DRAIN_SECONDS", 60, least=0, most=86_400)  # for an audio worker that ends
ALLOWED_HOSTS: list[str] = []
MITALK_ORIGINS: list[str] = []  # scheme://host:port, each in full: who may open a WebSocket

INSTALLED_APPS = [
    "daphne",
    "config.apps.MiTalkConfig",
    "config.apps.MiTalkAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "heroicons",
    "csp",
    "accounts",
    "rooms",
    "invites",
    "moderation",
]

MIDDLEWARE = [
    "config.measuring.MeasureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.headers.HeadersMiddleware",
    "accounts.security_log.RefusalLogMiddleware",
    "config.methods.MethodsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ListedSessionMiddleware",
    "accounts.middleware.FreshSignInMiddleware",
    "accounts.middleware.ConsentMiddleware",
    "accounts.middleware.ProfileFirstMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.shell",
            ],
            "builtins": ["heroicons.templatetags.heroicons"],
        },
    },
]

# --- Engines: two variables switch from one machine to many --------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings of one database: SQLite under var/ when no address is given."""
    if not url or url.startswith("sqlite"):
        name = VAR_DIR / "mitalk.sqlite3" if not url else environ.Env.db_url_config(url)["NAME"]
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 600,  # opening the file and its pragmas would cost more than most queries
            "OPTIONS": {
                # IMMEDIATE takes the write lock at BEGIN, so a transaction never fails half-way with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    given = environ.Env.db_url_config(url)
    return {
        **given,
        "CONN_MAX_AGE": 0,  # the pool keeps connections; Django keeping them as well is refused
        "CONN_HEALTH_CHECKS": True,  # each is tried as it leaves the pool: a restart of PostgreSQL costs nobody an error
        "OPTIONS": {
            "connect_timeout": 5,
            "tcp_user_timeout": 15_000,  # milliseconds: a database behind a dead network is noticed
            # So it is by whoever only waits for an answer, which may never come: by default that takes hours.
            "keepalives_idle": 3,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            # The database notices likewise, within seven seconds: what a machine had locked that is cut off is free again.
            # Signs of life are for who waits; an answer that nobody acknowledges has a time of its own.
            "options": "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
            " -c tcp_user_timeout=7000",
            # Left alone, the pool tries ever more seldom while the server is away, in the end every few minutes, and whoever
            # waits for it holds a thread for half a minute.
            "pool": {
                "min_size": 1,
                "max_size": env.integer("MITALK_DATABASE_POOL", 8, least=2, most=100),  # of one process
                "timeout": 5.0,
                "reconnect_timeout": 2.0,
            },
            **given.get("OPTIONS", {}),  # such as ?sslmode=verify-full
        },
    }


DATABASES = {"default": database_settings(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [noticing(REDIS_URL)], "prefix": "mitalk"},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "config.redis_cache.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                "serializer": "config.cache_values.KnownValues",
                "socket_connect_timeout": 2,
                "socket_timeout": 2,
            },  # for a Redis that hangs nobody waits longer
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    # Rooms keep in it what passes (rooms.passing): not to be thrown out by a few hundred others.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

BUS_SOCKET = VAR_DIR / "run" / "bus.sock"  # used only without REDIS_URL

# --- Rooms ------------------------------------------------------------------------------------------------------

MITALK_MOST_IN_A_ROOM = env.integer("MITALK_MOST_IN_A_ROOM", 2_000, least=2, most=100_000)  # as many as was measured
MITALK_GUESTS_OF_A_NETWORK = env.integer("MITALK_GUESTS_OF_A_NETWORK", 200, least=1, most=100_000)  # in one room
MITALK_SOCKETS_OF_ONE = env.integer("MITALK_SOCKETS_OF_ONE", 20, least=2, most=10_000)  # one account, one web process
MITALK_SOCKETS_OF_A_NETWORK = env.integer("MITALK_SOCKETS_OF_A_NETWORK", 1_000, least=10, most=1_000_000)
MITALK_ROOM_SHARE_PEOPLE = env.integer(
    "MITALK_ROOM_SHARE_PEOPLE", 2_000, least=1, most=100_000
)  # of a room, on a worker
MITALK_HALL_KEPT_SECONDS = 1.0  # how old the hall's counts and stages may be

# --- Evidence ---------------------------------------------------------------------------------------------------
# The last minutes of a stage, in case somebody reports it. Keys lie apart from what they open; nobody backs up either.

MITALK_RING_SECONDS = env.integer("MITALK_RING_SECONDS", 300, least=180, most=600)
MITALK_RING_DIR = env.folder("MITALK_RING_DIR", VAR_DIR / "ring")  # in memory: a folder of /dev/shm
MITALK_RING_KEYS_DIR = env.folder("MITALK_RING_KEYS_DIR", VAR_DIR / "ring-keys")
MITALK_EVIDENCE_DIR = env.folder("MITALK_EVIDENCE_DIR", VAR_DIR / "evidence")  # of several machines: shared
MITALK_EVIDENCE_KEYS_DIR = env.folder("MITALK_EVIDENCE_KEYS_DIR", VAR_DIR / "evidence-keys")
MITALK_EVIDENCE_BEFORE_SECONDS = env.integer("MITALK_EVIDENCE_BEFORE_SECONDS", 120, least=1, most=300)  # a report
MITALK_EVIDENCE_AFTER_SECONDS = env.integer("MITALK_EVIDENCE_AFTER_SECONDS", 30, least=1, most=60)
MITALK_EVIDENCE_DAYS = env.integer("MITALK_EVIDENCE_DAYS", 30, least=1, most=365)
MITALK_EVIDENCE_MOST_MEGABYTES = env.integer("MITALK_EVIDENCE_MOST_MEGABYTES", 2_000, least=10, most=10_000_000)  # all

# --- Sanctions and trust ----------------------------------------------------------------------------------------

APPEAL_DAYS = env.integer("MITALK_APPEAL_DAYS", 14, least=1, most=365)
STANDING_LINK_DAYS = env.integer("MITALK_STANDING_LINK_DAYS", 60, least=1, most=365)  # of the link in the mail
STRIKES = {"warn": 1, "mute": 2, "no_stage": 2, "no_hosting": 2, "suspend": 4, "ban": 8}
STRIKE_DAYS = env.integer("MITALK_STRIKE_DAYS", 90, least=1, most=3650)  # in which a strike loses one of its weight
STRIKES_THAT_COST_TRUST = 4  # from so many on one is trusted less
MITALK_TRUST_TIERS = env.flag("MITALK_TRUST_TIERS", False)  # new members listen, then speak, then host
TRUST_FROM_MEMBERS = env.integer("MITALK_TRUST_FROM_MEMBERS", 20, least=0, most=1_000_000)  # fewer trust one another
TRUST_SPEAK_DAYS = env.integer("MITALK_TRUST_SPEAK_DAYS", 1, least=0, most=365)
TRUST_SPEAK_ROOMS = env.integer("MITALK_TRUST_SPEAK_ROOMS", 1, least=0, most=100)
TRUST_SPEAK_ANYWAY_DAYS = env.integer("MITALK_TRUST_SPEAK_ANYWAY_DAYS", 7, least=0, most=3650)
TRUST_HOST_DAYS = env.integer("MITALK_TRUST_HOST_DAYS", 7, least=0, most=365)
TRUST_HOST_ROOMS = env.integer("MITALK_TRUST_HOST_ROOMS", 3, least=0, most=100)
TRUST_HOST_ANYWAY_DAYS = env.integer("MITALK_TRUST_HOST_ANYWAY_DAYS", 30, least=0, most=3650)
# --- Reports ----------------------------------------------------------------------------------------------------

MITALK_REPORT_AFTER_DAYS = env.integer(
    "MITALK_REPORT_AFTER_DAYS", 7, least=1, most=90
)  # after a room, its page says so
MITALK_PAGE_AGAIN_MINUTES = env.integer("MITALK_PAGE_AGAIN_MINUTES", 10, least=1, most=240)  # until somebody takes it
MITALK_PAGE_WEBHOOK = env.text("MITALK_PAGE_WEBHOOK")  # an address that is told, beside mail and text messages
# --- Speech -----------------------------------------------------------------------------------------------------
# A machine may listen to stages for phrases that staff named (docs/speech.md); people are told before they enter.

MITALK_SPEECH_ENGINE = env.one_of("MITALK_SPEECH_ENGINE", ("none", *SPEECH_ENGINES))
MITALK_SPEECH_MODEL = env.words("MITALK_SPEECH_MODEL")  # a folder, or one a language: en=/models/en,ko=/models/ko
MITALK_SPEECH_LANGUAGES = env.words("MITALK_SPEECH_LANGUAGES", ("en",))
MITALK_SPEECH_BUDGET = env.integer("MITALK_SPEECH_BUDGET", 50, least=5, most=100)  # percent of a core, each worker
MITALK_SPEECH_TRANSCRIPTS = env.integer("MITALK_SPEECH_TRANSCRIPTS", 1, least=1, most=16)  # at once, each web process

# --- Audio ------------------------------------------------------------------------------------------------------

MITALK_UDP_PORT = env.integer("MITALK_UDP_PORT", 7882, least=1, most=65535)
MITALK_PUBLIC_IP = env.text("MITALK_PUBLIC_IP", "127.0.0.1")  # what browsers are told to send to
MITALK_UDP_BIND = env.text("MITALK_UDP_BIND", "0.0.0.0")  # noqa: S104 - only checked addresses get further than the socket

MITALK_TURN_URLS = env.words("MITALK_TURN_URLS")  # for networks that let no UDP through
MITALK_TURN_SECRET = env.text("MITALK_TURN_SECRET")  # the TURN server's `static-auth-secret`

# --- Jobs -------------------------------------------------------------------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # tasks are idempotent; repeated is better than lost
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long Redis is away
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # nothing urgent waits behind what one worker has put aside
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # mail for the terminal is no log entry: links in it must be whole
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 3_600,  # then a task whose worker died is given to another; none of ours runs so long
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "jobs" / "queue"),
        "data_folder_out": str(VAR_DIR / "jobs" / "queue"),
        "control_folder": str(VAR_DIR / "jobs" / "control"),
        "store_processed": False,
        "polling_interval": 0.25,  # a second, the default, is a second more before somebody who is gone is off the roster
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "jobs" / "beat")
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE = {  # seconds; without `expires`, which two clocks would read differently: see config/runs.py
    "give up lost evidence": {"task": "moderation.tasks.give_up_evidence", "schedule": 60.0},
    "destroy old evidence": {"task": "moderation.tasks.destroy_evidence", "schedule": 600.0},
    "end sanctions": {"task": "moderation.tasks.end_sanctions", "schedule": 10.0},
    "page staff again": {"task": "moderation.tasks.page_staff_again", "schedule": 30.0},
    "count risks": {"task": "moderation.tasks.count_risks", "schedule": 60.0},
    "empty held texts": {"task": "moderation.tasks.empty_held_texts", "schedule": 3600.0},
    "expire invites": {"task": "invites.tasks.expire_invites", "schedule": 15.0},
    "remind the invited": {"task": "invites.tasks.remind_invited", "schedule": 900.0},
    "refill quotas": {"task": "invites.tasks.refill_quotas", "schedule": 3600.0},
    "tend applications": {"task": "invites.tasks.tend_applications", "schedule": 3600.0},
    "sweep rosters": {"task": "rooms.tasks.sweep_rosters", "schedule": 2.0},
    "close empty rooms": {"task": "rooms.tasks.close_empty_rooms", "schedule": 30.0},
    "say that jobs are done": {"task": "rooms.tasks.beat_jobs", "schedule": 10.0},
    "forget usage": {"task": "rooms.tasks.forget_usage", "schedule": 3600.0},
    "delete old talk": {"task": "rooms.tasks.delete_old_talk", "schedule": 3600.0},
    "forget attendance": {"task": "rooms.tasks.forget_attendance", "schedule": 3600.0},
    "close missed rooms": {"task": "rooms.tasks.close_missed_rooms", "schedule": 30.0},
    "mail the programme": {"task": "rooms.tasks.mail_programme", "schedule": 10.0},
    "tend claims": {"task": "accounts.tasks.tend_claims", "schedule": 3600.0},
    "seal the audit log": {"task": "accounts.tasks.seal_audit_entries", "schedule": 60.0},
    "send the outbox": {"task": "accounts.tasks.send_outbox", "schedule": 5.0},
    "delete old messages": {"task": "accounts.tasks.delete_old_messages", "schedule": 3600.0},
    "sweep photos": {"task": "accounts.tasks.sweep_photos", "schedule": 86_400.0},
    "make exports": {"task": "accounts.tasks.make_due_exports", "schedule": 15.0},
    "delete old exports": {"task": "accounts.tasks.delete_old_exports", "schedule": 900.0},
    "erase accounts": {"task": "accounts.tasks.erase_accounts", "schedule": 60.0},
    "forget former contacts": {"task": "accounts.tasks.forget_former_contacts", "schedule": 86_400.0},
    "clear old sessions": {"task": "accounts.tasks.clear_expired_sessions", "schedule": 86_400.0},
}

# --- People -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.MemberBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},  # 20,000 that leaked most often
    {"NAME": "accounts.password_words.OwnWordsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "rooms:hallway"
LOGOUT_REDIRECT_URL = "rooms:front"

ACCOUNT_ADAPTER = "invites.gate.InviteGate"
ACCOUNT_FORMS = {
    "signup": "invites.forms.InvitedSignupForm",
    "login": "accounts.signing_in_forms.SignInForm",
    "request_login_code": "accounts.signing_in_forms.AskForCodeForm",
    "confirm_login_code": "accounts.signing_in_forms.CodeForm",
    "confirm_email_verification_code": "accounts.signing_in_forms.AddressCodeForm",
    "confirm_password_reset_code": "accounts.signing_in_forms.CodeForm",
    "reset_password": "accounts.signing_in_forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.signing_in_forms.NewPasswordAfterResetForm",
    "change_password": "accounts.signing_in_forms.ChangePasswordForm",
    "set_password": "accounts.signing_in_forms.SetPasswordForm",
    "add_email": "accounts.signing_in_forms.NewAddressForm",
    "reauthenticate": "accounts.signing_in_forms.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600  # ten minutes, five tries: the product's promise
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SIGNUP_REDIRECT_URL = "accounts:welcome"
ACCOUNT_CHANGE_EMAIL = True  # one address a person: a new one takes the place of the old once it is proven
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before an address changes; second factors ask for it by themselves
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of what changes how one signs in

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = env.integer("MITALK_SESSION_IDLE_DAYS", 14, least=1, most=365) * 86_400  # if nobody comes
MITALK_SESSION_DAYS = env.integer("MITALK_SESSION_DAYS", 30, least=1, most=365)  # in any case
MESSAGE_STORAGE = "accounts.cookies.MessageStorage"

MFA_ADAPTER = "accounts.second_factor.SecondFactors"
MFA_FORMS = {
    "authenticate": "accounts.signing_in_forms.SecondFactorForm",
    "reauthenticate": "accounts.signing_in_forms.SecondFactorAgainForm",
    "activate_totp": "accounts.signing_in_forms.ActivateAppForm",
    "login_webauthn": "accounts.signing_in_forms.SignInByPasskeyForm",
    "authenticate_webauthn": "accounts.signing_in_forms.PasskeyAsSecondFactorForm",
    "reauthenticate_webauthn": "accounts.signing_in_forms.PasskeyAgainForm",
    "add_webauthn": "accounts.signing_in_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.signing_in_forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "MiTalk"
MFA_TOTP_TOLERANCE = 1  # clocks of phones are half a minute off
MITALK_STAFF_SECOND_FACTOR = env.flag("MITALK_STAFF_SECOND_FACTOR", True)  # /staff/ opens by a second factor only
MITALK_STAFF_HOURS = env.integer("MITALK_STAFF_HOURS", 12, least=1, most=72)  # so long after it was shown
MITALK_STAFF_IDLE_MINUTES = env.integer(
    "MITALK_STAFF_IDLE_MINUTES", 60, least=5, most=720
)  # if nobody looks at /staff/

SOCIALACCOUNT_ADAPTER = "invites.open_id.OpenIdGate"
SOCIALACCOUNT_PROVIDERS = env.open_id()

ACCOUNT_RATE_LIMITS = {  # beside allauth's own
    "login_failed": "10/m/ip,100/h/ip,5/5m/key,30/d/key",  # the key: accounts.known_browsers
    "request_login_code": "20/m/ip,60/h/ip,3/10m/key",
    "reset_password": "20/m/ip,60/h/ip",
    "reset_password_of": "3/10m/key",
    "mailed_code_try": "5/10m/key",  # of one code, however many requests try at once
    "invite_guess": "20/10m/ip",
    "start_again": "6/10m/ip",
    "invite": "30/h/user",
    "delete_account": "10/h/user",
    "export": "10/h/user",
    "apply": "10/h/ip",
    "vouch": "30/h/user",
    "contact_code": "20/h/ip",  # an address shared by an office; each contact has its own limit (accounts.one_time_codes)
    "contact_try": "60/10m/ip",
    "phone_sign_in": "20/m/ip,60/h/ip,3/10m/key",
    "own_phone": "10/h/user",
    "member_search": "60/m/user",
    "search": "60/m/user",
    "photo": "20/h/user",
    "schedule": "30/h/user",
    "ask_co_host": "30/h/user",
    "calendar_guess": "30/10m/ip",
    "claim": "20/d/user",
    "claim_code": "10/h/user",
    "claim_try": "30/h/user",
    "sound_check": "15/10m/ip",
    "report": "60/h/ip",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("MITALK_PROXY_COUNT", 0, least=0, most=5)
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hold up the outbox
DEFAULT_FROM_EMAIL = env.text("MITALK_MAIL_FROM", "MiTalk <no-reply@localhost>")

_SMS_BACKENDS = {"console": "accounts.sms.ConsoleBackend", "http": "accounts.sms.HttpBackend"}
SMS_BACKEND = _SMS_BACKENDS[env.one_of("MITALK_SMS_BACKEND", tuple(_SMS_BACKENDS))]
SMS_URL = env.text("MITALK_SMS_URL")
SMS_TOKEN = env.text("MITALK_SMS_TOKEN")
SMS_FROM = env.text("MITALK_SMS_FROM", "MiTalk")
SMS_RETRY_SECONDS = 0.5
SMS_A_DAY = env.integer("MITALK_SMS_A_DAY", 500, least=0, most=1_000_000)
SMS_A_DAY_TO_ONE = env.integer("MITALK_SMS_A_DAY_TO_ONE", 10, least=1, most=1_000)
SMS_A_DAY_TO_PREFIX = env.numbers_of_prefixes("MITALK_SMS_A_DAY_TO_PREFIX", "*=200")

INVITE_LIFETIME_DAYS = env.integer("MITALK_INVITE_DAYS", 14, least=1, most=365)
INVITES_AT_START = env.integer("MITALK_INVITES_AT_START", 3, least=0, most=1000)

EXPORT_DAYS = env.integer("MITALK_EXPORT_DAYS", 7, least=1, most=30)
EXPORTS_A_DAY = env.integer("MITALK_EXPORTS_A_DAY", 3, least=1, most=100)
DELETION_DAYS = env.integer("MITALK_DELETION_DAYS", 14, least=1, most=90)  # in which it can be undone
FORMER_CONTACT_DAYS = env.integer(
    "MITALK_FORMER_CONTACT_DAYS", 180, least=0, most=730
)  # a ban binds what was given up so lately
REPORT_HOLDS_DAYS = env.integer("MITALK_REPORT_HOLDS_DAYS", 30, least=1, most=365)  # a report delays an erasure so long
LEAST_AGE = env.integer("MITALK_LEAST_AGE", 18, least=13, most=21)
DOCUMENTS_DIR = BASE_DIR / env.text("MITALK_DOCUMENTS_DIR", "accounts/documents")  # terms, privacy notice, rules

ATTENDANCE_HOURS = env.integer("MITALK_ATTENDANCE_HOURS", 24, least=1, most=8760)
TIMELINE_DAYS = env.integer("MITALK_TIMELINE_DAYS", 30, least=1, most=730)
CHAT_DAYS = env.integer("MITALK_CHAT_DAYS", 30, least=1, most=3650)

CLAIM_DAYS = {  # how long each kind holds
    "work_email": env.integer("MITALK_WORK_EMAIL_DAYS", 365, least=1, most=1830),
    "licence": env.integer("MITALK_LICENCE_DAYS", 730, least=1, most=1830),
    "document": env.integer("MITALK_DOCUMENT_DAYS", 730, least=1, most=1830),
}
CLAIM_DECIDED_WITHIN_DAYS = env.integer("MITALK_CLAIM_DECIDED_WITHIN_DAYS", 30, least=1, most=365)

# --- Words ------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"  # what people sent; with several web processes, a folder that they share
PRIVATE_DIR = BASE_DIR / env.text("MITALK_PRIVATE_DIR", str(VAR_DIR / "private"))  # encrypted files, never served
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {  # no address leads to it: its files go out through views that ask who wants them
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": PRIVATE_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_BYTES  # of a form, its files left aside
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 2**20  # more than a document has: it is on no disk before it is encrypted

BACKUP_DIR = env.text("MITALK_BACKUP_DIR")  # where `manage.py backup` writes; `doctor` looks how old the newest is

# --- Headers ----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the admin's own style sheets use data: icons
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *env.open_id_origins()],  # Chromium holds it against the redirect of a form, too
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "autoplay": ["self"],
    "camera": [],
    "display-capture": [],
    "geolocation": [],
    "gyroscope": [],
    "microphone": ["self"],
    "midi": [],
    "payment": [],
    "usb": [],
}
SECURE_REFERRER_POLICY = "same-origin"  # an invite's link must not leak by a referrer
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms hold it; no script reads it
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- Seeing: docs/operating/seeing.md ---------------------------------------------------------------------------

MITALK_METRICS_TOKEN = env.text("MITALK_METRICS_TOKEN")  # a bearer's, for whoever reads /metrics from elsewhere
MITALK_METRICS_NETWORKS = env.networks("MITALK_METRICS_NETWORKS")  # that read it without, besides this machine
MITALK_METRICS_BIND = env.text("MITALK_METRICS_BIND", "127.0.0.1")
MITALK_METRICS_PORT = env.integer("MITALK_METRICS_PORT", 0, least=0, most=65535)  # of the audio worker; 0: none
MITALK_JOBS_METRICS_PORT = env.integer("MITALK_JOBS_METRICS_PORT", 0, least=0, most=65535)  # of the jobs; 0: none
MITALK_SENTRY_DSN = env.text("MITALK_SENTRY_DSN")  # errors go there, with nothing of anybody's; off without
MITALK_SENTRY_ENVIRONMENT = env.text("MITALK_SENTRY_ENVIRONMENT")
MITALK_CORE_HOUR_PRICE = env.price("MITALK_CORE_HOUR_PRICE")  # 0.04 EUR

# --- Logs -------------------------------------------------------------------------------------------------------

MITALK_LOG_JSON = env.flag("MITALK_LOG_JSON", False)
LOGGING = logging_settings(as_json=MITALK_LOG_JSON)
