"""The words of which patients' names are made."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func

from clinic.base.triggers import not_truncated


class Slips(Func):
    """What `patients.finding.slips` returns, worked out by the database."""

    function = "anagen_slips"
    output_field = ArrayField(models.TextField())


class NameWord(models.Model):
    """A folded word that stands in somebody's name, so that a slip of the keys can be put right.

    The database writes them as names are written (`patients.triggers.learns_name_words`) and
    forgets none: a word of nobody's name finds nobody. Nothing makes them unique, so that no two
    people who register somebody ever wait for one another; a word that is here twice is harmless.
    """

    word = models.TextField()
    slips = models.GeneratedField(
        expression=Slips(F("word")), output_field=ArrayField(models.TextField()), db_persist=True
    )

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="patients_name_word"),
            GinIndex(fields=["slips"], name="patients_name_word_slips"),
            GinIndex(OpClass(F("word"), "gin_trgm_ops"), name="patients_name_word_like"),
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return self.word
