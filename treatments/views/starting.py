"""Starting a session, from the plan or from an appointment."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.booking.models import Appointment
from clinic.practice.models import Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, record_opening
from patients.banner import patient_context
from patients.models import Case, Patient
from treatments.access import get_appointment, todays_appointment
from treatments.actions.starting import start_session
from treatments.courses import CourseState, course_states


@require(Permission.RECORD_CLINICAL)
def start(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Choose what to start, and start it; an open draft of the same is opened instead."""
    user = signed_in(request)
    asked = request.POST or request.GET
    patient = get_patient(user, patient_id)
    case = open_case(patient)
    courses = course_states(case) if case else []
    appointment = get_appointment(patient, asked.get("appointment", ""))
    course = _course(courses, asked.get("technique", ""), appointment)
    if course is not None and course.draft is not None:
        return redirect("treatments:session", patient.pk, course.draft.pk)
    if appointment is None:
        technique = course.plan.technique if course else asked.get("technique", "")
        appointment = todays_appointment(user, patient, technique, timezone.now())
    problems: list[str] = []
    if request.method == "POST" and case is not None:
        try:
            return _started(request, patient, case, appointment)
        except ValidationError as error:
            problems = error.messages
    record_opening(request, patient.pk, page="the start of a session")
    context = {
        **patient_context(patient),
        "case": case,
        "courses": [course] if course else courses,
        "appointment": appointment,
        "site": _site(request, appointment),
        "problems": problems,
    }
    return render(request, "treatments/start.html", context, status=422 if request.POST else 200)


def _course(
    courses: list[CourseState], technique: str, appointment: Appointment | None
) -> CourseState | None:
    """The course asked for: by name, by the service booked, or the only one there is."""
    wanted = technique or (appointment.service.technique if appointment else "")
    for course in courses:
        if course.plan.technique == wanted:
            return course
    return courses[0] if len(courses) == 1 and not wanted else None


def _site(request: HttpRequest, appointment: Appointment | None) -> Site:
    site = appointment.site if appointment else current_site(request)
    if not signed_in(request).works_at(site.pk):
        raise Http404("This appointment is at another site.")
    return site


def _started(
    request: HttpRequest, patient: Patient, case: Case, appointment: Appointment | None
) -> HttpResponse:
    session = start_session(
        by=signed_in(request),
        case=case,
        technique=request.POST.get("technique", ""),
        site=_site(request, appointment),
        appointment=appointment,
        now=timezone.now(),
    )
    return redirect("treatments:session", patient.pk, session.pk)
