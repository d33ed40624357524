"""The only ways to a photograph: what a person may not see does not exist for them."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from clinic.photos.models import Photo, PhotoSet
from clinic.staff.models import User
from patients.models import Patient


def get_photo(user: User, photo_id: UUID) -> Photo:
    """Return a standing photograph of a patient whom this person may see.

    Raises `Http404` for a withdrawn one, for another site's patient, and for none at all.
    """
    photo = (
        Photo.objects.standing()
        .filter(pk=photo_id, photo_set__patient__in=Patient.objects.visible_to(user))
        .select_related("photo_set__patient", "photo_set__taken_by", "derivation", "consent")
        .first()
    )
    if photo is None:
        raise Http404("There is no such photograph at your sites.")
    return photo


def sets_of(patient: Patient) -> QuerySet[PhotoSet]:
    """Return a patient's photo sets, the newest first, each with its standing photographs."""
    photos = Photo.objects.standing().select_related("derivation")
    standing = Prefetch("photos", queryset=photos, to_attr="standing_photos")
    return patient.photo_sets.select_related("taken_by", "case").prefetch_related(standing)


def get_set(patient: Patient, set_id: UUID) -> PhotoSet:
    """Return one of a patient's photo sets. Raises `Http404` for another patient's."""
    photo_set = sets_of(patient).filter(pk=set_id).first()
    if photo_set is None:
        raise Http404("This patient has no such photographs.")
    return photo_set
