"""Addresses of the app."""

from django.urls import URLPattern, path

from clinic.booking.views import appointment, arrivals, booking, diary

app_name = "booking"

diary_urls = [
    path("diary/", diary.diary, name="diary"),
    path("diary/new/", booking.new, name="new"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
]

appointment_urls = [
    path("appointments/<uuid:appointment_id>/", appointment.appointment_page, name="appointment"),
    path("appointments/<uuid:appointment_id>/move/", booking.move, name="move"),
    path("appointments/<uuid:appointment_id>/cancel/", appointment.cancel, name="cancel"),
    path("appointments/<uuid:appointment_id>/step/", arrivals.step, name="step"),
    path("patients/<uuid:patient_id>/appointments/", appointment.for_patient, name="for_patient"),
]

urlpatterns: list[URLPattern] = [*diary_urls, *appointment_urls]
