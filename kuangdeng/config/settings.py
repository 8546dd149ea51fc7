"""Settings of one installation. Everything that differs between mines comes from the environment; see README."""

from pathlib import Path

import pghistory

from kuangdeng.config import environment as env

PACKAGE = Path(__file__).resolve().parent.parent
DATA = env.data_folder()
FILES_ROOT = DATA / "files"
"""Photos and attachments by sha256; never served without asking who wants to see them."""

DEBUG = env.yes("KUANGDENG_DEBUG")
TESTING = env.yes("KUANGDENG_TESTING")
SECRET_KEY = env.secret_key()

# --- addresses and the proxy in front -----------------------------------------------------------------------------
# In the mine's own network people type an address of the moment, so any host is served unless hosts are named.
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = env.listing("KUANGDENG_TRUSTED_PROXIES")
"""Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are."""
HTTPS_ONLY = env.yes("KUANGDENG_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_SSL_REDIRECT = False  # the proxy redirects; doing it here as well loops when the header is missing
SECURE_HSTS_SECONDS = env.number("KUANGDENG_HSTS_SECONDS", 0)
if TRUSTED_PROXIES:
    # The proxy middleware removes the header from everybody else before Django looks at it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "kuangdeng.web",
    "kuangdeng.hazards",
    "kuangdeng.learning",
    "kuangdeng.org",
    "kuangdeng.ledger",
    "kuangdeng.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "kuangdeng.kernel.middleware.TrustedProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "kuangdeng.kernel.middleware.ContentSecurityPolicy",
    "kuangdeng.kernel.middleware.WholeAndCleanInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kuangdeng.kernel.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "kuangdeng.org.middleware.SignedIn",
    "kuangdeng.kernel.web.RefusalMiddleware",
]
LANES = ["kuangdeng.learning.exams.views.lane.AnswersFirst"]
"""What stands before all of these, for what comes so often that it must not pass them."""
ROOT_URLCONF = "kuangdeng.config.urls"
WSGI_APPLICATION = "kuangdeng.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kuangdeng.web.frame.frame",
            ],
        },
    },
]

# --- database and jobs --------------------------------------------------------------------------------------------
DATABASES = {"default": env.django_database(env.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PGHISTORY_ADMIN_ORDERING = "-pgh_created_at"

# --- history ------------------------------------------------------------------------------------------------------
# Read by its row, seldom, and written with every change: no other index.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(null=True, db_index=False)

# --- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "kuangdeng.org.sign_in.NumberBackend",
]
LOGIN_URL = "org:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "org:sign_in"
if TESTING:  # the real hasher takes half a second by intent
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# What a good password is, org.rules.password_fault says in the mine's words.
AUTH_PASSWORD_VALIDATORS: list[dict[str, object]] = []
# A lamp-room terminal is shared by a whole shift: one person's wrong passwords must not lock out the others.
AXES_USERNAME_FORM_FIELD = (
    "username"  # mine and number as `org.sign_in.login_name` joins them; axes would look for "id"
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the sentence says how long, and that must hold
AXES_LOCKOUT_CALLABLE = "kuangdeng.org.views.entry.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "kuangdeng.kernel.middleware.client_address"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "kuangdeng_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_NAME = "kuangdeng_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
# In a signed cookie, else every verb would write the session twice; signing out empties it (org.sign_in).
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# --- headers ------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kuangdeng_language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FIRST_DAY_OF_WEEK = 1

# --- files and static ---------------------------------------------------------------------------------------------
MEDIA_ROOT = FILES_ROOT
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2"),
    *("map",),  # for a developer's tools only
]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- mail ---------------------------------------------------------------------------------------------------------
globals().update(env.email(env.text("KUANGDENG_EMAIL_URL")))
PUBLIC_URL = env.text("KUANGDENG_PUBLIC_URL")
"""Where people reach this installation, for links in mails: https://kuangdeng.example.cn"""

CHANNELS_MAY_LOOP_BACK = env.yes("KUANGDENG_CHANNELS_MAY_LOOP_BACK")
"""Whether a robot or an SMS gateway may stand on this machine itself; else such an address is refused."""

# --- log ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("KUANGDENG_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "kuangdeng": {"level": env.text("KUANGDENG_LOG_LEVEL", "INFO")},
    },
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
