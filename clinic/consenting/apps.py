from django.apps import AppConfig


class ConsentingConfig(AppConfig):
    name = "clinic.consenting"
    label = "consenting"
    verbose_name = "Consent by the patient's link"

    def ready(self) -> None:
        """Say which consents are with the patient, and what goes along when a merge is undone."""
        from clinic.consenting.access import said_on_the_list, wanted_until
        from clinic.documents import actions
        from patients.consent import overview
        from patients.merging import moving

        overview.with_the_patient.append(said_on_the_list)
        actions.wanted_until.append(wanted_until)
        moving.follow_what_points_to_them.add("consenting.IdentityCheck")
