"""What a patient needs of the clinic: a language, an interpreter, a way in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Language(models.TextChoices):
    """Languages by ISO 639 code: those most spoken at home in England and Wales, and some more."""

    ENGLISH = "en", "English"
    ALBANIAN = "sq", "Albanian"
    AMHARIC = "am", "Amharic"
    ARABIC = "ar", "Arabic"
    BENGALI = "bn", "Bengali"
    BRITISH_SIGN_LANGUAGE = "bfi", "British Sign Language"
    BULGARIAN = "bg", "Bulgarian"
    CANTONESE = "yue", "Cantonese"
    CZECH = "cs", "Czech"
    DUTCH = "nl", "Dutch"
    FRENCH = "fr", "French"
    GERMAN = "de", "German"
    GREEK = "el", "Greek"
    GUJARATI = "gu", "Gujarati"
    HEBREW = "he", "Hebrew"
    HINDI = "hi", "Hindi"
    HUNGARIAN = "hu", "Hungarian"
    IRISH = "ga", "Irish"
    ITALIAN = "it", "Italian"
    JAPANESE = "ja", "Japanese"
    KOREAN = "ko", "Korean"
    KURDISH = "ku", "Kurdish"
    LATVIAN = "lv", "Latvian"
    LITHUANIAN = "lt", "Lithuanian"
    MALAYALAM = "ml", "Malayalam"
    MANDARIN = "cmn", "Mandarin"
    NEPALI = "ne", "Nepali"
    PANJABI = "pa", "Panjabi"
    PASHTO = "ps", "Pashto"
    PERSIAN = "fa", "Persian (Farsi)"
    POLISH = "pl", "Polish"
    PORTUGUESE = "pt", "Portuguese"
    ROMANIAN = "ro", "Romanian"
    RUSSIAN = "ru", "Russian"
    SLOVAK = "sk", "Slovak"
    SOMALI = "so", "Somali"
    SPANISH = "es", "Spanish"
    SWAHILI = "sw", "Swahili"
    TAMIL = "ta", "Tamil"
    TELUGU = "te", "Telugu"
    THAI = "th", "Thai"
    TIGRINYA = "ti", "Tigrinya"
    TURKISH = "tr", "Turkish"
    UKRAINIAN = "uk", "Ukrainian"
    URDU = "ur", "Urdu"
    VIETNAMESE = "vi", "Vietnamese"
    WELSH = "cy", "Welsh"
    YORUBA = "yo", "Yoruba"
    OTHER = "other", "Another language"


class AccessNeed(models.TextChoices):
    """What the clinic prepares before a visit."""

    STEP_FREE = "step_free", "Step-free access"
    LARGE_PRINT = "large_print", "Large print"
    EASY_READ = "easy_read", "Easy-read letters"
    HEARING_LOOP = "hearing_loop", "Hearing loop"
    SIGN_LANGUAGE = "sign_language", "Sign language interpreter"
    COMPANION = "companion", "Comes with a carer"
    LONGER_VISIT = "longer_visit", "Longer visit"


class HasNeeds(models.Model):
    """The part of a patient that says what the clinic prepares for them."""

    language = models.CharField(max_length=5, choices=Language, default=Language.ENGLISH)
    language_words = models.CharField("other language", max_length=60, blank=True)
    needs_interpreter = models.BooleanField("interpreter needed", default=False)
    access_needs = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    access_note = models.CharField("other access needs", max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def language_label(self) -> str:
        """The language in words, the typed one where it is not in the list."""
        return self.language_words or Language(self.language).label

    @property
    def needs(self) -> list[str]:
        """What somebody has to prepare, in words; nothing for most patients."""
        known = [need.label for need in AccessNeed if need in self.access_needs]
        interpreter = [f"Interpreter: {self.language_label}"] if self.needs_interpreter else []
        return [*interpreter, *known, *([self.access_note] if self.access_note else [])]


NEEDS_CONSTRAINTS = [
    models.CheckConstraint(
        name="patients_language_named",
        condition=Q(language="other") & ~Q(language_words="")
        | ~Q(language="other") & Q(language_words=""),
        violation_error_message="Write which language, where it is not in the list.",
    ),
    models.CheckConstraint(
        name="patients_access_known",
        condition=Q(access_needs__contained_by=AccessNeed.values),
        violation_error_message="Choose among the access needs that are listed.",
    ),
]
