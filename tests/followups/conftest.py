"""What a page must say is checked in `pages`, too: a failure there shows the values as well."""

import pytest

pytest.register_assert_rewrite("tests.followups.pages")
