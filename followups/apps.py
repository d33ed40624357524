from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Follow-ups"

    def ready(self) -> None:
        from followups.actions.reviews import plan_reviews
        from treatments.actions.signing import after_signing

        after_signing.append(plan_reviews)
