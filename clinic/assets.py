"""Static files, whose addresses do not change while the product runs."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class KeptAddresses(CompressedManifestStaticFilesStorage):
    """Compressed files under hashed names, each address worked out once.

    A page names some forty of them, and Django puts each address together anew.
    """

    _kept: dict[str, str]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._kept = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the address of a file; `force` is for `collectstatic`, while names come about."""
        if force or name is None:
            return super().url(name, force)
        if name not in self._kept:
            self._kept[name] = super().url(name, force)
        return self._kept[name]
