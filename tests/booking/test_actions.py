"""Booking a visit: what it takes, what stands in its way, and what is registered with it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from clinic.audit.models import Event
from clinic.booking import actions
from clinic.booking.models import Appointment, Status
from clinic.messaging.models import Message
from clinic.practice.models import Room
from patients.models import SiteRegistration
from tests.booking.conftest import NOW, monday
from tests.booking.words import events, sentences
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db


def test_a_booking_takes_its_length_from_the_service_and_is_audited(book, reception):
    appointment = book()
    assert appointment.status == Status.BOOKED
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=30)
    assert appointment.booked_by == reception
    assert events(appointment) == ["booked Consultation for 23-Nov-2026 10:00"]


def test_the_length_may_be_another(book):
    assert book(duration_minutes=45).duration_minutes == 45


def test_an_hour_stays_an_hour_when_the_clocks_change(book, site):
    site.opens_at = time(0)
    site.save()
    before_the_change = datetime(2026, 3, 29, 0, 30, tzinfo=site.zone)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    appointment = book(starts_at=before_the_change, duration_minutes=60, now=now)
    assert appointment.duration_minutes == 60
    assert appointment.ends_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [0, -30, 4, 725])
def test_an_impossible_length_is_refused(book, minutes):
    with pytest.raises(ValidationError) as error:
        book(duration_minutes=minutes)
    assert "duration_minutes" in sentences(error)
    assert not Appointment.objects.exists()


def test_reversed_times_are_named_as_such_and_not_as_a_double_booking(book):
    appointment = book()
    appointment.starts_at, appointment.ends_at = appointment.ends_at, appointment.starts_at
    with pytest.raises(ValidationError) as error:
        appointment.full_clean()
    assert sentences(error) == {"ends_at": ["The appointment must end after it starts."]}


def test_the_practitioner_in_the_way_is_named_with_the_visit(book, site):
    book()
    with pytest.raises(ValidationError) as error:
        book(patient=PatientFactory(site=site), room=RoomFactory(site=site))
    assert sentences(error) == {
        "practitioner": ["Dr Amy Test is booked 10:00–10:30: Consultation of TESTPERSON, Invented"]
    }


def test_the_room_in_the_way_is_named_with_the_visit(book, site):
    book()
    with pytest.raises(ValidationError) as error:
        book(
            patient=PatientFactory(site=site),
            practitioner=ClinicianFactory(sites=[site]),
            starts_at=monday(10, 15),
        )
    assert sentences(error) == {
        "room": ["Room 1 is taken 10:00–10:30: Consultation of TESTPERSON, Invented"]
    }


def test_the_patient_in_the_way_is_named_with_whom_and_where(book, site):
    book()
    with pytest.raises(ValidationError) as error:
        book(practitioner=ClinicianFactory(sites=[site]), room=RoomFactory(site=site))
    assert sentences(error) == {
        "patient": [
            "TESTPERSON, Invented is booked 10:00–10:30: "
            "Consultation with Dr Amy Test, Henley Test Site"
        ]
    }


def test_a_patient_of_another_site_is_not_named(book, doctor, site):
    elsewhere = RoomFactory(site=SiteFactory())
    doctor.sites.add(elsewhere.site)
    stranger = PatientFactory(family_name="Secret", site=elsewhere.site)
    AppointmentFactory(
        patient=stranger, room=elsewhere, practitioner=doctor, starts_at=monday(10, 10)
    )
    with pytest.raises(ValidationError) as error:
        book(by=ReceptionFactory(sites=[site]))
    assert sentences(error) == {"practitioner": ["Dr Amy Test is booked 10:10–10:40"]}


def test_adjacent_appointments_are_fine(book):
    book()
    book(patient=PatientFactory(), starts_at=monday(10, 30))
    book(patient=PatientFactory(), starts_at=monday(9, 30))
    assert Appointment.objects.count() == 3


def test_a_cancelled_time_is_free_again(book, reception):
    first = book()
    actions.cancel(by=reception, appointment=first, reason="Unwell", now=NOW)
    assert book().status == Status.BOOKED


def test_a_past_time_is_refused(book):
    with pytest.raises(ValidationError) as error:
        book(starts_at=monday(10), now=monday(11, 1))
    assert sentences(error) == {"starts_at": ["That time is past. Choose a later one."]}


def test_somebody_who_walked_in_is_booked_up_to_an_hour_late_and_told_nothing(book):
    assert book(starts_at=monday(10), now=monday(11)).starts_at == monday(10)
    assert not Message.objects.exists()


def test_a_visit_of_yesterday_is_not_booked_however_lately_it_began(book, site):
    site.opens_at, site.closes_at = time(0), time(23, 59)
    with pytest.raises(ValidationError) as error:
        book(starts_at=monday(23), duration_minutes=30, now=monday(23) + timedelta(hours=1))
    assert sentences(error) == {"starts_at": ["That time is past. Choose a later one."]}


def test_an_appointment_is_not_moved_to_a_time_that_is_past(book, reception):
    appointment = book(starts_at=monday(15))
    with pytest.raises(ValidationError) as error:
        actions.move(
            by=reception,
            appointment=appointment,
            starts_at=monday(10),
            practitioner=appointment.practitioner,
            room=appointment.room,
            duration_minutes=30,
            revision=appointment.revision,
            now=monday(10, 1),
        )
    assert sentences(error) == {"starts_at": ["That time is past. Choose a later one."]}


@pytest.mark.parametrize(
    ("starts_at", "minutes"), [(monday(7, 55), 30), (monday(19, 45), 30), (monday(19, 0), 720)]
)
def test_outside_opening_hours_is_refused(book, starts_at, minutes):
    with pytest.raises(ValidationError) as error:
        book(starts_at=starts_at, duration_minutes=minutes)
    assert "is open from 08:00 to 20:00" in sentences(error)["starts_at"][0]


def test_the_whole_opening_time_may_be_used(book):
    book(starts_at=monday(8))
    book(starts_at=monday(19, 30))


def test_a_room_of_another_site_or_kind_is_refused(book, site):
    with pytest.raises(ValidationError) as error:
        book(room=RoomFactory(name="Far Room"))
    assert sentences(error)["room"][0].startswith("Far Room is not at Henley Test Site.")
    with pytest.raises(ValidationError) as error:
        book(room=RoomFactory(site=site, kind=Room.Kind.TREATMENT, name="Theatre"))
    assert "needs a consulting room" in sentences(error)["room"][0]


def test_only_active_clinicians_of_the_site_see_patients(book, reception, doctor):
    for practitioner in (reception, ClinicianFactory(sites=[SiteFactory()])):
        with pytest.raises(ValidationError) as error:
            book(practitioner=practitioner)
        assert "practitioner" in sentences(error)
    doctor.is_active = False
    doctor.save()
    with pytest.raises(ValidationError) as error:
        book()
    assert "does not see patients" in sentences(error)["practitioner"][0]


def test_nobody_books_at_a_site_where_they_do_not_work(book):
    with pytest.raises(ValidationError) as error:
        book(by=ReceptionFactory(sites=[SiteFactory()]))
    assert "site" in sentences(error)


def test_a_service_that_is_no_longer_offered_is_refused(book, service):
    service.is_active = False
    with pytest.raises(ValidationError) as error:
        book()
    assert "service" in sentences(error)


def test_the_patient_must_be_of_age_on_the_day(book):
    with pytest.raises(ValidationError) as error:
        book(patient=PatientFactory(date_of_birth=date(2008, 11, 24)))
    assert "under 18 on 23-Nov-2026" in sentences(error)["patient"][0]
    book(patient=PatientFactory(date_of_birth=date(2008, 11, 23)))


def test_who_did_not_say_when_they_were_born_is_booked_and_asked_at_the_visit(book):
    assert book(patient=PatientFactory(date_of_birth=None))


def test_booking_registers_the_patient_at_the_site_once(book, site):
    newcomer = PatientFactory()
    book(patient=newcomer)
    book(patient=newcomer, starts_at=monday(11))
    assert SiteRegistration.objects.filter(patient=newcomer, site=site).count() == 1
    told = Event.objects.filter(patient_id=newcomer.pk, kind="patients.site_added")
    assert [event.sentence for event in told] == ["added the patient to Henley Test Site"]


def test_a_note_that_is_too_long_is_refused_by_name(book):
    with pytest.raises(ValidationError) as error:
        book(note="x" * 201)
    assert list(sentences(error)) == ["note"]


def test_what_is_registered_is_called_in_the_same_transaction(book, monkeypatch):
    calls = []

    def attach(appointment, *, by, context):
        calls.append((appointment, by, context))
        raise ValidationError("The review is booked already.")

    monkeypatch.setattr(actions, "after_booking", [attach])
    with pytest.raises(ValidationError):
        book(context={"review": "some-id"})
    assert calls[0][2] == {"review": "some-id"}
    assert not Appointment.objects.exists()
