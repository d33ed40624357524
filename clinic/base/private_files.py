"""Sending private files: after the permission check, never by a public address."""

from urllib.parse import quote

import structlog
from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

logger = structlog.get_logger(__name__)


def private_file_response(file: FieldFile, *, filename: str, content_type: str) -> HttpResponseBase:
    """Return a private file to be shown in the browser, and kept by no cache.

    With `settings.MEDIA_ACCEL_PREFIX` the web proxy sends the file (X-Accel-Redirect), else this
    process does. Raises `Http404` where the file is missing. The caller has checked who asks.
    """
    name = file.name or ""
    if not name or not file.storage.exists(name):
        logger.error("private_file_missing", file=name)
        raise Http404("The file is missing.")
    if settings.MEDIA_ACCEL_PREFIX:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.MEDIA_ACCEL_PREFIX + quote(name)
    else:
        response = FileResponse(file.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(False, filename) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
