from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "clinic.booking"
    label = "booking"
    verbose_name = "Booking"

    def ready(self) -> None:
        """Have cases with a visit to come, or a patient in the house, kept open."""
        from clinic.booking.closing import visits_of_today, visits_to_come
        from patients.closing import unfinished

        unfinished.extend((visits_to_come, visits_of_today))
