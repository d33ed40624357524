"""What words may have been meant by those that were typed."""

from collections.abc import Sequence

from django.db import connection, transaction

# "Macdonnald" is like "McDonald" at 0.42; "Shevaun" and "Siobhan", at 0.1, nobody can tell apart
# from chance.
LIKENESS = 0.4
MOST_MEANT = 12

_ONE_SLIP_AWAY = """
    SELECT typed.place - 1, known.word
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed (word, place)
    CROSS JOIN LATERAL (
        SELECT DISTINCT word FROM patients_nameword
        WHERE slips && anagen_slips(anagen_fold(typed.word))
        LIMIT %(most)s
    ) AS known
"""
_SOUNDING_ALIKE = """
    SELECT typed.place - 1, known.word
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed (word, place)
    CROSS JOIN LATERAL (
        SELECT word FROM patients_nameword
        WHERE word %%> anagen_fold(typed.word)
        GROUP BY word
        ORDER BY strict_word_similarity(anagen_fold(typed.word), word) DESC, word
        LIMIT %(most)s
    ) AS known
"""


def meant_by(words: Sequence[str]) -> list[list[str]]:
    """Return for each word those of patients' names that may have been meant by it, folded.

    Those that are one slip away, the word itself among them; where nobody's name has such a word,
    those that sound alike.
    """
    meant = _asked(_ONE_SLIP_AWAY, words)
    unknown = ["" if found else word for word, found in zip(words, meant, strict=True)]
    if not any(unknown):
        return meant
    alike = _sounding_alike(unknown)
    return [found or others for found, others in zip(meant, alike, strict=True)]


def learn_words_of_everybody() -> None:
    """Put in the words of all names, after patients were written past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT patients_learn_all_name_words()")


@transaction.atomic
def _sounding_alike(words: Sequence[str]) -> list[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKENESS)]
        )
    return _asked(_SOUNDING_ALIKE, words)


def _asked(what: str, words: Sequence[str]) -> list[list[str]]:
    meant: list[list[str]] = [[] for _ in words]
    with connection.cursor() as cursor:
        cursor.execute(what, {"words": list(words), "most": MOST_MEANT})
        for place, word in cursor.fetchall():
            meant[place].append(word)
    return meant
