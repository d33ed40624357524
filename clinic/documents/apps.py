from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "clinic.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        """Make the paper of a consent once both have signed it."""
        from clinic.documents import consent_paper, rendering
        from clinic.documents.models import Document
        from patients.actions import consents

        rendering.renderers[Document.Kind.SIGNED_CONSENT] = consent_paper.render
        consents.after_signing.append(consent_paper.ask_for_paper)
