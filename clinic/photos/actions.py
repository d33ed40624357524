"""Every write to photographs."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base import after_commit
from clinic.base.templatetags.anagen import day
from clinic.photos import tasks
from clinic.photos.intake import Photograph
from clinic.photos.models import Agreement, Photo, PhotoSet, View
from clinic.staff.models import User
from patients.consent.rules import standing_photo_consent
from patients.models import Case, Consent, PhotoScope


def add_photos(
    *,
    by: User,
    case: Case,
    taken_at: datetime,
    files: Mapping[str, Photograph],
    photo_set: PhotoSet | None = None,
    agreed_aloud: bool = False,
    now: datetime,
) -> PhotoSet:
    """Keep photographs by view (what `intake.read_photograph` returned) in a set of one visit.

    Photographs for the patient's own record need the patient's agreement: a signed consent with
    that scope or, since the first are often taken before anything is signed, the agreement given
    aloud; each photograph keeps which it was. Any other use needs the signed consent.

    Without `photo_set` they join the case's set of that day whose views are free, else a new set
    is made. All are kept or none. Raises `ValidationError` without a file or an agreement, when a
    view is already in the set, when the set is another case's, or when `taken_at` is to come.
    """
    if not files:
        raise ValidationError("Choose at least one photograph.")
    kept: list[Photo] = []
    try:
        with transaction.atomic():
            consent = None if agreed_aloud else _consent_to_be_photographed(case)
            photo_set = photo_set or _begun_that_day(case, taken_at, files)
            photo_set = _set_for(by, case, taken_at, photo_set, now)
            _refuse_views_taken(photo_set, files)
            _refuse_pictures_known(case, files)
            for view, photograph in files.items():
                kept.append(_row(photo_set, view, photograph, consent))
                kept[-1].original.save(f"{kept[-1].pk}.jpg", ContentFile(photograph.jpeg))
            _record_taken(by, photo_set, kept)
    except BaseException:
        # The rows are gone with the transaction; their files would stay behind for ever.
        for photo in kept:
            photo.original.delete(save=False)
        raise
    return photo_set


def _consent_to_be_photographed(case: Case) -> Consent:
    consent = standing_photo_consent(case.patient)
    if consent is None or PhotoScope.CLINICAL not in consent.photo_scopes_left:
        raise ValidationError("Ask the patient whether they agree to be photographed.")
    return consent


def _begun_that_day(
    case: Case, taken_at: datetime, files: Mapping[str, Photograph]
) -> PhotoSet | None:
    """What is added on one day is one visit. Two people adding wait for each other here."""
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    that_day = case.photo_sets.filter(taken_at__date=timezone.localdate(taken_at))
    taken = Photo.objects.standing().filter(photo_set=OuterRef("pk"), view__in=list(files))
    return that_day.filter(~Exists(taken)).order_by("-taken_at").first()


def _set_for(
    by: User, case: Case, taken_at: datetime, photo_set: PhotoSet | None, now: datetime
) -> PhotoSet:
    if photo_set is not None and photo_set.case_id != case.pk:
        raise ValidationError("These photographs belong to another course of care.")
    _refuse_impossible_time(case, taken_at, now)
    if photo_set is not None:
        return photo_set
    if case.closed_at:
        raise ValidationError("This case is closed: open a case to add photographs.")
    return PhotoSet.check_and_create(
        patient=case.patient, case=case, taken_at=taken_at, taken_by=by
    )


def _refuse_impossible_time(case: Case, taken_at: datetime, now: datetime) -> None:
    if taken_at > now:
        raise ValidationError({"taken_at": "Photographs cannot be taken in the future."})
    born = case.patient.date_of_birth
    if born is not None and taken_at.date() < born:
        raise ValidationError({"taken_at": "The photographs would be older than the patient."})


def _refuse_views_taken(photo_set: PhotoSet, files: Mapping[str, Photograph]) -> None:
    """Two people adding to one set wait for each other here."""
    PhotoSet.objects.select_for_update().get(pk=photo_set.pk)
    taken = set(photo_set.photos.standing().values_list("view", flat=True))
    if double := taken & files.keys():
        message = "This set already has a photograph of this view: withdraw it first."
        raise ValidationError(dict.fromkeys(double, message))


def _refuse_pictures_known(case: Case, files: Mapping[str, Photograph]) -> None:
    """The same picture twice is a mistake: last visit's file, or one file for two views."""
    seen = {
        photo.sha256: f"“{photo.get_view_display()}” of {day(photo.photo_set.taken_at)}"
        for photo in Photo.objects.standing()
        .filter(
            photo_set__patient=case.patient_id,
            sha256__in=[photograph.sha256 for photograph in files.values()],
        )
        .select_related("photo_set")
    }
    errors = {}
    for view, photograph in files.items():
        if photograph.sha256 in seen:
            errors[view] = f"This is the same picture as {seen[photograph.sha256]}."
        seen.setdefault(photograph.sha256, f"the one chosen for “{View(view).label}”")
    if errors:
        raise ValidationError(errors)


def _row(photo_set: PhotoSet, view: str, photograph: Photograph, consent: Consent | None) -> Photo:
    photo = Photo(
        photo_set=photo_set,
        view=view,
        sha256=photograph.sha256,
        width_px=photograph.width_px,
        height_px=photograph.height_px,
        agreed=Agreement.IN_WRITING if consent else Agreement.ALOUD,
        consent=consent,
    )
    photo.full_clean(exclude=["original"])  # no file is written for a row that cannot be
    return photo


def _record_taken(by: User, photo_set: PhotoSet, photos: list[Photo]) -> None:
    audit.record(
        Kind.PHOTOS_TAKEN,
        by=by,
        patient_id=photo_set.patient_id,
        subject=photo_set,
        count=len(photos),
        views=[photo.view for photo in photos],
        agreed=photos[0].get_agreed_display(),
    )
    for photo in photos:
        after_commit.start(tasks.derive, str(photo.pk))


@transaction.atomic
def withdraw_photo(*, by: User, photo: Photo, reason: str, now: datetime) -> None:
    """Take a photograph out of the record's pages; the row and the file stay on record.

    Raises `ValidationError` without a reason, or when it is withdrawn already.
    """
    if not reason.strip():
        raise ValidationError("Say why the photograph is withdrawn.")
    changed = Photo.objects.standing().filter(pk=photo.pk).update(withdrawn_at=now, withdrawn_by=by)
    if not changed:
        raise ValidationError("This photograph has been withdrawn already.")
    audit.record(
        Kind.PHOTO_REMOVED,
        by=by,
        patient_id=photo.photo_set.patient_id,
        subject=photo,
        view=photo.get_view_display(),
        reason=reason.strip(),
    )


@transaction.atomic
def record_viewing(*, by: User, photo: Photo) -> None:
    """Record that somebody opened a photograph in its large size."""
    audit.record(
        Kind.PHOTO_VIEWED,
        by=by,
        patient_id=photo.photo_set.patient_id,
        subject=photo,
        view=photo.get_view_display(),
    )
