"""What a clinic of this kind asks a patient about, in the words it is asked in."""

from django.db import models


class Condition(models.TextChoices):
    """A condition that matters before blood is drawn, tissue taken or a medicine given."""

    BLEEDING_DISORDER = "bleeding_disorder", "Bleeding or clotting disorder"
    PLATELET_DISORDER = "platelet_disorder", "Platelet disorder or low platelets"
    ANAEMIA = "anaemia", "Anaemia or low iron"
    CANCER_BLOOD_BONE = "cancer_blood_bone", "Cancer of the blood or bone"
    CANCER_OTHER = "cancer_other", "Other cancer"
    HEPATITIS_B = "hepatitis_b", "Hepatitis B"
    HEPATITIS_C = "hepatitis_c", "Hepatitis C"
    HIV = "hiv", "HIV"
    BLOOD_BORNE_OTHER = "blood_borne_other", "Other blood-borne infection"
    IMMUNOSUPPRESSION = "immunosuppression", "Weakened immune system"
    AUTOIMMUNE = "autoimmune", "Autoimmune disease"
    SCALP_DISEASE = "scalp_disease", "Skin disease of the scalp"
    KELOID = "keloid", "Keloid or raised scars"
    DIABETES = "diabetes", "Diabetes"
    THYROID = "thyroid", "Thyroid disease"
    HORMONES = "hormones", "PCOS or other hormone disorder"
    HEART = "heart", "Heart disease or irregular pulse"
    HYPERTENSION = "hypertension", "High blood pressure"
    LIVER = "liver", "Liver disease"
    KIDNEY = "kidney", "Kidney disease"
    PROSTATE = "prostate", "Prostate disease or raised PSA"
    FAINTING = "fainting", "Faints at needles or blood"
    SEIZURES = "seizures", "Seizures or epilepsy"
    ANAESTHETIC = "anaesthetic", "Bad reaction to an anaesthetic"
    DEPRESSION = "depression", "Depression or anxiety"
    SUICIDAL = "suicidal", "Suicidal thoughts or self-harm"


GROUPS: tuple[tuple[str, tuple[Condition, ...]], ...] = (
    (
        "Blood and cancer",
        (
            *(Condition.BLEEDING_DISORDER, Condition.PLATELET_DISORDER, Condition.ANAEMIA),
            *(Condition.CANCER_BLOOD_BONE, Condition.CANCER_OTHER),
        ),
    ),
    (
        "Infection and immunity",
        (
            *(Condition.HEPATITIS_B, Condition.HEPATITIS_C, Condition.HIV),
            *(Condition.BLOOD_BORNE_OTHER, Condition.IMMUNOSUPPRESSION, Condition.AUTOIMMUNE),
        ),
    ),
    ("Skin", (Condition.SCALP_DISEASE, Condition.KELOID)),
    (
        "Heart, hormones and organs",
        (
            *(Condition.HEART, Condition.HYPERTENSION, Condition.DIABETES, Condition.THYROID),
            *(Condition.HORMONES, Condition.LIVER, Condition.KIDNEY, Condition.PROSTATE),
        ),
    ),
    (
        "Nerves and mind",
        (
            *(Condition.FAINTING, Condition.SEIZURES, Condition.ANAESTHETIC),
            *(Condition.DEPRESSION, Condition.SUICIDAL),
        ),
    ),
)

# What a person about to draw blood or take tissue has to know of.
BLEEDING = (Condition.BLEEDING_DISORDER, Condition.PLATELET_DISORDER)
BLOOD_BORNE = (
    Condition.HEPATITIS_B,
    Condition.HEPATITIS_C,
    Condition.HIV,
    Condition.BLOOD_BORNE_OTHER,
)


class Relative(models.TextChoices):
    """Who of the family may have lost hair."""

    MOTHER = "mother", "Mother"
    FATHER = "father", "Father"
    MOTHERS_SIDE = "mothers_side", "Mother's side"
    FATHERS_SIDE = "fathers_side", "Father's side"
    SISTERS = "sisters", "Sisters"
    BROTHERS = "brothers", "Brothers"


class Pattern(models.TextChoices):
    """How a relative lost hair."""

    MALE = "male", "Receding or bald on top"
    FEMALE = "female", "Thinner on top, wider parting"
    PATCHY = "patchy", "In patches"
    TOTAL = "total", "All of it"
    SCARRING = "scarring", "With scars"


class Course(models.TextChoices):
    """How the hair loss came."""

    GRADUAL = "gradual", "Gradual"
    SUDDEN = "sudden", "Sudden"
    PATCHY = "patchy", "In patches"
    EPISODIC = "episodic", "Comes and goes"


class Shedding(models.TextChoices):
    """How much hair falls out now."""

    NONE = "none", "No more than usual"
    MILD = "mild", "Somewhat more"
    HEAVY = "heavy", "Much more"


class Trigger(models.TextChoices):
    """What came before the hair loss."""

    ILLNESS = "illness", "Illness or fever"
    SURGERY = "surgery", "Operation"
    CHILDBIRTH = "childbirth", "Childbirth"
    STRESS = "stress", "Stress or loss"
    DIET = "diet", "Diet or weight loss"
    MEDICINE = "medicine", "A medicine"
    HORMONES = "hormones", "Change of hormones"
    HAIR_CARE = "hair_care", "Tight styles or hair care"
    NONE = "none", "Nothing known"


class Elsewhere(models.TextChoices):
    """What was done about the hair elsewhere."""

    FUE = "fue", "Hair transplant, FUE"
    FUT = "fut", "Hair transplant, FUT (strip)"
    TRANSPLANT = "transplant", "Hair transplant, method not known"
    PRP = "prp", "PRP"
    MICROGRAFT = "micrograft", "Micrograft"
    FAT_CELLS = "fat_cells", "Fat-derived cells"
    LASER = "laser", "Laser or light"
    MESOTHERAPY = "mesotherapy", "Mesotherapy"
    OTHER = "other", "Other"
