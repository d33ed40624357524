"""The shared cache.

Nothing lives in the cache alone. Sessions are rows of the database, so that one that was ended
stays ended for every process; here are counts of tries, and numbers that can be counted again. So a
cache that is away must stop nobody's work. Meanwhile it remembers nothing: the board is slower, and
how often a password or a code was tried is not limited (each refused sign-in is still on the audit
trail, and wrong answers still lock a patient's link). The log says so with `cache_unreachable`,
and `/readyz` answers 503, since the heartbeat is kept here.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import redis
import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import exceptions

logger = structlog.get_logger(__name__)

# How long a server that did not answer is left alone: one that hangs costs its timeout each time.
PAUSE_SECONDS = 5
AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
)


# Until when this process leaves a server alone.
_left_alone_until: defaultdict[str, float] = defaultdict(float)


class KeptClient(RedisCacheClient):
    """Keeps one client for each server, and does without a server that is away.

    Django makes a client anew for each question.
    """

    def __init__(self, servers: list[str], *args: Any, **options: Any) -> None:
        super().__init__(servers, *args, **options)
        self._clients: dict[redis.ConnectionPool, redis.Redis] = {}
        self._server = " ".join(servers)

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        """Return the client of the server that is to be read or written."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._clients:
            self._clients[pool] = redis.Redis(connection_pool=pool)
        return self._clients[pool]

    def get(self, key: Any, default: Any) -> Any:
        """Return what is kept, or the default."""
        return self._ask(super().get, key, default, otherwise=default)

    def get_many(self, keys: Any) -> dict[Any, Any]:
        """Return what is kept of these."""
        found: dict[Any, Any] = self._ask(super().get_many, keys, otherwise={})
        return found

    def has_key(self, key: Any) -> bool:
        """Say whether something is kept."""
        return bool(self._ask(super().has_key, key, otherwise=False))

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Say yes while the server is away: who may only go on once is not stopped by that."""
        return bool(self._ask(super().add, key, value, timeout, otherwise=True))

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep a value."""
        self._ask(super().set, key, value, timeout, otherwise=None)

    def set_many(self, data: Any, timeout: Any) -> None:
        """Keep several values."""
        self._ask(super().set_many, data, timeout, otherwise=None)

    def touch(self, key: Any, timeout: Any) -> bool:
        """Keep a value for longer; say whether it was there."""
        return bool(self._ask(super().touch, key, timeout, otherwise=False))

    def incr(self, key: Any, delta: int) -> int:
        """Raise `ValueError` while the server is away, as for a key that is not there."""
        number: int | None = self._ask(super().incr, key, delta, otherwise=None)
        if number is None:
            raise ValueError("The cache is away, and the key with it.")
        return number

    def delete(self, key: Any) -> bool:
        """Forget a value; say whether it was there."""
        return bool(self._ask(super().delete, key, otherwise=False))

    def delete_many(self, keys: Any) -> None:
        """Forget several values."""
        self._ask(super().delete_many, keys, otherwise=None)

    def clear(self) -> bool:
        """Forget everything; say whether it was done."""
        return bool(self._ask(super().clear, otherwise=False))

    def _ask(self, question: Callable[..., Any], *args: Any, otherwise: Any) -> Any:
        """Return the answer of the server, or `otherwise` while it is away."""
        if time.monotonic() < _left_alone_until[self._server]:
            return otherwise
        try:
            return question(*args)
        except AWAY as error:
            _left_alone_until[self._server] = time.monotonic() + PAUSE_SECONDS
            logger.warning("cache_unreachable", error=type(error).__name__)
            return otherwise


class KeptClientCache(RedisCache):
    """Django's cache on Redis, with a `KeptClient`."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient
