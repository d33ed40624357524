"""A clinic that is upgraded has the rules that come with the product at once, approved by nobody.

Without them its sessions would be signed with nothing held against the record. A new clinic gets
them with its first site (`clinic.caseload.opening.open_site`).
"""

from typing import Any

from django.db import migrations
from django.utils import timezone

# As they were shipped with this migration: what is shipped later is not added by it.
SHIPPED: dict[str, tuple[dict[str, Any], ...]] = {
    "micrograft": (
        {
            "code": "adult",
            "severity": "absolute",
            "kind": "age",
            "parameters": {"years": 18},
            "sentence": "Under 18 years old",
            "source": "The clinic treats adults only",
        },
        {
            "code": "preservatives",
            "severity": "relative",
            "kind": "allergy",
            "parameters": {"words": ["sulphite", "sulfite", "metabisulphite", "metabisulfite", "paraben"]},
            "sentence": "Allergy to sulphites or parabens",
            "source": "Lidocaine with adrenaline holds metabisulphite, bottles hold parabens",
        },
        {
            "code": "local-infection",
            "severity": "absolute",
            "kind": "today",
            "parameters": {"question": "infection"},
            "sentence": "Infection where grafts are taken or the scalp is treated",
            "source": "Usual practice: no punch or needle through infected skin",
        },
        {
            "code": "platelets",
            "severity": "relative",
            "kind": "blood",
            "parameters": {"analyte": "platelets", "side": "below", "value": "150", "unit": "10^3/uL", "max_age_days": 365},
            "sentence": "Platelets below 150 ×10³/µL: the donor site bleeds more often",
            "source": "Complications of punch biopsy, n 1294: bleeding odds ×2.82 below 150 ×10³/µL",
        },
    ),
    "prp": (
        {
            "code": "adult",
            "severity": "absolute",
            "kind": "age",
            "parameters": {"years": 18},
            "sentence": "Under 18 years old",
            "source": "The clinic treats adults only",
        },
        {
            "code": "preservatives",
            "severity": "relative",
            "kind": "allergy",
            "parameters": {"words": ["sulphite", "sulfite", "metabisulphite", "metabisulfite", "paraben"]},
            "sentence": "Allergy to sulphites or parabens",
            "source": "Lidocaine with adrenaline holds metabisulphite, bottles hold parabens",
        },
        {
            "code": "platelet-dysfunction",
            "severity": "absolute",
            "kind": "condition",
            "parameters": {"conditions": ["platelet_disorder"]},
            "sentence": "Platelet dysfunction, or critically low platelets",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "unstable",
            "severity": "absolute",
            "kind": "today",
            "parameters": {"question": "unstable"},
            "sentence": "Circulation not stable, or sepsis",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "local-infection",
            "severity": "absolute",
            "kind": "today",
            "parameters": {"question": "infection"},
            "sentence": "Infection where blood is drawn or the scalp is treated",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "nsaid",
            "severity": "relative",
            "kind": "medicine",
            "parameters": {"groups": ["nsaid"], "within_hours": 48, "question": "nsaid"},
            "sentence": "An NSAID within 48 h. Never stop a prescribed one without its prescriber",
            "source": "Contraindications to PRP in common use in UK clinics; clinics use up to 7 days",
        },
        {
            "code": "steroid-local",
            "severity": "relative",
            "kind": "medicine",
            "parameters": {"groups": ["steroid"], "within_hours": 744, "routes": ["scalp", "skin", "injection", "other"]},
            "sentence": "A local steroid within a month",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "steroid-systemic",
            "severity": "relative",
            "kind": "medicine",
            "parameters": {"groups": ["steroid"], "within_hours": 336, "routes": ["mouth", "injection"]},
            "sentence": "A systemic steroid within 2 weeks. Never stop it without its prescriber",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "unwell",
            "severity": "relative",
            "kind": "today",
            "parameters": {"question": "unwell"},
            "sentence": "Fever, or ill today",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "cancer",
            "severity": "relative",
            "kind": "condition",
            "parameters": {"conditions": ["cancer_blood_bone"]},
            "sentence": "Cancer of the blood or bone",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "haemoglobin",
            "severity": "relative",
            "kind": "blood",
            "parameters": {"analyte": "haemoglobin", "side": "below", "value": "10", "unit": "g/dL", "max_age_days": 365},
            "sentence": "Haemoglobin below 10 g/dL (100 g/L)",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "platelets",
            "severity": "relative",
            "kind": "blood",
            "parameters": {"analyte": "platelets", "side": "below", "value": "100", "unit": "10^3/uL", "max_age_days": 365},
            "sentence": "Platelets below 100 ×10³/µL",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "anticoagulant",
            "severity": "relative",
            "kind": "medicine",
            "parameters": {"groups": ["anticoagulant"], "within_hours": 0},
            "sentence": "Takes an anticoagulant. Never stop it without its prescriber",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "pregnancy",
            "severity": "relative",
            "kind": "expecting",
            "parameters": {"what": "pregnancy"},
            "sentence": "Pregnant",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
        {
            "code": "breastfeeding",
            "severity": "relative",
            "kind": "expecting",
            "parameters": {"what": "breastfeeding"},
            "sentence": "Breastfeeding",
            "source": "Contraindications to PRP in common use in UK clinics",
        },
    ),
}


def install(apps: Any, _: Any) -> None:
    """Add version 1 of each rule where the clinic has a site, and say so in the audit trail."""
    rule_of = apps.get_model("patients", "ContraindicationRule").objects.create
    if not apps.get_model("practice", "Site").objects.exists():
        return
    for technique, shipped in SHIPPED.items():
        for each in shipped:
            values = {"technique": technique, "version": 1, "published_at": timezone.now()}
            _record(apps, rule_of(**values, **each))


def _record(apps: Any, rule: Any) -> None:
    apps.get_model("audit", "Event").objects.create(
        kind="patients.rule_published",
        actor_label="Anagen",
        subject_type="patients.contraindicationrule",
        subject_id=rule.pk,
        details={"rule": f"{rule.get_technique_display()}: {rule.sentence}", "version": 1},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0010_kinds_of_contraindications"),
        ("patients", "0014_contraindications"),
        ("practice", "0001_initial"),
    ]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
