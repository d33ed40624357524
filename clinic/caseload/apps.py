from django.apps import AppConfig


class CaseloadConfig(AppConfig):
    name = "clinic.caseload"
    label = "caseload"
    verbose_name = "Caseload"
