"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.portal import consents, identity, questions, views

app_name = "portal"

_CONSENT = "my/<str:token>/consents/<uuid:consent_id>/"

urlpatterns: list[URLPattern] = [
    path("my/<str:token>/", views.enter, name="enter"),
    path("my/<str:token>/documents/<uuid:document_id>/", views.document, name="document"),
    path("my/<str:token>/leave/", views.leave, name="leave"),
    path("my/<str:token>/code/", identity.code, name="code"),
    path("my/<str:token>/consents/", consents.consent_list, name="consents"),
    path(_CONSENT, consents.consent, name="consent"),
    path(f"{_CONSENT}question/", consents.question, name="consent_question"),
    path(f"{_CONSENT}change/", consents.change_mind, name="change_mind"),
    path("my/<str:token>/questions/", questions.questions, name="questions"),
    path("my/<str:token>/questions/check/", questions.check_answers, name="check_answers"),
    path("my/<str:token>/questions/<slug:part>/", questions.part, name="question_part"),
]
