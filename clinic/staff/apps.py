from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinic.staff"
    label = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from clinic.staff import checks  # noqa: F401 - registers the deployment check
