"""What reception knows of an invented person beside the name: address, GP, wishes, needs."""

from random import Random
from typing import Any

from patients import contact, countries, nhs
from patients.models.needs import AccessNeed, Language
from patients.models.patient import Patient

_STREETS = ("Imaginary Lane", "Make-Believe Road", "Story Street", "Pretend Avenue")
_TOWNS = ("Nowhereton", "Fictionbury", "Neverwich", "Elsewhere-on-Sea")
# No British postcode begins with these letters.
_POSTCODE_AREA = "FN"
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_ABROAD = ("IE", "FR", "NL", "AE")
_DOCTORS = ("Dr Mockhurst", "Dr Shamley", "Dr Fablestone", "Dr Quasibury", "")
_PRACTICES = ("Imaginary Lane Surgery", "Story Street Health Centre", "Pretend Avenue Practice")
_KIN = (
    *(("Robin Invented", "Partner"), ("Alex Fabled", "Friend"), ("Sam Mockton", "Brother")),
    *(("Jo Shamwick", "Mother"), ("Lee Sampleford", "Sister"), ("Kit Notional", "Daughter")),
)
_HEARD = (
    *(Patient.HeardOf.SEARCH, Patient.HeardOf.SEARCH, Patient.HeardOf.SOCIAL),
    *(Patient.HeardOf.PATIENT, Patient.HeardOf.FRIEND, Patient.HeardOf.DOCTOR),
    *(Patient.HeardOf.HAIRDRESSER, Patient.HeardOf.EVENT, Patient.HeardOf.OTHER),
)
_LANGUAGES = (Language.POLISH, Language.URDU, Language.PANJABI, Language.ARABIC, Language.ROMANIAN)
_NEWS_BY_EMAIL = contact.way(contact.Channel.EMAIL, contact.About.NEWS)
# The test numbers of the NHS begin with these digits; nobody has one.
_NHS_TEST_RANGE = "999"
_MOST_IN_TEST_RANGE = 999_999


def invented_phone(random: Random) -> str:
    """Return a mobile number of Ofcom's range for drama."""
    return f"+447700900{random.randrange(1000):03d}"


def what_everybody_tells(random: Random) -> dict[str, Any]:
    """Return what is known after a call."""
    heard = random.choice(_HEARD)
    return {
        "heard_of": heard.value,
        "heard_of_words": "A poster at an invented gym" if heard == Patient.HeardOf.OTHER else "",
        **_wishes(random),
        **_needs(random),
    }


def what_is_told_at_the_visit(random: Random, *, serial: int) -> dict[str, Any]:
    """Return what the full registration asks; some of it is not known of everybody."""
    return {
        "second_phone": f"+441632960{random.randrange(1000):03d}" if random.random() < 0.2 else "",
        **_nhs_number(random, serial),
        **_address(random),
        **_gp(random),
        **_kin(random),
    }


def _nhs_number(random: Random, serial: int) -> dict[str, Any]:
    known = random.random() < 0.6 and serial <= _MOST_IN_TEST_RANGE
    number = nhs.with_check_digit(f"{_NHS_TEST_RANGE}{serial:06d}") if known else None
    status = random.choice(Patient.NhsNumberStatus.values) if number else ""
    return {"nhs_number": number, "nhs_number_status": status}


def _address(random: Random) -> dict[str, str]:
    lines = f"{random.randrange(1, 200)} {random.choice(_STREETS)}"
    town = random.choice(_TOWNS)
    if random.random() < 0.04:
        return {"address": lines, "town": town, "postcode": "", "country": random.choice(_ABROAD)}
    inward = f"{random.randrange(10)}{''.join(random.choices(_INWARD_LETTERS, k=2))}"
    postcode = f"{_POSTCODE_AREA}{random.randrange(1, 30)} {inward}"
    return {"address": lines, "town": town, "postcode": postcode, "country": countries.HOME}


def _gp(random: Random) -> dict[str, str]:
    if random.random() < 0.3:
        return dict.fromkeys(("gp_name", "gp_practice", "gp_address", "gp_phone", "gp_email"), "")
    return {
        "gp_name": random.choice(_DOCTORS),
        "gp_practice": random.choice(_PRACTICES),
        "gp_address": random.choice(_TOWNS),
        "gp_phone": f"+441632960{random.randrange(1000):03d}",
        "gp_email": "surgery@example.test" if random.random() < 0.5 else "",
    }


def _kin(random: Random) -> dict[str, str]:
    name, relationship = random.choice(_KIN)
    if random.random() < 0.15:
        return {"emergency_name": "", "emergency_relationship": "", "emergency_phone": ""}
    return {
        "emergency_name": name,
        "emergency_relationship": relationship,
        "emergency_phone": invented_phone(random),
    }


def _wishes(random: Random) -> dict[str, list[str]]:
    """Return what the patient agreed to; reminders by e-mail go out to all in this clinic."""
    ways = set(contact.usual_ways())
    if random.random() < 0.2:
        ways.add(_NEWS_BY_EMAIL)
    if random.random() < 0.1:
        ways -= {contact.way(contact.Channel.TEXT, about) for about in contact.About.values}
    return {"contact_allowed": contact.in_order(list(ways))}


def _needs(random: Random) -> dict[str, Any]:
    foreign = random.random() < 0.06
    needs = random.random() < 0.05
    return {
        "language": random.choice(_LANGUAGES).value if foreign else Language.ENGLISH.value,
        "needs_interpreter": foreign and random.random() < 0.4,
        "access_needs": [random.choice(AccessNeed.values)] if needs else [],
    }
