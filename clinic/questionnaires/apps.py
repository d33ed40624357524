from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "clinic.questionnaires"
    label = "questionnaires"
    verbose_name = "Questionnaires"

    def ready(self) -> None:
        """Tell the history page which of its rows were said in a questionnaire."""
        from clinic.questionnaires.overview import said_in
        from patients.record import sources

        sources.sources.append(said_in)
