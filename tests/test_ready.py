"""A product is ready when nothing that a visit needs is missing."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_a_database_whose_guards_are_down_is_not_ready(client):
    assert client.get("/readyz").json()["guards"] is True
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["guards"] is False
