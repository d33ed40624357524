from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    name = "treatments"
    verbose_name = "Treatments"

    def ready(self) -> None:
        """Have cases with an open draft kept open."""
        from patients.actions.cases import before_closing
        from treatments.actions.closing import refuse_open_drafts

        before_closing.append(refuse_open_drafts)
