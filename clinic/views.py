"""Signs of life, and the pages for what went wrong."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from kombu import Connection

from clinic.celery import app as celery_app

HEARTBEAT_KEY = "heartbeat"


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the web process is alive."""
    return JsonResponse({"alive": True})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether everything that a visit needs is there: 200 when it is, else 503."""
    parts = {
        "database": _database_answers(),
        "migrations": False,
        "guards": False,
        "broker": _broker_answers(),
        "heartbeat": _beat_and_worker_run(),
    }
    parts["migrations"] = parts["database"] and _migrations_are_applied()
    parts["guards"] = parts["database"] and _no_guard_is_down()
    ready = all(parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the reason, the answer is the same: not ready
        return False
    return True


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _no_guard_is_down() -> bool:
    """Say whether every trigger of ours fires: they hold what the product promises."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgenabled = 'D' LIMIT 1")
        return cursor.fetchone() is None


def _broker_answers() -> bool:
    try:
        with Connection(celery_app.conf.broker_url, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # whatever the reason, the answer is the same: not ready
        return False
    return True


def _beat_and_worker_run() -> bool:
    return cache.get(HEARTBEAT_KEY) is True


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be understood."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what the person's role does not allow."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here, for a wrong address and for what is another's alike."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke here; the page needs neither database nor session."""
    return HttpResponse(render(None, "500.html").content, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page had been open too long, and how to go on without losing work."""
    reason = (
        "This page was open for too long, or you signed in anew. Go back: your browser keeps what"
        " you typed. Copy it, reload the page and send it again."
    )
    return render(request, "403.html", {"reason": reason}, status=403)
