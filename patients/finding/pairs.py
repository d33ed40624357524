"""Which records are likely to be of one person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from patients.models import LikelyPair

MOST_PAIRS = 500

# Names this alike are one name written twice: "Jon Smyth" and "John Smith" are at 0.31, "Ada Okoro"
# and "Ada Beatrix Okoro" at 0.56. On one birthday less is enough.
LIKENESS_ON_ONE_BIRTHDAY = 0.45
LIKENESS_WITH_ONE_ADDRESS = 0.6

# Each join has a key of its own, so that no patient is compared with everybody. Of a shared phone
# or address the names must begin alike: families share them.
_PAIRS = """
WITH standing AS (
    SELECT id, search_name, date_of_birth, phone, lower(email) AS email
    FROM patients_patient patient
    WHERE NOT EXISTS (
        SELECT FROM patients_merge WHERE absorbed_id = patient.id AND undone_at IS NULL
    )
), found AS (
    SELECT one.id AS first_id, other.id AS second_id
    FROM standing one JOIN standing other USING (date_of_birth)
    WHERE one.id < other.id
      AND similarity(one.search_name, other.search_name) >= %(on_one_birthday)s
    UNION
    SELECT one.id, other.id
    FROM standing one JOIN standing other
      ON one.phone = other.phone AND left(one.search_name, 3) = left(other.search_name, 3)
    WHERE one.id < other.id AND one.phone <> ''
      AND similarity(one.search_name, other.search_name) >= %(with_one_address)s
    UNION
    SELECT one.id, other.id
    FROM standing one JOIN standing other
      ON one.email = other.email AND left(one.search_name, 3) = left(other.search_name, 3)
    WHERE one.id < other.id AND one.email <> ''
      AND similarity(one.search_name, other.search_name) >= %(with_one_address)s
    UNION
    SELECT one.id, other.id
    FROM standing one JOIN standing other USING (search_name)
    WHERE one.id < other.id
      AND anagen_slips(to_char(one.date_of_birth, 'DDMMYYYY'))
          && anagen_slips(to_char(other.date_of_birth, 'DDMMYYYY'))
)
SELECT found.first_id, found.second_id,
       similarity(one.search_name, other.search_name) AS names,
       one.search_name = other.search_name AS same_name,
       one.date_of_birth IS NOT DISTINCT FROM other.date_of_birth AS same_birthday,
       COALESCE(anagen_slips(to_char(one.date_of_birth, 'DDMMYYYY'))
                && anagen_slips(to_char(other.date_of_birth, 'DDMMYYYY')), false) AS near_birthday,
       one.date_of_birth IS NULL OR other.date_of_birth IS NULL AS birthday_unknown,
       one.phone = other.phone AND one.phone <> '' AS same_phone,
       one.email = other.email AND one.email <> '' AS same_email
FROM found
JOIN standing one ON one.id = found.first_id
JOIN standing other ON other.id = found.second_id
WHERE NOT EXISTS (
    SELECT FROM patients_twopeople said
    WHERE said.first_id = found.first_id AND said.second_id = found.second_id
)
ORDER BY (one.date_of_birth = other.date_of_birth)::int
         + similarity(one.search_name, other.search_name)
         + (one.phone = other.phone AND one.phone <> '')::int
         + (one.email = other.email AND one.email <> '')::int DESC,
         found.first_id, found.second_id
LIMIT %(most)s
"""


@dataclass(frozen=True)
class _Pair:
    first_id: UUID
    second_id: UUID
    names: float
    same_name: bool
    same_birthday: bool
    near_birthday: bool
    birthday_unknown: bool
    same_phone: bool
    same_email: bool

    @property
    def reasons(self) -> list[str]:
        said = {
            "same name": self.same_name,
            "similar name": not self.same_name,
            "same date of birth": self.same_birthday and not self.birthday_unknown,
            "date of birth not known": self.birthday_unknown,
            "date of birth differs by a slip": self.near_birthday and not self.same_birthday,
            "same phone": self.same_phone,
            "same e-mail": self.same_email,
        }
        return [reason for reason, is_so in said.items() if is_so]

    @property
    def likeness(self) -> float:
        same = [self.same_birthday, self.same_phone, self.same_email]
        return self.names + sum(bool(each) for each in same)


@transaction.atomic
def look_for_pairs() -> int:
    """Find the likeliest pairs anew, at most `MOST_PAIRS`; return how many.

    Pairs that somebody said to be two people are not brought up again.
    """
    pairs = _found()
    LikelyPair.objects.all().delete()
    LikelyPair.objects.bulk_create(
        LikelyPair(
            first_id=pair.first_id,
            second_id=pair.second_id,
            reasons=pair.reasons,
            likeness=pair.likeness,
        )
        for pair in pairs
    )
    return len(pairs)


def _found() -> list[_Pair]:
    values: dict[str, Any] = {
        "on_one_birthday": LIKENESS_ON_ONE_BIRTHDAY,
        "with_one_address": LIKENESS_WITH_ONE_ADDRESS,
        "most": MOST_PAIRS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, values)
        return [_Pair(*row) for row in cursor.fetchall()]
