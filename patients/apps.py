import pgtrigger
from django.apps import AppConfig, apps


class PatientsConfig(AppConfig):
    name = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        """Put on every table of a patient the trigger that keeps it from a merged record."""
        from patients.merging.tables import tables_of_patients
        from patients.triggers import of_a_standing_record

        for model in tables_of_patients(apps):
            pgtrigger.register(of_a_standing_record())(model)
