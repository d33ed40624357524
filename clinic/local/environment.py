"""The environment variables that each kind of run gives to the settings."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from clinic.local.workspace import Workspace

# What a program needs from the machine. Nothing else is passed on, so that a
# variable of the product exported by hand cannot reach a run by accident.
FROM_THE_MACHINE = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "ANAGEN_DATA_DIR",
)


def machine(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The part of our environment that children inherit."""
    return {name: environ[name] for name in FROM_THE_MACHINE if name in environ} | {
        "PYTHONUNBUFFERED": "1"
    }


def demo(
    workspace: Workspace,
    *,
    port: int,
    database_url: str,
    broker_url: str,
    cache_url: str,
) -> dict[str, str]:
    """The settings of the demo: a fictional clinic on a loopback address."""
    address = f"http://127.0.0.1:{port}"
    return machine() | {
        "ANAGEN_DEMO": "true",
        "DJANGO_DEBUG": "false",
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "CACHE_URL": cache_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": address,
        "CSRF_TRUSTED_ORIGINS": f"{address},http://localhost:{port}",
        "MEDIA_ROOT": str(workspace.media),
        "STATIC_ROOT": str(workspace.static),
        "COMPRESS_STATIC": "false",
        "EMAIL_FILE_PATH": str(workspace.mail),
        "BEAT_SCHEDULE_FILE": str(workspace.path / "beat-schedule"),
    }


def production(
    folder: Path, *, database_url: str, broker_url: str, cache_url: str
) -> dict[str, str]:
    """Settings like a real deployment's, for checks that look at those."""
    return machine() | {
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "CACHE_URL": cache_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "clinic.example.test",
        "PUBLIC_URL": "https://clinic.example.test",
        "CSRF_TRUSTED_ORIGINS": "https://clinic.example.test",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "DEFAULT_FROM_EMAIL": "Clinic <clinic@example.test>",
        "MEDIA_ROOT": str(folder / "media"),
        "MEDIA_ACCEL_PREFIX": "/private-media/",
        "STATIC_ROOT": str(folder / "static"),
        "BEAT_SCHEDULE_FILE": str(folder / "beat-schedule"),
    }
