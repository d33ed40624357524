from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "treatments"
    verbose_name = "Treatments"

    def ready(self) -> None:
        """Have cases with an open draft kept open."""
        from patients.closing import unfinished
        from treatments.closing import open_drafts

        unfinished.append(open_drafts)
