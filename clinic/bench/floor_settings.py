"""Settings of the floor: the product's tables, and nothing of its frame."""

from clinic import settings as product
from clinic.settings import (
    ALLOWED_HOSTS,
    AUTH_USER_MODEL,
    DATABASES,
    DEFAULT_AUTO_FIELD,
    INSTALLED_APPS,
    SECRET_KEY,
    TIME_ZONE,
    USE_TZ,
)

__all__ = [
    "ALLOWED_HOSTS",
    "AUTH_USER_MODEL",
    "DATABASES",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "SECRET_KEY",
    "TIME_ZONE",
    "USE_TZ",
]

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "clinic.bench.floor"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [product.BASE_DIR / "clinic" / "bench" / "templates"],
    }
]
