"""In which part of the page an entry stands, so that a part with an error is not ticked."""

from treatments import parts

_PARTS = {
    parts.TIME_OUT: (
        *("site", "operator", "performed_date", "started_time", "responsible_doctor"),
        *("identity_confirmed", "contraindications_checked", "consent_reconfirmed", "weight_kg"),
    ),
    parts.ANAESTHESIA: ("anaesthetics", "allergy_reason"),
    parts.HARVEST: (
        *("donor_site", "punches", "punch_diameter_mm", "punch_depth_mm", "closure"),
        *("harvested_time", "blood_ml", "anticoagulant", "drawn_time"),
    ),
    parts.PROCESSING: (
        *("lots", "spins", "saline_ml", "device", "processing_minutes", "suspension_ml"),
        *("prp_ml", "activator", "blood_platelets", "prp_platelets"),
    ),
    parts.INFILTRATION: ("identity_confirmed_before_injection", "zones", "volume_reason"),
    parts.AFTER: ("observations", "aftercare_given", "ended_time"),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}


def part_of(name: str) -> str:
    """Return the part of a field of the session or its preparation, or of a kind of rows."""
    return parts.TIME_OUT if name.startswith("asked_") else _PART_OF[name]
