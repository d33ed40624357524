"""The broker and the cache."""

import redis

from clinic.local import broker, workspace


def test_it_can_stop_and_start_again_at_the_same_address():
    with workspace.fresh() as place:
        with broker.run(place.path / "broker", log_path=place.logs / "log") as first:
            redis.Redis.from_url(first.cache_url).set("name", "value")
            assert redis.Redis.from_url(first.url).get("name") is None
        with broker.run(
            place.path / "broker", log_path=place.logs / "log", port=first.port
        ) as second:
            assert second.url == first.url
            assert redis.Redis.from_url(second.cache_url).get("name") is None
