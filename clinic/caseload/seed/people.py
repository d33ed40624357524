"""Plainly invented people. Phone numbers come from Ofcom's ranges for drama."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from clinic.caseload.seed.blanks import blank

_FAMILY_BEGINNINGS = (
    *("Mock", "Sham", "Test", "Fable", "Feign", "Pseudo", "Proto", "Sample", "Dummy", "Figment"),
    *("Draft", "Sketch", "Bogus", "Quasi", "Ersatz", "Fancy", "Mimic", "Notional", "Phantom"),
)
_FAMILY_ENDINGS = (
    *("ford", "wick", "by", "ton", "worth", "shaw", "ley", "combe", "stead", "well", "croft"),
    *("dale", "bury", "hurst", "mere", "field", "gate", "wood", "stone", "bridge", "son"),
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
_STREETS = ("Imaginary Lane", "Make-Believe Road", "Story Street", "Pretend Avenue")
_TOWNS = ("Nowhereton", "Fictionbury", "Neverwich", "Elsewhere-on-Sea")
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
    """Somebody who does not exist."""

    number: str
    sex: str
    reason: str
    title: str
    family_name: str
    given_names: str
    date_of_birth: date | str
    email: str
    phone: str
    address: str


def sketch(random: Random, place: int) -> Person:
    """Return the outline of a person, with blanks of this place for who it is."""
    drawn = {
        "sex": "female" if random.random() < 0.4 else "male",
        "reason": random.choice(_REASONS),
    }
    blanks = {name: blank(f"{place} {name}") for name in Person.__annotations__}
    return Person(**blanks | drawn)


def invent(random: Random, outline: Person, *, number: str, serial: int, today: date) -> Person:
    """Return a person of 29 to 75 years: an adult through all of the clinic's past."""
    female = outline.sex == "female"
    return replace(
        outline,
        number=number,
        title="Ms" if female else "Mr",
        given_names=random.choice(_GIVEN_FEMALE if female else _GIVEN_MALE),
        family_name=random.choice(_FAMILY_BEGINNINGS) + random.choice(_FAMILY_ENDINGS),
        date_of_birth=today - timedelta(days=random.randrange(29 * 366, 75 * 365)),
        email=f"patient{serial}@example.test",
        phone=f"+447700900{random.randrange(1000):03d}",
        address=f"{random.randrange(1, 200)} {random.choice(_STREETS)}\n{random.choice(_TOWNS)}",
    )
