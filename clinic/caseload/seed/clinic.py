"""The fictional clinic itself: sites, rooms, services, staff, protocols, consent texts, lots."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from django.contrib.auth.hashers import make_password

from clinic.caseload.opening import install_services
from clinic.caseload.seed.calendar import Desk
from clinic.caseload.seed.proposals import propose_rules
from clinic.practice.models import Room, Service, Site, Technique
from clinic.staff.models import User
from clinic.staff.permissions import Role
from followups.actions.protocols import install_shipped_protocols
from followups.models import Protocol, ProtocolStep
from patients.actions.consent_templates import install_shipped_templates
from patients.actions.contraindications import approve_rule, install_shipped_rules
from patients.consent.statements import clinician_statement
from patients.consent.wording import Talk, digest, text_to_sign
from patients.contraindications.rules import questions_of, standing_by_technique
from patients.models import Consent, ConsentTemplate, ContraindicationRule, PhotoScope
from treatments.models import Lot

_SITES = (
    ("Henley-in-Arden", "henley-in-arden", "1 Imaginary Lane\nHenley-in-Arden", "+441632960110"),
    ("Birmingham", "birmingham", "200 Pretend Street\nBirmingham", "+441632960120"),
)
_CLINICIANS = (
    ("Dr", "Ottoline", "Mockridge"),
    ("Dr", "Barnaby", "Feignwell"),
    ("Dr", "Imogen", "Shamley"),
    ("Dr", "Lucian", "Protoby"),
)
_WORDS = ("harbour", "lantern", "meadow", "copper", "willow", "marble", "thimble", "beacon")


@dataclass(frozen=True)
class Account:
    """A person who can sign in to the fictional clinic."""

    role: str
    email: str
    password: str
    name: str


@dataclass(frozen=True)
class Wording:
    """What is signed: a version's whole text with the talk in it, and what both say by signing."""

    text: str
    sha256: str
    photo_scopes: list[str]
    talk: Talk
    statement: str


@dataclass(frozen=True)
class Clinic:
    """The fictional clinic, ready for patients."""

    desks: list[Desk]
    reception: User
    services: dict[str, Service]
    templates: dict[str, ConsentTemplate]
    rules: dict[str, list[ContraindicationRule]]
    questions: dict[str, list[str]]
    """What the rules of a technique want to have asked on the day of a session."""
    wordings: dict[str, list[Wording]]
    steps: dict[str, list[ProtocolStep]]
    lots: dict[str, Lot]
    accounts: list[Account]


def found(random: Random, *, desks: int, now: datetime, today: date) -> Clinic:
    """Make the clinic with so many practitioners (four at least), and return it."""
    sites = [_site(*values) for values in _SITES]
    services = install_services()
    password = f"{random.choice(_WORDS)}-{random.choice(_WORDS)}-{random.randrange(1000, 9999)}"
    accounts: list[Account] = []
    reception = _person(accounts, password, Role.RECEPTION, "", "Flora", "Deskley", sites[:1])
    clinicians = _clinicians(accounts, password, max(desks, len(_CLINICIANS)), sites)
    admin = _person(accounts, password, Role.ADMIN, "", "Edith", "Overton", [])
    _person(accounts, password, Role.EVALUATOR, "", "Blaise", "Unseenby", [])
    _person(accounts, password, Role.RECEPTION, "", "Rupert", "Frontham", sites[1:])
    long_ago = now - timedelta(days=1500)
    install_shipped_templates(by=admin, now=long_ago)
    for rule in install_shipped_rules(by=admin, now=long_ago):
        approve_rule(by=clinicians[0], rule=rule, now=long_ago)
    propose_rules(admin=admin, clinician=clinicians[0], now=now)
    install_shipped_protocols()
    templates, rules = _templates(), standing_by_technique()
    return Clinic(
        desks=[_desk(person, sites[n % 2], n) for n, person in enumerate(clinicians)],
        reception=reception,
        services=services,
        templates=templates,
        rules=rules,
        questions={name: [each.value for each in questions_of(rules[name])] for name in rules},
        wordings={name: _wordings(name, template) for name, template in templates.items()},
        steps=_steps(),
        lots=_lots(today),
        accounts=accounts,
    )


