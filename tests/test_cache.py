"""The shared cache on a real server."""

from django.core.cache import caches


def test_it_keeps_one_client_and_answers_as_djangos_own():
    cache = caches["default"]
    cache.set("a", {"b": [1, 2]}, timeout=30)
    assert cache.get("a") == {"b": [1, 2]}
    assert cache.get_many(["a", "missing"]) == {"a": {"b": [1, 2]}}
    cache.delete("a")
    assert cache.get("a", "gone") == "gone"
    assert cache._cache.get_client() is cache._cache.get_client(write=True)
