"""Words without what people write differently: case, accents, joined letters, apostrophes."""

import unicodedata

# Letters that do not come apart into a plain one and an accent, and apostrophes.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys("'’‘ʼ`´")
)


def plain(text: str) -> str:
    """Return a text in small, plain letters; an apostrophe parts no words."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(c for c in folded if not unicodedata.combining(c))
