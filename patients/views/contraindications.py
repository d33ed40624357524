"""The clinic's rules of what speaks against a treatment: read, tried, changed, approved."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.audit import actions as audit
from clinic.base.forms import PlainForm
from clinic.practice.models import Technique
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.actions import contraindications as actions
from patients.contraindications.kinds import Verdict, read_kind
from patients.contraindications.reading import read_record
from patients.contraindications.rules import standing, versions_of
from patients.forms.contraindications import DeclineForm, RetireForm, RuleForm
from patients.models import ContraindicationRule as Rule
from patients.models import Patient
from patients.views.consents import posted


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    user = signed_in(request)
    context |= {
        "may_manage": user.can(Permission.MANAGE_CONTRAINDICATIONS),
        "may_approve": user.can(Permission.APPROVE_CONTRAINDICATIONS),
    }
    with timezone.override(current_site(request).zone):
        return render(request, f"patients/rules/{name}.html", context, status=status)


def _rule(rule_id: UUID) -> Rule:
    people = ("author", "approved_by", "declined_by", "retired_by")
    found = Rule.objects.select_related(*people).filter(pk=rule_id).first()
    if found is None:
        raise Http404("There is no such rule.")
    return found


@require(Permission.VIEW_CLINICAL)
@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """Show for each technique which rules stand, which wait for approval, which are retired."""
    rows = list(Rule.objects.select_related("approved_by", "author", "retired_by"))
    shelves = [_shelf(technique, rows) for technique in Technique]
    kinds = Rule.Kind.choices
    return _page(request, "list", shelves=shelves, kinds=kinds, techniques=Technique.choices)


def _shelf(technique: Technique, rows: list[Rule]) -> dict[str, Any]:
    here = [row for row in rows if row.technique == technique]
    stand = standing(here)
    in_use = {row.code for row in stand}
    return {
        "technique": technique,
        "rules": stand,
        "waiting": _waiting(here, stand),
        "retired": [row for row in here if row.retired_at and row.code not in in_use],
        "unapproved": len([row for row in stand if not row.is_approved]),
    }


def _version(rule: Rule) -> int:
    return rule.version


def _waiting(rows: list[Rule], stand: list[Rule]) -> list[Rule]:
    """Return the versions that wait for approval: neither decided nor overtaken, newest first."""
    in_use = {row.code: row.version for row in stand}
    ended = {row.code: row.version for row in sorted(rows, key=_version) if row.retired_at}
    return [
        row
        for row in rows
        if not (row.may_stand or row.declined_at)
        and row.version > max(in_use.get(row.code, 0), ended.get(row.code, 0))
    ]


@require(Permission.VIEW_CLINICAL)
@require_GET
def rule_page(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Show one version, whether it stands, and the others."""
    return _show(request, _rule(rule_id))


def _show(
    request: HttpRequest,
    rule: Rule,
    *,
    retire: RetireForm | None = None,
    decline: DeclineForm | None = None,
) -> HttpResponse:
    versions = versions_of(rule)
    stands = next(iter(standing(versions)), None)
    waits = rule in _waiting(versions, [stands] if stands else [])
    is_own = rule.author == signed_in(request)
    return _page(
        request,
        "rule",
        status=422 if retire or decline else 200,
        rule=rule,
        versions=versions,
        stands=stands,
        waits=waits,
        is_decidable=waits or (rule == stands and not rule.is_approved),
        why_not=actions.WRITTEN_BY_YOU if waits and is_own and actions.weakens(rule) else "",
        changes=_changes(stands, rule) if waits and stands else [],
        newest=versions[0],
        retire_form=retire or RetireForm(),
        decline_form=decline or DeclineForm(),
    )


def _changes(stands: Rule, rule: Rule) -> list[tuple[str, str, str]]:
    """Return what a version would change of the one that stands: what, before and after."""
    sides = [
        (
            each.get_severity_display(),
            read_kind(each.kind, each.parameters).in_words,
            each.sentence,
            each.source,
        )
        for each in (stands, rule)
    ]
    names = ("Severity", "Holds", "Words", "Source")
    return [row for row in zip(names, *sides, strict=True) if row[1] != row[2]]


