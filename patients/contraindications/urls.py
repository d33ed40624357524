"""Addresses of contraindications, a patient's and the rules, for `patients.urls`."""

from django.urls import URLPattern, path

from patients.views import contraindications as rules
from patients.views import patient_contraindications

_ONE = "contraindications/<uuid:rule_id>/"

rule_urls: list[URLPattern] = [
    path(
        "patients/<uuid:patient_id>/contraindications/",
        patient_contraindications.contraindications,
        name="contraindications",
    ),
    path("contraindications/", rules.rule_list, name="rules"),
    path("contraindications/install/", rules.install, name="install_rules"),
    path("contraindications/new/", rules.new_rule, name="new_rule"),
    path(_ONE, rules.rule_page, name="rule"),
    path(f"{_ONE}change/", rules.change_rule, name="change_rule"),
    path(f"{_ONE}approve/", rules.approve, name="approve_rule"),
    path(f"{_ONE}decline/", rules.decline, name="decline_rule"),
    path(f"{_ONE}retire/", rules.retire, name="retire_rule"),
]