def _site(name: str, slug: str, address: str, phone: str) -> Site:
    return Site.check_and_create(
        name=name,
        slug=slug,
        address=address,
        phone=phone,
        out_of_hours_phone="+441632960199",
        opens_at=time(8),
        closes_at=time(20),
    )


@cache
def _hashed(password: str) -> str:
    return make_password(password)


def _person(
    accounts: list[Account],
    password: str,
    role: Role,
    title: str,
    given_name: str,
    family_name: str,
    sites: list[Site],
    registration_number: str = "",
) -> User:
    email = f"{given_name}.{family_name}@example.test".lower()
    user = User.objects.create(
        email=email,
        # One hash for all: each takes as long as a guess should.
        password=_hashed(password),
        title=title,
        given_name=given_name,
        family_name=family_name,
        roles=[role],
        registration_body="gmc" if registration_number else "",
        registration_number=registration_number,
    )
    user.sites.set(sites)
    accounts.append(Account(role=role.value, email=email, password=password, name=str(user)))
    return user


def _clinicians(
    accounts: list[Account], password: str, count: int, sites: list[Site]
) -> list[User]:
    named = [
        _person(accounts, password, Role.CLINICIAN, *names, [], f"990000{n}")
        for n, names in enumerate(_CLINICIANS)
    ]
    # A clinic of a size for measurements has more practitioners, who cannot sign in.
    more = [
        User(
            email=f"clinician{n}@example.test",
            title="Dr",
            given_name="Invented",
            family_name=f"Clinician {n}",
            roles=[Role.CLINICIAN],
            registration_body="gmc",
            registration_number=f"{9910000 + n}",
            password="!",  # noqa: S106 - Django's mark of an unusable password
        )
        for n in range(len(named), count)
    ]
    return named + User.objects.bulk_create(more)


def _desk(practitioner: User, site: Site, number: int) -> Desk:
    return Desk(
        practitioner=practitioner,
        site=site,
        rooms={
            kind.value: Room.check_and_create(
                site=site, name=f"{kind.label.split()[0]} {number // 2 + 1}", kind=kind
            )
            for kind in Room.Kind
        },
    )


def _templates() -> dict[str, ConsentTemplate]:
    return {
        template.technique or template.purpose: template
        for template in ConsentTemplate.objects.order_by("version")
    }


# What matters to the patient, and what was asked and answered.
_TALKS = (
    ("To keep the hair I have, without tablets.", "How long will it be sore? A few days."),
    ("To look rested at work; I cannot be away for long.", "Can I work the next day? Mostly yes."),
    ("To try something before I think about surgery.", ""),
)


def _wordings(name: str, template: ConsentTemplate) -> list[Wording]:
    """Return what patients sign of a text: a treatment with one of several talks."""
    if not template.is_for_treatment:
        return [_wording(name, template, Talk())]
    risks, choices = template.risks, template.alternatives
    return [
        _wording(name, template, Talk(risks, choices[:-place] or choices, True, asked, matters))
        for place, (matters, asked) in enumerate(_TALKS, 1)
    ]


def _wording(name: str, template: ConsentTemplate, talk: Talk) -> Wording:
    scopes = [PhotoScope.CLINICAL.value] if name == "photographs" else []
    text = text_to_sign(template, scopes, talk)
    unsigned = Consent(template=template, capacity=Consent.Capacity.ASSUMED)
    return Wording(text, digest(text), scopes, talk, clinician_statement(unsigned))


def _steps() -> dict[str, list[ProtocolStep]]:
    return {
        protocol.technique: list(protocol.steps.all())
        for protocol in Protocol.objects.prefetch_related("steps")
    }


def _lots(today: date) -> dict[str, Lot]:
    expiry = today + timedelta(days=500)
    return {
        Technique.MICROGRAFT.value: Lot.check_and_create(
            kind=Lot.Kind.DEVICE,
            product="Tissue disruptor cartridge",
            lot_number="TD-0417",
            expiry_date=expiry,
        ),
        Technique.PRP.value: Lot.check_and_create(
            kind=Lot.Kind.TUBE, product="PRP kit 20 mL", lot_number="PK-2208", expiry_date=expiry
        ),
    }
