"""How a set is laid out: one place for each standard view, filled or missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from clinic.photos.models import Agreement, Photo, PhotoSet, View


@dataclass(frozen=True)
class Place:
    """One standard view of a set, with its photograph or none."""

    view: View
    photo: Photo | None


@dataclass(frozen=True)
class Sheet:
    """A set with its places in the standard order."""

    photo_set: PhotoSet
    places: list[Place]

    @property
    def missing(self) -> list[View]:
        """The views that were not taken."""
        return [place.view for place in self.places if place.photo is None]

    @property
    def missing_words(self) -> str:
        """How many views are missing, in words."""
        count = len(self.missing)
        return f"{count} view{'' if count == 1 else 's'} missing"

    @property
    def agreement(self) -> str:
        """How the patient agreed to the photographs of this set, in words."""
        ways = [place.photo.agreed for place in self.places if place.photo]
        known = [way.label for way in Agreement if way in ways and way != Agreement.NOT_KNOWN]
        unknown = ways.count(Agreement.NOT_KNOWN)
        if not known:
            return "Agreement not known" if unknown else ""
        words = f"Patient agreed {' and '.join(known)}"
        return f"{words}, for {unknown} of {len(ways)} views not known" if unknown else words

    @property
    def taken(self) -> int:
        """How many views there are photographs of."""
        return len(self.places) - len(self.missing)

    def photo_of(self, view: str) -> Photo | None:
        """Return the photograph of one view, or None."""
        return next((place.photo for place in self.places if place.view == view), None)


def sheet_of(photo_set: PhotoSet, *earlier: PhotoSet) -> Sheet:
    """Return the layout of a set that `access.sets_of` has fetched.

    Views that it lacks are filled from the `earlier` sets of the same visit, the newest first.
    """
    by_view: dict[str, Photo] = {}
    for one in (photo_set, *earlier):
        standing: Iterable[Photo] = one.standing_photos  # type: ignore[attr-defined]
        for photo in standing:
            by_view.setdefault(photo.view, photo)
    return Sheet(photo_set, [Place(view, by_view.get(view.value)) for view in View])
