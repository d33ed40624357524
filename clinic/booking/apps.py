from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "clinic.booking"
    label = "booking"
    verbose_name = "Booking"

    def ready(self) -> None:
        """Have cases with a visit to come kept open."""
        from clinic.booking.closing import visits_to_come
        from patients.closing import unfinished

        unfinished.append(visits_to_come)
