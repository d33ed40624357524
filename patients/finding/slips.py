"""One slip of the keys."""


def slips(word: str) -> frozenset[str]:
    """Return a word and what is left of it without each one of its letters.

    Two words that share one of these are alike but for one letter: it is wrong, left out, one too
    many, or stands in another place. The database works out the same (`anagen_slips`).
    """
    return frozenset({word, *(word[:place] + word[place + 1 :] for place in range(len(word)))})
