"""Settings of the floor: the product's database and tables, and nothing of its frame."""

from clinic import settings as product

ALLOWED_HOSTS = product.ALLOWED_HOSTS
DATABASES = product.DATABASES
SECRET_KEY = product.SECRET_KEY
USE_TZ = product.USE_TZ
AUTH_USER_MODEL = product.AUTH_USER_MODEL
DEFAULT_AUTO_FIELD = product.DEFAULT_AUTO_FIELD
# A patient's row, and what its model refers to.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "pghistory",
    "pgtrigger",
    "clinic.base",
    "clinic.audit",
    "clinic.practice",
    "clinic.staff",
    "patients",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "clinic.bench.floor"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [product.BASE_DIR / "clinic" / "bench" / "templates"],
    }
]
