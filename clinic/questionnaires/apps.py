from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "clinic.questionnaires"
    label = "questionnaires"
    verbose_name = "Questionnaires"

    def ready(self) -> None:
        """Say which rows of the history were said in a questionnaire, and which wait for one."""
        from clinic.documents import actions
        from clinic.questionnaires.access import wanted_until
        from clinic.questionnaires.overview import said_in
        from patients.record import sources

        actions.wanted_until.append(wanted_until)
        sources.sources.append(said_in)
