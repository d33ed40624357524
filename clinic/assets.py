"""Static files, whose addresses do not change while the product runs."""

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class KeptAddresses(ManifestStaticFilesStorage):
    """Files under hashed names, each address worked out once.

    A page names some forty of them, and Django puts each address together anew.
    """

    _kept: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a file; `force` is for `collectstatic`, while names come about."""
        if force or not name:
            return super().url(name or "", force)
        if name not in self._kept:
            self._kept[name] = super().url(name, force)
        return self._kept[name]


class CompressedAddresses(KeptAddresses, CompressedManifestStaticFilesStorage):
    """The same files, compressed besides: worth ten seconds where they travel far."""
