"""HTML to PDF, tagged for people who listen to it, without the network.

A stylesheet, a font or a drawing comes from the product's own static files, a photograph from the
bytes that the caller hands over; nothing else can be fetched, whatever a template asks for.
"""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

    from clinic.documents.models import Document

STATIC = settings.BASE_DIR / "static"
PICTURE_SCHEME = "picture"


class CannotRenderError(Exception):
    """The document cannot be made; the text is a sentence for the person who asked for it."""


@dataclass(frozen=True)
class Rendered:
    """A PDF and how many pages it has."""

    content: bytes
    page_count: int


# How each kind of document is made. Apps above fill this in `AppConfig.ready()`.
renderers: "dict[str, Callable[[Document], Rendered]]" = {}


def render_pdf(
    template: str, context: dict[str, Any], *, pictures: Mapping[str, bytes] | None = None
) -> Rendered:
    """Render a template that extends `pdf/base.html` as a tagged PDF (PDF/UA-1).

    `pictures` are JPEG or PNG bytes by name, shown by `<img src="picture:NAME">`. Raises
    `CannotRenderError` where the template asks for anything that it may not have.
    """
    from weasyprint import HTML  # heavy: loaded by the worker that needs it, not by each process
    from weasyprint.urls import FatalURLFetchingError

    html = render_to_string(template, context)
    fetcher = _fetcher(pictures or {})
    try:
        document = HTML(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=fetcher).render(
            pdf_variant="pdf/ua-1"
        )
        content = document.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as error:
        raise CannotRenderError("The document asks for a file that it may not have.") from error
    return Rendered(content=content, page_count=len(document.pages))


def _fetcher(pictures: Mapping[str, bytes]) -> "Callable[..., URLFetcherResponse]":
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    def fetch(url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, rest = url.partition(":")
        try:
            if scheme == PICTURE_SCHEME:
                return URLFetcherResponse(url, pictures[rest])
            if scheme == "file":
                path = static_path(url)
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _type(path)})
        except (KeyError, OSError, ValueError) as error:
            raise FatalURLFetchingError(f"Not to be had: {scheme}") from error
        raise FatalURLFetchingError(f"Not allowed: {scheme}")

    return fetch


def _type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def static_path(url: str) -> Path:
    """Return the static file that a file URL names.

    Raises `ValueError` for a file anywhere else, also by `..` or a symbolic link.
    """
    path = Path(unquote(urlsplit(url).path)).resolve()
    if not path.is_relative_to(STATIC.resolve()):
        raise ValueError("The file is not one of the product's static files.")
    return path