@require(Permission.MANAGE_CONTRAINDICATIONS)
@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Write a rule of the clinic's own, of one of the kinds (`?technique=&kind=`)."""
    technique, kind = request.GET.get("technique", ""), request.GET.get("kind", "")
    if technique not in Technique.values or kind not in Rule.Kind.values:
        return redirect("patients:rules")
    return _write(request, technique=technique, kind=kind)


@require(Permission.MANAGE_CONTRAINDICATIONS)
@require_http_methods(["GET", "POST"])
def change_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Write the next version of a rule."""
    rule = _rule(rule_id)
    return _write(request, technique=rule.technique, kind=rule.kind, rule=rule)


def _write(
    request: HttpRequest, *, technique: str, kind: str, rule: Rule | None = None
) -> HttpResponse:
    form = RuleForm(posted(request), kind=kind, rule=rule)
    tried: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("then") == "try":
            tried = _try(request, form)
        elif published := _publish(request, form, technique, rule):
            return redirect("patients:rule", published.pk)
    return _page(
        request,
        "edit",
        status=422 if form.errors else 200,
        form=form,
        rule=rule,
        technique=Technique(technique),
        kind=Rule.Kind(kind),
        tried=tried,
        stands=(stands := next(iter(standing(versions_of(rule))), None) if rule else None),
        until=f"Version {stands.version} stands until then." if stands else "",
    )


def _publish(
    request: HttpRequest, form: RuleForm, technique: str, rule: Rule | None
) -> Rule | None:
    after = {"code": rule.code, "after_version": rule.version} if rule else {}
    try:
        published = actions.publish_rule(
            by=signed_in(request),
            technique=technique,
            now=timezone.now(),
            **form.values(),
            **after,  # type: ignore[arg-type]
        )
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return None
    messages.success(request, "Published. It waits until a clinician approves it.")
    return published


def _try(request: HttpRequest, form: RuleForm) -> dict[str, Any]:
    """Return what the rule would say of a patient now; that the record was read is recorded."""
    user, number = signed_in(request), form.cleaned_data["number"].strip()
    patient = Patient.objects.visible_to(user).filter(number__iexact=number).first()
    if patient is None:
        form.add_error("number", "No patient at your sites has this number.")
        return {}
    audit.record_reading(by=user, patient_id=patient.pk, page="a rule tried on the record")
    at = timezone.localtime(timezone=current_site(request).zone)
    kind = read_kind(form.kind, form.parameters)
    _, facts = read_record(patient)
    verdict: Verdict = kind.judge(facts, at)
    return {"patient": patient, "verdict": verdict, "words": kind.in_words}


@require(Permission.MANAGE_CONTRAINDICATIONS)
@require_POST
def install(request: HttpRequest) -> HttpResponse:
    """Add the rules that come with the product, where there are none."""
    new = actions.install_shipped_rules(by=signed_in(request), now=timezone.now())
    messages.success(request, f"{len(new)} rules added. A clinician approves each one.")
    return redirect("patients:rules")


@require(Permission.APPROVE_CONTRAINDICATIONS)
@require_POST
def approve(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Stand behind a version."""
    rule = _rule(rule_id)
    try:
        actions.approve_rule(by=signed_in(request), rule=rule, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Approved: {rule}.")
    return redirect("patients:rule", rule.pk)


@require(Permission.APPROVE_CONTRAINDICATIONS)
@require_POST
def decline(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Turn a version down that waits, with the reason."""
    rule, form = _rule(rule_id), DeclineForm(request.POST)
    if _decided(request, rule, form, actions.decline_rule):
        messages.success(request, f"Declined: {rule}.")
        return redirect("patients:rule", rule.pk)
    return _show(request, rule, decline=form)


@require(Permission.MANAGE_CONTRAINDICATIONS)
@require_POST
def retire(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """End a rule, with the reason."""
    rule, form = _rule(rule_id), RetireForm(request.POST)
    if _decided(request, rule, form, actions.retire_rule):
        messages.success(request, f"Retired: {rule}.")
        return redirect("patients:rules")
    return _show(request, rule, retire=form)


def _decided(request: HttpRequest, rule: Rule, form: PlainForm, decide: Any) -> bool:
    """Decide with the reason that was typed; say whether that went well, or on the form why not."""
    if not form.is_valid():
        return False
    try:
        decide(by=signed_in(request), rule=rule, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return False
    return True
