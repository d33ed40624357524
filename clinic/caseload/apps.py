from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    name = "clinic.caseload"
    label = "caseload"
    verbose_name = "Caseload"

    def ready(self) -> None:
        """Tell the documents how a treatment summary is made, and what follows its issue."""
        from clinic.caseload import summary, summary_delivery
        from clinic.documents import actions, rendering
        from clinic.documents.models import Document

        rendering.renderers[Document.Kind.TREATMENT_SUMMARY] = summary.render
        actions.after_issuing.append(summary_delivery.tell_patient)
