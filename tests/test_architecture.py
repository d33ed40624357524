"""The rules of docs/architecture.md that a machine can hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parent.parent
PRODUCT = ("clinic", "patients", "treatments", "followups")
SOURCES = [
    path
    for folder in PRODUCT
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]


def test_each_app_imports_only_what_stands_below_it():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_there_are_no_signals():
    for path in SOURCES:
        text = path.read_text()
        assert "django.dispatch" not in text, path
        assert "django.db.models.signals" not in text, path


@pytest.mark.parametrize("folder", PRODUCT)
def test_migrations_add_triggers_in_our_way(folder):
    """`makemigrations` writes pgtrigger's operation, which builds every model anew."""
    for path in (ROOT / folder).rglob("migrations/*.py"):
        assert "pgtrigger.migrations.AddTrigger" not in path.read_text(), path


@pytest.mark.parametrize("folder", PRODUCT)
def test_only_actions_write(folder):
    """Views, forms, tasks and access fetch and call an action; none saves a row itself."""
    writes = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
    readers = ("views", "forms", "access", "tasks")
    for path in SOURCES:
        if path.parts[len(ROOT.parts)] != folder:
            continue
        if path.stem not in readers and not set(path.parts) & set(readers):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in writes, f"{path}:{node.lineno} .{node.func.attr}()"


def product_models() -> list[type[models.Model]]:
    labels = {"audit", "practice", "staff", "patients", "messaging", "documents", "photos"}
    labels |= {"booking", "treatments", "followups"}
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in labels and not hasattr(model, "pgh_tracked_model")
    ]


@pytest.mark.parametrize("model", product_models(), ids=lambda model: model.__name__)
def test_every_at_has_its_by_or_neither(model):
    """`signed_at` and `signed_by` are given together: both required, or paired by a constraint."""
    names = {field.name: field for field in model._meta.get_fields()}
    constraints = {constraint.name for constraint in model._meta.constraints}
    for name, field in names.items():
        by = names.get(name.removesuffix("_at") + "_by")
        if not name.endswith("_at") or by is None or name == "created_at":
            continue
        if not field.null and not by.null:
            continue
        action = name.removesuffix("_at")
        assert any(c.endswith(f"_{action}_paired") for c in constraints), f"{model}.{name}"


@pytest.mark.parametrize("model", product_models(), ids=lambda model: model.__name__)
def test_nothing_clinical_cascades(model):
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and not field.auto_created:
            through = model._meta.concrete_model._meta.auto_created
            assert through or field.remote_field.on_delete is models.PROTECT, (
                f"{model}.{field.name}"
            )


def test_no_template_holds_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        if "pdf" in path.parts or "summary" in path.parts:
            continue
        text = path.read_text()
        assert " style=" not in text, path
        assert " onclick=" not in text, path
        for tag in text.split("<script")[1:]:
            assert " src=" in tag.split(">")[0] or "application/json" in tag.split(">")[0], path


def test_no_committed_file_names_a_package_registry():
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    hosts = ["pypi." + "org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com"]
    hosts += ["deb." + "debian.org"]
    for name in names:
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            content = path.read_bytes()
            assert not any(host.encode() in content for host in hosts), name
