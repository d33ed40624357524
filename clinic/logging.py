"""Structured logs: one JSON object a line, with a request id and without patient data."""

import re
from typing import Any

import structlog

# PostgreSQL repeats the offending row in these lines ("Key (phone)=(…) already exists.").
# A value may span lines: everything goes, up to the next traceback or the end.
_ROW_CONTENTS = re.compile(
    r"^(DETAIL|CONTEXT|PARAMETERS):.*?(?=^(?:Traceback|The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


def without_row_contents(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Remove the values that a database error carries from a formatted exception."""
    if "exception" in event:
        event["exception"] = _ROW_CONTENTS.sub(r"\1: [removed]\n", event["exception"])
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
STRUCTLOG_PROCESSORS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_row_contents,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _SHARED,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # django.request and django.server repeat paths, which may hold a patient's link.
        "django.request": {"handlers": [], "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.security": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
