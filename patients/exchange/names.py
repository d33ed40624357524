"""A whole name in one column, read in the order that was chosen for the file."""

ORDERS = {
    "comma": "Family name, comma, given names: OKORO, Ada",
    "given_first": "Given names, then the family name as the last word: Mr Ada Okoro",
    "family_first": "The family name as the first word, then given names: Okoro Ada",
}
_TITLES = {
    *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lady", "lord"),
    *("rev", "revd", "master"),
}


def split(text: str, order: str) -> dict[str, str]:
    """Return title, family name and given names, those that stand there.

    Raises `ValueError` with a sentence where the name is not written in this order.
    """
    has_comma = "," in text
    if (order == "comma") != has_comma or text.count(",") > 1:
        shape = ORDERS[order].split(": ")[1]
        raise ValueError(f"This name is not written as was chosen for the file: {shape}.")
    if has_comma:
        family, given = (part.strip() for part in text.split(","))
        title, words = _title(given.split())
        return _parts(title, family, " ".join(words))
    title, words = _title(text.split())
    if len(words) < 2:
        raise ValueError("One word alone: the family name or the given names are missing.")
    if order == "given_first":
        return _parts(title, words[-1], " ".join(words[:-1]))
    return _parts(title, words[0], " ".join(words[1:]))


def fits(text: str, order: str) -> bool:
    """Whether a name can be read in this order."""
    try:
        split(text, order)
    except ValueError:
        return False
    return True


def _title(words: list[str]) -> tuple[str, list[str]]:
    if len(words) > 1 and words[0].strip(".").lower() in _TITLES:
        return words[0].strip("."), words[1:]
    return "", words


def _parts(title: str, family: str, given: str) -> dict[str, str]:
    if not family or not given:
        raise ValueError("The family name or the given names are missing.")
    names = {"family_name": family, "given_names": given}
    return {"title": title, **names} if title else names
