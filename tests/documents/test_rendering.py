"""PDFs that can be listened to, made without the network."""

import io
import socket

import pytest
from django.conf import settings
from django.test import override_settings
from PIL import Image
from pypdf import PdfReader

from clinic.documents.rendering import CannotRenderError, render_pdf, static_path
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("The network was asked for.")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def sheet(tmp_path):
    """Return a function that renders a body on the sheet of the clinic."""

    def render(body, family_name="Wiśniewska", **pictures):
        people = {
            "patient": PatientFactory.build(family_name=family_name, given_names="Ευσταθία Tưởng"),
            "site": SiteFactory.build(name="Henley-in-Arden"),
            "phone": "01632 960100",
        }
        (tmp_path / "body.html").write_text(
            '{% extends "pdf/base.html" %}{% block title %}Invented{% endblock %}'
            "{% block heading %}Invented{% endblock %}"
            "{% block content %}" + body + "{% endblock %}"
        )
        templates = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
        with override_settings(TEMPLATES=templates):
            return render_pdf("body.html", people, pictures=pictures)

    return render


def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def test_it_is_tagged_titled_and_in_english(sheet, no_network):
    rendered = sheet("<h2>Part</h2><p>Words</p>")
    reader = PdfReader(io.BytesIO(rendered.content))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Invented"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert rendered.page_count == len(reader.pages) == 1


def test_names_in_other_alphabets_are_embedded_in_our_own_font(sheet, no_network):
    reader = PdfReader(io.BytesIO(sheet("<p>Ж</p>").content))
    text = reader.pages[0].extract_text()
    for words in ("WIŚNIEWSKA", "Ευσταθία", "Tưởng", "Ж"):
        assert words in text
    fonts = reader.pages[0]["/Resources"]["/Font"]
    names = [font.get_object()["/BaseFont"].split("+")[1] for font in fonts.values()]
    assert names
    assert all(name.startswith(("Inter", "Hyphen")) for name in names), names


def test_every_page_says_who_it_is_about(sheet):
    rendered = sheet('<p style="break-after: page">One</p><p>Two</p>')
    pages = PdfReader(io.BytesIO(rendered.content)).pages
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of 2" in page.extract_text()
        assert "WIŚNIEWSKA" in page.extract_text()


def test_a_picture_that_was_handed_over_is_shown(sheet, no_network):
    rendered = sheet('<img src="picture:vertex" alt="Vertex">', vertex=picture())
    (page,) = PdfReader(io.BytesIO(rendered.content)).pages
    assert len(page.images) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://example.test/spy.png",
        "https://example.test/spy.png",
        "ftp://example.test/spy.png",
        "file:///etc/hostname",
        "file:///etc/passwd",
        "../clinic/settings.py",
        "picture:another",
        "data:image/png;base64,AAAA",
    ],
)
def test_anything_else_stops_the_document(sheet, no_network, address):
    with pytest.raises(CannotRenderError):
        sheet(f'<img src="{address}" alt="Spy">', vertex=picture())


def test_a_link_out_of_the_static_files_is_not_followed(tmp_path):
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    with pytest.raises(ValueError, match="static"):
        static_path(outside.as_uri())
    with pytest.raises(ValueError, match="static"):
        static_path((settings.BASE_DIR / "static" / ".." / "manage.py").as_uri())


def test_words_of_people_are_not_markup(sheet):
    name = "<img src=http://example.test/x>"
    text = PdfReader(io.BytesIO(sheet("<p>Words</p>", family_name=name).content)).pages[0]
    assert name.upper() in text.extract_text()
