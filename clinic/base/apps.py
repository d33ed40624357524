from typing import Any

import pgtrigger
from django.apps import AppConfig, apps

from clinic.base import trigger_registry
from clinic.base.triggers import key_never_changes


class BaseConfig(AppConfig):
    name = "clinic.base"
    label = "base"
    verbose_name = "Base"

    def __init__(self, *names: Any) -> None:
        super().__init__(*names)
        trigger_registry.install()  # Before any app's models register triggers.

    def ready(self) -> None:
        """Put on every `Record` the trigger that keeps its key."""
        from clinic.base.models import Record

        for model in apps.get_models():
            if issubclass(model, Record):
                pgtrigger.register(key_never_changes())(model)
