import pytest

from tests.factories.practice import SiteFactory


@pytest.fixture
def site(db):
    return SiteFactory()
