from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from clinic.base.addresses import address_of


def test_it_is_the_address_that_reverse_returns():
    patient, session = uuid4(), uuid4()
    assert address_of("caseload:chart", patient) == reverse("caseload:chart", args=[patient])
    assert address_of("treatments:session", patient, session) == reverse(
        "treatments:session", args=[patient, session]
    )
    other = uuid4()
    assert address_of("caseload:chart", str(other)) == reverse("caseload:chart", args=[other])


def test_a_template_asks_for_it_by_name():
    patient = uuid4()
    written = Template("{{ patient|address:'caseload:chart' }}").render(
        Context({"patient": patient})
    )
    assert written == f"/patients/{patient}/"


def test_a_name_that_does_not_exist_is_a_mistake():
    with pytest.raises(NoReverseMatch):
        address_of("caseload:nowhere", uuid4())
