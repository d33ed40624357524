from django.apps import AppConfig


class ConsentingConfig(AppConfig):
    name = "clinic.consenting"
    label = "consenting"
    verbose_name = "Consent by the patient's link"

    def ready(self) -> None:
        """Tell the list of consents which of them are with the patient to sign."""
        from clinic.consenting.access import said_on_the_list
        from patients.consent import overview

        overview.with_the_patient.append(said_on_the_list)
