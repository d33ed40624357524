"""One patient's whole journey, from the first call to the summary on their own phone.

Everything is real: Chromium, PostgreSQL, the broker, a Celery worker, WeasyPrint, Pillow. The
clinic's clock is moved from visit to visit, for the web server and the worker alike, so that the
time to reflect, the reminder and the weeks until the review pass as they would.
"""

from tests.journeys.at_the_desk import (
    reception_books_a_consultation_that_nobody_can_book_again,
    reception_books_the_review_that_is_due_from_the_list,
    reception_checks_the_patient_in,
    reception_registers_the_patient_and_is_warned_of_a_similar_one,
    the_patient_is_reminded_once_and_of_the_new_time_only,
)
from tests.journeys.consent_and_treatment import (
    nothing_can_change_a_signed_session_but_an_addendum_can_be_added,
    the_clinician_records_and_signs_a_micrograft_session,
    the_clinician_records_and_signs_a_prp_session,
    the_patient_signs_once_the_time_to_reflect_is_over,
)
from tests.journeys.in_the_consulting_room import (
    the_clinician_plans_both_courses_and_gives_the_information,
    the_clinician_records_history_diagnosis_and_baseline,
    the_clinician_records_the_review_and_the_chart_shows_the_change,
)
from tests.journeys.journey import Journey
from tests.journeys.paper_and_trail import (
    the_admin_sees_the_case_and_who_looked,
    the_patient_opens_it_on_a_phone_and_nobody_else_can,
    the_worker_makes_the_summary,
)


def test_one_patient_goes_through_the_clinic(journey: Journey):
    reception_registers_the_patient_and_is_warned_of_a_similar_one(journey)
    reception_books_a_consultation_that_nobody_can_book_again(journey)
    the_patient_is_reminded_once_and_of_the_new_time_only(journey)
    reception_checks_the_patient_in(journey)
    the_clinician_records_history_diagnosis_and_baseline(journey)
    the_clinician_plans_both_courses_and_gives_the_information(journey)
    the_patient_signs_once_the_time_to_reflect_is_over(journey)
    the_clinician_records_and_signs_a_micrograft_session(journey)
    the_clinician_records_and_signs_a_prp_session(journey)
    nothing_can_change_a_signed_session_but_an_addendum_can_be_added(journey)
    reception_books_the_review_that_is_due_from_the_list(journey)
    the_clinician_records_the_review_and_the_chart_shows_the_change(journey)
    the_worker_makes_the_summary(journey)
    the_patient_opens_it_on_a_phone_and_nobody_else_can(journey)
    the_admin_sees_the_case_and_who_looked(journey)
