from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "clinic.messaging"
    label = "messaging"
    verbose_name = "Messaging"

    def ready(self) -> None:
        """Stop news and offers when the consent to them is withdrawn."""
        from clinic.messaging.actions import stop_marketing
        from patients.actions import consents

        consents.after_withdrawal.append(stop_marketing)
