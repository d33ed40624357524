"""Booking, moving, cancelling and following a visit."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from clinic.audit.models import Event
from clinic.booking import actions
from clinic.booking.models import Appointment, Status
from clinic.practice.models import Room
from clinic.staff.models import User
from patients.models import SiteRegistration
from tests.booking.conftest import NOW, monday
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db


def sentences(error: pytest.ExceptionInfo) -> dict[str, list[str]]:
    return error.value.message_dict


def events(appointment) -> list[str]:
    return [e.sentence for e in Event.objects.filter(subject_id=appointment.pk).order_by("id")]


def test_a_booking_takes_its_length_from_the_service_and_is_audited(book, reception):
    appointment = book()
    assert appointment.status == Status.BOOKED
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=30)
    assert appointment.booked_by == reception
    assert events(appointment) == ["booked Consultation for 23-Nov-2026 10:00"]


def test_the_length_may_be_another(book):
    assert book(duration_minutes=45).duration_minutes == 45


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
        book(starts_at=monday(10), now=monday(10, 1))
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


# Moving ---------------------------------------------------------------------------------------


@pytest.fixture
def move(reception):
    def do(appointment, **changes):
        values = {
            "by": reception,
            "appointment": appointment,
            "starts_at": appointment.starts_at,
            "practitioner": appointment.practitioner,
            "room": appointment.room,
            "now": NOW,
        }
        return actions.move(**(values | changes))

    return do


def test_a_move_keeps_the_length_forgets_the_confirmation_and_is_audited(book, move, reception):
    appointment = book(duration_minutes=45)
    actions.step_forward(by=reception, appointment=appointment, now=NOW)
    moved = move(appointment, starts_at=monday(14))
    assert (moved.starts_at, moved.ends_at) == (monday(14), monday(14, 45))
    assert (moved.status, moved.confirmed_at, moved.revision) == (Status.BOOKED, None, 1)
    assert events(appointment)[-1] == (
        "moved Consultation from 23-Nov-2026 10:00 to 23-Nov-2026 14:00"
    )


def test_an_appointment_is_not_in_its_own_way(book, move):
    assert move(book(), starts_at=monday(10, 10)).starts_at == monday(10, 10)


def test_a_move_is_refused_where_another_appointment_stands(book, move, site):
    book()
    other = book(patient=PatientFactory(family_name="Second"), starts_at=monday(11))
    with pytest.raises(ValidationError) as error:
        move(other, starts_at=monday(10, 15))
    assert set(sentences(error)) == {"practitioner", "room"}
    other.refresh_from_db()
    assert other.starts_at == monday(11)


def test_another_room_keeps_the_confirmation(book, move, reception, site):
    appointment = book()
    actions.step_forward(by=reception, appointment=appointment, now=NOW)
    moved = move(appointment, room=RoomFactory(site=site))
    assert moved.status == Status.CONFIRMED


def test_the_room_decides_the_site(book, move, doctor):
    appointment = book()
    elsewhere = RoomFactory(site=SiteFactory())
    doctor.sites.add(elsewhere.site)
    moved = move(appointment, room=elsewhere, practitioner=User.objects.get(pk=doctor.pk))
    assert moved.site == elsewhere.site
    assert SiteRegistration.objects.filter(
        patient=appointment.patient, site=elsewhere.site
    ).exists()


def test_a_move_to_where_it_stands_says_so(book, move):
    with pytest.raises(ValidationError, match="already"):
        move(book())


def test_the_second_of_two_movers_is_told(book, move):
    appointment = book()
    move(appointment, starts_at=monday(14), revision=0)
    with pytest.raises(ValidationError, match="Somebody else changed"):
        move(appointment, starts_at=monday(15), revision=0)


def test_a_visit_that_is_over_cannot_be_moved(book, move, reception):
    appointment = book()
    actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)
    with pytest.raises(ValidationError, match="cannot be moved"):
        move(appointment, starts_at=monday(14))


def test_a_waiting_patient_may_be_given_another_room_but_not_another_time(
    book, move, reception, site
):
    appointment = book()
    now = monday(9, 55)
    actions.step_forward(by=reception, appointment=appointment, to=Status.ARRIVED, now=now)
    moved = move(appointment, room=RoomFactory(site=site), now=monday(10, 5))
    assert moved.status == Status.ARRIVED
    with pytest.raises(ValidationError, match="cannot be moved"):
        move(appointment, starts_at=monday(14), now=now)


def test_nobody_moves_or_cancels_at_a_site_where_they_do_not_work(book, move):
    stranger = ReceptionFactory(sites=[SiteFactory()])
    appointment = book()
    with pytest.raises(ValidationError, match="where you do not work"):
        move(appointment, by=stranger, starts_at=monday(14))
    with pytest.raises(ValidationError, match="where you do not work"):
        actions.cancel(by=stranger, appointment=appointment, reason="Unwell", now=NOW)


# Cancelling -------------------------------------------------------------------------------------


def test_a_cancellation_has_a_person_a_time_and_a_reason(book, reception):
    appointment = actions.cancel(by=reception, appointment=book(), reason=" Unwell ", now=NOW)
    assert appointment.status == Status.CANCELLED
    assert (appointment.cancelled_by, appointment.cancelled_at) == (reception, NOW)
    assert appointment.cancelled_reason == "Unwell"
    assert events(appointment)[-1] == "cancelled Consultation of 23-Nov-2026 10:00"


def test_a_cancellation_without_a_reason_changes_nothing(book, reception):
    appointment = book()
    with pytest.raises(ValidationError) as error:
        actions.cancel(by=reception, appointment=appointment, reason="  ", now=NOW)
    assert "reason" in sentences(error)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_a_cancelled_appointment_cannot_be_cancelled_again(book, reception):
    appointment = actions.cancel(by=reception, appointment=book(), reason="Unwell", now=NOW)
    with pytest.raises(ValidationError, match="cannot be cancelled"):
        actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)


# Steps --------------------------------------------------------------------------------------------


def test_a_visit_goes_forward_step_by_step_and_all_the_way_back(book, reception):
    appointment = book()
    now = monday(9, 50)
    forward = []
    for minute in range(4):
        row = actions.step_forward(
            by=reception, appointment=appointment, now=now + timedelta(minutes=minute)
        )
        forward.append(row.status)
    assert forward == ["confirmed", "arrived", "in_room", "done"]
    assert (row.confirmed_at, row.done_at) == (now, now + timedelta(minutes=3))
    back = [
        actions.step_back(by=reception, appointment=appointment, now=now).status for _ in range(4)
    ]
    assert back == ["in_room", "arrived", "confirmed", "booked"]
    appointment.refresh_from_db()
    assert appointment.confirmed_at is None


def test_a_patient_who_never_confirmed_may_arrive_and_step_back_to_booked(book, reception):
    appointment = book()
    now = monday(9, 50)
    row = actions.step_forward(by=reception, appointment=appointment, to="arrived", now=now)
    assert (row.status, row.confirmed_at) == (Status.ARRIVED, None)
    assert actions.step_back(by=reception, appointment=row, now=now).status == Status.BOOKED


@pytest.mark.parametrize("to", ["in_room", "done", "booked", "no_show", "cancelled"])
def test_impossible_orders_are_refused(book, reception, to):
    appointment = book()
    with pytest.raises(ValidationError, match="cannot follow “Booked”"):
        actions.step_forward(by=reception, appointment=appointment, to=to, now=monday(10))
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_nothing_follows_done_and_nothing_comes_before_booked(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="no step back"):
        actions.step_back(by=reception, appointment=appointment, now=NOW)
    for _ in range(4):
        actions.step_forward(by=reception, appointment=appointment, now=monday(10))
    with pytest.raises(ValidationError, match="Nothing can follow “Done”"):
        actions.step_forward(by=reception, appointment=appointment, now=monday(11))


def test_nobody_arrives_on_an_earlier_day(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="is on 23-Nov-2026"):
        actions.step_forward(by=reception, appointment=appointment, to="arrived", now=NOW)
    assert actions.step_forward(by=reception, appointment=appointment, now=NOW).status == (
        Status.CONFIRMED
    )


def test_the_second_of_two_taps_changes_nothing(book, reception):
    appointment = book()
    for person in (reception, ReceptionFactory()):
        try:
            actions.step_forward(
                by=person, appointment=appointment, to="arrived", seen="booked", now=monday(10)
            )
        except ValidationError as error:
            assert error.messages == ["It stands at “Arrived” already."]
    appointment.refresh_from_db()
    assert appointment.status == Status.ARRIVED
    assert len(events(appointment)) == 2


def test_a_no_show_can_be_recorded_from_its_time_on_and_undone(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="has not come yet"):
        actions.no_show(by=reception, appointment=appointment, now=monday(9, 59))
    row = actions.no_show(by=reception, appointment=appointment, now=monday(10, 20))
    assert row.status == Status.NO_SHOW
    assert actions.step_back(by=reception, appointment=row, now=monday(10, 25)).status == "booked"


def test_a_patient_who_arrived_is_no_no_show(book, reception):
    appointment = book()
    actions.step_forward(by=reception, appointment=appointment, to="arrived", now=monday(10))
    with pytest.raises(ValidationError, match="“No-show” cannot follow “Arrived”"):
        actions.no_show(by=reception, appointment=appointment, now=monday(11))


def test_a_no_show_whose_time_was_given_away_cannot_be_undone(book, reception, site):
    missed = book()
    actions.no_show(by=reception, appointment=missed, now=monday(10))
    book(patient=PatientFactory(site=site), now=monday(10))
    with pytest.raises(ValidationError) as error:
        actions.step_back(by=reception, appointment=missed, now=monday(10, 20))
    assert set(sentences(error)) == {"practitioner", "room"}


# Helpers for others -----------------------------------------------------------------------------


def test_the_next_appointment_of_a_patient_is_live_and_to_come(book, patient, reception):
    cancelled = book(starts_at=monday(9))
    actions.cancel(by=reception, appointment=cancelled, reason="Unwell", now=NOW)
    later, sooner = book(starts_at=monday(15)), book(starts_at=monday(11))
    assert Appointment.objects.next_for(patient, NOW) == sooner
    assert list(Appointment.objects.upcoming(NOW)) == [sooner, later]
    assert Appointment.objects.next_for(patient, monday(16)) is None


def test_a_practitioners_day_is_theirs_of_that_site_and_day_alone(book, doctor, site, reception):
    mine = book()
    book(starts_at=monday(10) + timedelta(days=1))
    book(practitioner=ClinicianFactory(sites=[site]), starts_at=monday(12))
    off = book(starts_at=monday(13))
    actions.cancel(by=reception, appointment=off, reason="Unwell", now=NOW)
    assert list(Appointment.objects.day_of(doctor, date(2026, 11, 23), site)) == [mine]


def test_an_hour_stays_an_hour_when_the_clocks_change(book, site):
    site.opens_at = time(0)
    site.save()
    before_the_change = datetime(2026, 3, 29, 0, 30, tzinfo=site.zone)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    appointment = book(starts_at=before_the_change, duration_minutes=60, now=now)
    assert appointment.duration_minutes == 60
    assert appointment.ends_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
