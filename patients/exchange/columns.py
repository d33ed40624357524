"""The columns that a list of patients may have, and which of them a header's words name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from patients.contact import ALL_WAYS, About, Channel, way
from patients.models.needs import AccessNeed
from patients.plain import plain


@dataclass(frozen=True)
class Column:
    """Something that a column may hold. `field` is that of the registration form it goes to."""

    key: str
    label: str
    group: str
    words: tuple[str, ...] = ()
    field: str = ""


def _column(key: str, label: str, group: str, *words: str, field: str = "") -> Column:
    return Column(key, label, group, words, field or key)


_PERSON, _REACH, _GP = "The patient", "How to reach them", "GP"
_EMERGENCY, _NEEDS, _COMING = "Emergency contact", "Language and access", "Why they came"
_WISHES = "How we may contact them"

EXTERNAL_ID = "external_id"
FULL_NAME = "full_name"
WHOLE_WISHES = {f"channel:{channel.value}": channel for channel in Channel}

_CHANNEL_WORDS = {
    Channel.PHONE: ("may phone", "phone consent", "contact by phone", "call consent"),
    Channel.TEXT: ("may text", "sms consent", "contact by sms", "sms reminders", "sms"),
    Channel.EMAIL: ("may e mail", "may email", "email consent", "contact by email"),
    Channel.POST: ("may write", "post consent", "contact by post", "contact by letter"),
}

COLUMNS: tuple[Column, ...] = (
    _column(
        EXTERNAL_ID, "Number in the other system", _PERSON,
        *("patient id", "patient number", "patient no", "patient ref", "id", "client id", "ref"),
        *("customer id", "contact id", "record id", "reference", "external id", "file number"),
        *("chart number", "mrn", "hospital number", "client number", "patientid"),
    ),
    _column(
        FULL_NAME, "Whole name in one column", _PERSON,
        *("name", "full name", "patient name", "patient", "client name", "contact name", "client"),
        field="family_name",
    ),
    _column("title", "Title", _PERSON, "salutation", "prefix"),
    _column(
        "given_names", "Given names", _PERSON,
        *("given name", "first name", "first names", "forename", "forenames", "firstname", "given"),
    ),
    _column(
        "family_name", "Family name", _PERSON,
        *("last name", "surname", "family", "lastname", "second name"),
    ),
    _column(
        "preferred_name", "Likes to be called", _PERSON,
        *("preferred name", "known as", "nickname", "alias"),
    ),
    _column("pronouns", "Pronouns", _PERSON, "pronoun"),
    _column("sex", "Sex at birth", _PERSON, "sex", "gender", "m f"),
    _column(
        "date_of_birth", "Date of birth", _PERSON,
        *("dob", "d o b", "birth date", "birthdate", "birthday", "born", "birth"),
    ),
    _column("nhs_number", "NHS number", _PERSON, "nhs", "nhs no", "nhs num"),
    _column("nhs_number_status", "How the NHS number is known", _PERSON, "nhs number status"),
    _column(
        "phone", "Phone", _REACH,
        *("mobile", "mobile phone", "mobile number", "cell", "cell phone", "phone number", "tel"),
        *("telephone", "telephone number", "phone 1", "mobile no", "contact number", "mobile tel"),
    ),
    _column(
        "second_phone", "Second phone", _REACH,
        *("home phone", "landline", "phone 2", "other phone", "work phone", "home tel"),
        *("home telephone", "alternative phone", "second phone number", "home number"),
    ),
    _column("email", "E-mail", _REACH, "email", "email address", "e mail address", "mail"),
    _column(
        "address", "Address", _REACH,
        *("address 1", "address line 1", "street", "street address", "address1", "home address"),
    ),
    _column(
        "address_2", "Address, second line", _REACH,
        *("address 2", "address line 2", "address2", "locality"), field="address",
    ),
    _column(
        "address_3", "Address, third line", _REACH,
        *("address 3", "address line 3", "address3"), field="address",
    ),
    _column("town", "Town", _REACH, "city", "town city", "post town"),
    _column("postcode", "Postcode", _REACH, "post code", "zip", "zip code", "postal code"),
    _column("country", "Country", _REACH, "country name", "country code"),
    _column("gp_name", "GP's name", _GP, "gp", "doctor", "gp name", "doctor s name", "gp doctor"),
    _column("gp_practice", "GP practice", _GP, "practice", "surgery", "gp surgery"),
    _column("gp_address", "Address of the GP practice", _GP, "gp address", "surgery address"),
    _column("gp_phone", "Phone of the GP practice", _GP, "gp phone", "gp telephone", "gp tel"),
    _column("gp_email", "E-mail of the GP practice", _GP, "gp email", "gp e mail"),
    _column(
        "emergency_name", "Emergency contact", _EMERGENCY,
        *("emergency contact name", "next of kin", "nok", "next of kin name"),
    ),
    _column(
        "emergency_relationship", "Emergency contact's relationship", _EMERGENCY,
        *("relationship", "next of kin relationship", "nok relationship"),
    ),
    _column(
        "emergency_phone", "Emergency contact's phone", _EMERGENCY,
        *("emergency phone", "emergency contact phone", "next of kin phone", "nok phone"),
        "emergency contact number",
    ),
    *(
        _column(
            key, f"{channel.label}: visits and care (yes or no)", _WISHES,
            *_CHANNEL_WORDS[channel], field="contact_allowed",
        )
        for key, channel in WHOLE_WISHES.items()
    ),
    *(
        _column(
            way(channel, about), f"{channel.label}: {about.label.lower()} (yes or no)", _WISHES,
            *(
                ("marketing", "newsletter", "marketing consent", "email marketing")
                if (channel, about) == (Channel.EMAIL, About.NEWS)
                else ()
            ),
            field="contact_allowed",
        )
        for about in About
        for channel in Channel
    ),
    _column("language", "Language", _NEEDS, "spoken language", "first language"),
    _column(
        "needs_interpreter", "Interpreter needed (yes or no)", _NEEDS,
        *("interpreter", "interpreter needed", "interpreter required"),
    ),
    *(
        _column(f"need:{need.value}", f"{need.label} (yes or no)", _NEEDS, field="access_needs")
        for need in AccessNeed
    ),
    _column("access_note", "Other access needs", _NEEDS, "access needs", "disability"),
    _column(
        "reason", "Reason for coming", _COMING, "reason", "enquiry", "interested in", "treatment"
    ),
    _column(
        "heard_of", "How they heard of us", _COMING,
        *("source", "referral source", "lead source", "how did you hear", "referred by"),
    ),
    _column("heard_of_words", "More on how they heard of us", _COMING),
)  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
WAY_KEYS = tuple(ALL_WAYS)
NEED_KEYS = tuple(f"need:{need}" for need in AccessNeed.values)
YES_OR_NO = (*WHOLE_WISHES, *WAY_KEYS, *NEED_KEYS, "needs_interpreter")
PHONES = ("phone", "second_phone", "gp_phone", "emergency_phone")


def choices() -> list[tuple[str, object]]:
    """Return the choices for a column, in groups; the first leaves it out."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for column in COLUMNS:
        groups.setdefault(column.group, []).append((column.key, column.label))
    return [("", "Leave out"), *groups.items()]


def suggested(headers: Iterable[str], saved: dict[str, str]) -> list[str]:
    """Return for each header the key of a column, or "" where no word of it is known.

    What was chosen for this header of this source before comes first. No column is suggested
    twice. Only whole headers count: a part of one would be a guess.
    """
    used: set[str] = set()
    found = []
    for header in headers:
        key = saved.get(header, _by_words(header)) if header else ""
        key = "" if key in used or key not in BY_KEY else key
        used.add(key)
        found.append(key)
    return found


def _by_words(header: str) -> str:
    return _KEY_OF.get(words_in(header), "")


def words_in(text: str) -> str:
    """Return the words of a text, without accents, capitals and signs between them."""
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return " ".join(re.findall(r"[a-z0-9]+", plain(apart)))


_KEY_OF = {
    **{words_in(word): column.key for column in COLUMNS for word in column.words},
    **{words_in(column.label): column.key for column in COLUMNS},
}
