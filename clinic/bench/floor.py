"""The cheapest page possible: one row by its primary key, one small template."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from patients.models import Patient


def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the server runs."""
    return HttpResponse("alive")


def one_row(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show one invented patient."""
    return render(request, "bench/floor.html", {"patient": Patient.objects.get(pk=patient_id)})


urlpatterns = [path("healthz", alive), path("<uuid:patient_id>/", one_row)]
