"""What the surroundings say: environment variables, the data folder, the secret key. No Django in here."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

from kuangdeng.kernel.postgres import Cluster


def text(name: str, default: str = "") -> str:
    """A variable that is set but empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    return int(text(name, str(default)))


def yes(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def listing(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def data_folder() -> Path:
    """Everything that this mine owns: database, photos, secret key, logs."""
    return Path(os.path.abspath(text("KUANGDENG_DATA", "data")))


def cluster_home() -> Path:
    return data_folder() / "postgres"


def own_database() -> bool:
    """No address was given, so the embedded PostgreSQL under the data folder serves."""
    return not text("DATABASE_URL")


def database_url() -> str:
    return text("DATABASE_URL") or Cluster(cluster_home()).address()


def django_database(url: str) -> dict[str, Any]:
    """Django's settings for one address; whatever libpq understands may stand in it."""
    parts = dict(conninfo_to_dict(url))
    pool = number("KUANGDENG_DB_POOL", 0)
    options: dict[str, Any] = {}
    if pool:
        # A request waits for a connection rather than opening the 101st one.
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10, "max_idle": 300}
    said = [str(parts.pop("options", ""))]
    for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        if value := text(f"KUANGDENG_{setting.upper()}"):
            said.append(f"-c {setting}={value}")
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": str(parts.pop("dbname", "") or "kuangdeng"),
        "USER": str(parts.pop("user", "") or ""),
        "PASSWORD": str(parts.pop("password", "") or ""),
        "HOST": str(parts.pop("host", "") or ""),
        "PORT": str(parts.pop("port", "") or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, **options, "options": " ".join(part for part in said if part)},
    }
    if not database["OPTIONS"]["options"]:
        del database["OPTIONS"]["options"]
    return database


def email(url: str) -> dict[str, Any]:
    """`smtp://user:password@host:port/?tls=1&from=...` as Django's settings; empty means that no mail leaves."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "EMAIL_CONFIGURED": False}
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend", "EMAIL_CONFIGURED": True}
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_CONFIGURED": True,
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": asked.get("tls", "") in {"1", "true", "yes"},
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": asked.get("from", unquote(parts.username or "") or "kuangdeng@localhost"),
    }


def secret_key() -> str:
    """From the environment, else from a file made on the first run that only we can read.

    Several processes may start at once: whoever links its file first wins, the others read it.
    """
    if given := text("KUANGDENG_SECRET_KEY"):
        return given
    folder = data_folder()
    path = folder / "secret_key"
    if not path.exists():
        # On top of 0700 the folder lets others pass through, not list: as root the database runs as another user.
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        fresh = folder / f".secret_key.{os.getpid()}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
