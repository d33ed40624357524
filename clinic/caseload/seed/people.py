"""Plainly invented people. Phone numbers come from Ofcom's ranges for drama."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from clinic.caseload.seed.blanks import blank
from clinic.caseload.seed.particulars import (
    invented_phone,
    what_everybody_tells,
    what_is_told_at_the_visit,
)

# As many as make the names of a large clinic about as rare as people's are: in a million, each
# full name is that of a handful.
_FAMILY_BEGINNINGS = (
    *("Mock", "Sham", "Test", "Fable", "Feign", "Pseudo", "Proto", "Sample", "Dummy", "Figment"),
    *("Draft", "Sketch", "Bogus", "Quasi", "Ersatz", "Fancy", "Mimic", "Notional", "Phantom"),
    *("Fictive", "Mirage", "Puppet", "Riddle", "Charade", "Pretend", "Guise", "Veneer", "Novel"),
    *("Ballad", "Sonnet", "Stanza", "Prologue", "Chapter", "Canto", "Parable", "Legend", "Myth"),
    *("Saga", "Yarn", "Whimsy", "Jest", "Masque", "Cipher", "Blank", "Specimen", "Model"),
    *("Outline", "Tinsel", "Cardboard", "Balsa", "Stucco", "Shadow", "Mirror", "Dream", "Vision"),
    *("Paper", "Ink", "Pencil", "Crayon", "Collage", "Cartoon", "Emblem", "Token", "Riddance"),
    *("Hollow", "Nimbus", "Vapour", "Bubble", "Zephyr", "Echo", "Murmur", "Rumour", "Hearsay"),
)
_FAMILY_ENDINGS = (
    *("ford", "wick", "by", "ton", "worth", "shaw", "ley", "combe", "stead", "well", "croft"),
    *("dale", "bury", "hurst", "mere", "field", "gate", "wood", "stone", "bridge", "son"),
    *("ham", "thorpe", "brook", "ridge", "minster", "cliffe", "dene", "holm", "garth", "beck"),
    *("toft", "fold", "heath", "mouth", "pool", "port", "sett", "wold", "marsh", "quay"),
)
_GIVEN_FEMALE = (
    *("Alva", "Brónagh", "Cressida", "Delphine", "Elowen", "Fenella", "Ghislaine", "Hestia"),
    *("Ilse", "Junia", "Katya", "Linnea", "Maëlle", "Nerys", "Odette", "Petra", "Quilla"),
    *("Rosalind", "Sunniva", "Tamsin", "Una", "Verity", "Wanda", "Xanthe", "Ysolde", "Zofia"),
)
_GIVEN_MALE = (
    *("Alaric", "Benedikt", "Caspian", "Dorian", "Evander", "Florian", "Gawain", "Hamish"),
    *("Ignatius", "Jolyon", "Kasper", "Leopold", "Magnus", "Nils", "Orlando", "Peregrine"),
    *("Quentin", "Rafael", "Søren", "Tobias", "Ulric", "Valentin", "Wilfred", "Xavier"),
    *("Yannick", "Zoltán"),
)
_REASONS = (
    "Thinning at the crown",
    "Receding hairline",
    "Wider parting for two years",
    "Shedding after an illness",
    "Asks about PRP",
    "Asks about micrografts",
)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist; the names are those of `Patient`'s columns."""

    number: str
    sex: str
    reason: str
    is_in_a_hurry: bool
    """Whether they only called, and told no more than who they are."""
    title: str
    family_name: str
    given_names: str
    date_of_birth: date | str | None
    email: str
    phone: str
    pronouns: str
    nhs_number: str | None
    nhs_number_status: str
    second_phone: str
    address: str
    town: str
    postcode: str
    country: str
    gp_name: str
    gp_practice: str
    gp_address: str
    gp_phone: str
    gp_email: str
    emergency_name: str
    emergency_relationship: str
    emergency_phone: str
    contact_allowed: list[str] | str
    language: str
    needs_interpreter: bool | str
    access_needs: list[str] | str
    heard_of: str
    heard_of_words: str

    def columns(self) -> dict[str, Any]:
        """Return the person as a row of patients."""
        return {name: value for name, value in vars(self).items() if name != "is_in_a_hurry"}


def sketch(random: Random, place: int, *, only_enquires: bool = False) -> Person:
    """Return the outline of a person, with blanks of this place for who it is.

    Of those who only enquired, some told no date of birth and no address.
    """
    drawn: dict[str, Any] = {
        "is_in_a_hurry": random.random() < 0.6 and only_enquires,
        "sex": "female" if random.random() < 0.4 else "male",
        "reason": random.choice(_REASONS),
    }
    blanks: dict[str, Any] = {name: blank(f"{place} {name}") for name in Person.__annotations__}
    return Person(**blanks | drawn)


def invent(random: Random, outline: Person, *, number: str, serial: int, today: date) -> Person:
    """Return a person of 29 to 75 years: an adult through all of the clinic's past."""
    female = outline.sex == "female"
    born = today - timedelta(days=random.randrange(29 * 366, 75 * 365))
    later = what_is_told_at_the_visit(random, serial=serial)
    if outline.is_in_a_hurry:
        later = {name: None if name == "nhs_number" else "" for name in later}
    return replace(
        outline,
        number=number,
        title="Ms" if female else "Mr",
        given_names=random.choice(_GIVEN_FEMALE if female else _GIVEN_MALE),
        family_name=random.choice(_FAMILY_BEGINNINGS) + random.choice(_FAMILY_ENDINGS),
        date_of_birth=None if outline.is_in_a_hurry else born,
        email=f"patient{serial}@example.test",
        phone=invented_phone(random),
        pronouns=_pronouns(random, female=female),
        **later,
        **what_everybody_tells(random),
    )


def _pronouns(random: Random, *, female: bool) -> str:
    """Return what some ask to be called by."""
    drawn = random.random()
    if drawn < 0.01:
        return "they/them"
    return ("she/her" if female else "he/him") if drawn < 0.1 else ""
