"""Every setting, read from the environment; a missing one in production is an error at start.

A setting NAME may be given as NAME, or as NAME_FILE holding the path of a file with its value
(so that secrets stay out of the process environment).
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import pghistory
import structlog
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from clinic.logging import LOGGING as LOGGING
from clinic.logging import STRUCTLOG_PROCESSORS

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DJANGO_DEBUG", default=False)
DEMO = env.bool("ANAGEN_DEMO", default=False)
TESTING = env.bool("DJANGO_TESTING", default=False)
PRODUCTION = not (DEBUG or DEMO or TESTING)


def required(name: str, fallback: str) -> str:
    """Return a setting that production must give; elsewhere a fallback will do."""
    value = env.str(name, default="")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE) in the environment.")
    return fallback


def refuse_to_share(broker_url: str, cache_url: str) -> None:
    """Refuse one database for both: whoever empties the cache would empty the queue with it."""
    broker, cache = (
        (given.hostname, given.port or 6379, given.path.strip("/") or "0")
        for given in (urlsplit(broker_url), urlsplit(cache_url))
    )
    if broker == cache:
        raise ImproperlyConfigured("CACHE_URL and BROKER_URL name the same database.")


SECRET_KEY = required("SECRET_KEY", "only-for-development-and-never-in-production-0123456789")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
PUBLIC_URL = required("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_structlog",
    "pghistory",
    "pgtrigger",
    "clinic.base",
    "clinic.audit",
    "clinic.practice",
    "clinic.staff",
    "patients",
    "clinic.messaging",
    "clinic.documents",
    "clinic.photos",
    "clinic.booking",
    "treatments",
    "followups",
    "clinic.questionnaires",
    "clinic.consenting",
    "clinic.caseload",
    "clinic.portal",
]

MIDDLEWARE = [
    "clinic.middleware.RequestLogMiddleware",
    "clinic.middleware.RefuseNulMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.middleware.PrivatePagesMiddleware",
    "clinic.staff.middleware.SignedInMiddleware",
    "clinic.staff.middleware.SecondFactorMiddleware",
    "clinic.staff.handover.HandedOverMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.audit.middleware.HistoryContextMiddleware",
    "patients.middleware.FollowMergedRecordMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.navigation.frame",
            ],
            "builtins": ["clinic.base.templatetags.anagen"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Database ------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(required("DATABASE_URL", "postgres://localhost/anagen"))}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})
# The server may keep plans for a connection (only clinic/base/prepared.py asks it to), and is to
# plan such a query once and not for each value: they all look rows up by their keys.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 0
DATABASES["default"]["OPTIONS"].setdefault("options", "-c plan_cache_mode=force_generic_plan")
if not TESTING:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_SCHEMA_EDITOR = True
# What a row was is looked up by the row, and by nothing else.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

# Broker, cache, Celery -----------------------------------------------------------------------
BROKER_URL = required("BROKER_URL", "redis://127.0.0.1:6379/0")
CACHE_URL = required("CACHE_URL", "redis://127.0.0.1:6379/1")
refuse_to_share(BROKER_URL, CACHE_URL)
CACHES = {
    "default": {
        "BACKEND": "clinic.cache.KeptClientCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    # One more try and no pause: whoever books must not wait for a broker that is down.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BEAT_SCHEDULE = {
    "send due messages": {"task": "messaging.send_due", "schedule": 10.0},
    "finish requested documents": {"task": "documents.render_requested", "schedule": 60.0},
    "finish photo derivatives": {"task": "photos.derive_missing", "schedule": 60.0},
    "go on with imports": {"task": "patients.work_on_imports", "schedule": 60.0},
    "look for double records": {
        "task": "patients.look_for_pairs",
        "schedule": crontab(hour="3", minute="10"),
    },
    "remove expired sessions": {"task": "base.clear_sessions", "schedule": 3600.0},
    "heartbeat": {"task": "base.heartbeat", "schedule": 30.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE_FILE", default="celerybeat-schedule")

# Sign-in -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["clinic.staff.backends.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "clinic.staff.adapters.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "clinic.staff.forms.SignInForm",
    "reset_password": "clinic.staff.forms.ForgottenPasswordForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# allauth's own writes an unconfirmed address for whoever asks for a link. Django's does not, and
# ends a link all the same when the address changes.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Anagen: "
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
# Behind the proxy every client has the proxy's address; rate limits need the real one.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# The clinic vouches for an address when it makes the account: nobody signs up with another's.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Anagen"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO or TESTING
MFA_FORMS = {
    "authenticate": "clinic.staff.second_factor.SecondFactorForm",
    "reauthenticate": "clinic.staff.second_factor.SecondFactorAgainForm",
}
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=PRODUCTION)
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "clinic.staff.adapters.StaffSessionsAdapter"

# Not in the cache as well: what it kept while it could not be told would let an ended session live.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=10) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_NAME = "anagen_session"
CSRF_COOKIE_NAME = "anagen_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "clinic.views.csrf_failure"

# Headers -------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}
SECURE_SSL_REDIRECT = PUBLIC_URL.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https://") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Language and time ---------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = env.str("TIME_ZONE", default="Europe/London")
USE_TZ = True
USE_I18N = True

# Files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "media"))
# The web proxy's internal location for private files; empty means the app sends them itself.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", default="")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # No public address leads to a private file: the base URL is deliberately unusable.
        "OPTIONS": {"base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "clinic.assets.CompressedAddresses"
        if env.bool("COMPRESS_STATIC", default=True)
        else "clinic.assets.KeptAddresses"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# Elsewhere the files are listed once; a test has an application of its own for every person.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
PHOTO_MAX_BYTES = env.int("PHOTO_MAX_MB", default=25) * 1024 * 1024
PHOTO_MAX_PIXELS = env.int("PHOTO_MAX_MEGAPIXELS", default=60) * 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# E-mail --------------------------------------------------------------------------------------
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default="")
if EMAIL_FILE_PATH:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
else:
    vars().update(env.email_url_config(required("EMAIL_URL", "consolemail://")))
# Somebody waits for a mail about their own account: not for as long as a server may hang.
EMAIL_TIMEOUT = 10
# Text messages: "none", or the dotted path of a class as in clinic/messaging/sms.py.
SMS_BACKEND = env.str(
    "SMS_BACKEND", default="clinic.messaging.sms.FileSms" if EMAIL_FILE_PATH else "none"
)
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "Anagen <clinic@example.test>")

# Who writes to patients and signs their papers.
CLINIC_NAME = env.str("CLINIC_NAME", default="Anagen Clinic")

# Clinic rules that are configuration, not truth -------------------------------------------------
REMINDER_HOURS_BEFORE = env.int("REMINDER_HOURS_BEFORE", default=48)
SUMMARY_LINK_DAYS = env.int("SUMMARY_LINK_DAYS", default=30)
QUESTIONNAIRE_LINK_DAYS = env.int("QUESTIONNAIRE_LINK_DAYS", default=30)
CONSENT_LINK_DAYS = env.int("CONSENT_LINK_DAYS", default=14)
LINK_MAX_ATTEMPTS = env.int("LINK_MAX_ATTEMPTS", default=5)

# Logs ----------------------------------------------------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
structlog.configure(
    processors=STRUCTLOG_PROCESSORS,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SILENCED_SYSTEM_CHECKS: list[str] = []
