"""Private links and codes are keys: their secrets are shown to the patient alone."""

import re

MASK = "…"
_SECRET = re.compile(r"(?<=/my/)[A-Za-z0-9_~%.=-]+")
# The words that stand before a code in every text that holds one.
CODE_IS = "Your code is "
_CODE = re.compile(rf"(?<={CODE_IS})[0-9]+")


def mask_secrets(text: str) -> str:
    """Return the text with the secret of each private link, and each code, as an ellipsis."""
    return _CODE.sub(MASK, _SECRET.sub(MASK, text))
