"""The Django project, and the address of the clinic-wide apps."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
