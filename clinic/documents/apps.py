from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "clinic.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        """Make the paper of a consent once both have signed it; close links to merged records.

        A link was sent to one of two people: it must not open the record of the other where they
        were taken for one by mistake.
        """
        from clinic.documents import actions, consent_paper, rendering
        from clinic.documents.models import Document
        from patients.actions import consents, merging
        from patients.merging import moving

        rendering.renderers[Document.Kind.SIGNED_CONSENT] = consent_paper.render
        consents.after_signing.append(consent_paper.ask_for_paper)
        merging.after_merging.append(actions.close_links)
        moving.follow_what_points_to_them.add("documents.PrivateLink")
