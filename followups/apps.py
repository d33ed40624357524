from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Follow-ups"

    def ready(self) -> None:
        from clinic.booking.actions import after_booking
        from followups.actions.reviews import (
            attach_booking,
            give_up_reviews,
            plan_reviews,
            resume_reviews,
        )
        from followups.assessed import baseline_not_counted, visits_of_diagnoses
        from followups.closing import reviews_that_stop, seen_but_not_written_up
        from patients.actions.cases import after_reopening, before_closing
        from patients.closing import stopped_with_it, unfinished
        from patients.planning import missing
        from patients.visits import visits_known
        from treatments.actions.signing import after_signing

        after_signing.append(plan_reviews)
        after_booking.append(attach_booking)
        unfinished.append(seen_but_not_written_up)
        stopped_with_it.append(reviews_that_stop)
        before_closing.append(give_up_reviews)
        after_reopening.append(resume_reviews)
        missing.append(baseline_not_counted)
        visits_known.append(visits_of_diagnoses)
