"""What the installer decides; the installing itself needs a bare machine."""

import pytest

from clinic.local import install


def test_nothing_is_missing_when_everything_is_there(monkeypatch):
    monkeypatch.setattr(install, "library_is_there", lambda name: True)
    monkeypatch.setattr(install.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert install.missing_packages(browser=True) == []


def test_the_browser_is_only_needed_for_tests(monkeypatch):
    monkeypatch.setattr(install, "library_is_there", lambda name: False)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    assert install.missing_packages(browser=False) == list(install.PANGO_PACKAGES)
    assert install.missing_packages(browser=True) == [
        *install.PANGO_PACKAGES,
        "chromium",
        "poppler-utils",
    ]


def test_the_quickest_browser_is_installed_where_it_can_be_and_another_will_do(monkeypatch):
    asked = []
    monkeypatch.setattr(install, "library_is_there", lambda name: True)
    there = {"chromium", "pdftotext"}
    monkeypatch.setattr(
        install.shutil, "which", lambda name: f"/usr/bin/{name}" if name in there else None
    )
    monkeypatch.setattr(install, "apt_install", lambda packages: asked.extend(packages))
    install.install_system_packages(browser=True)
    assert asked == [install.QUICKEST_BROWSER]
    assert install.browser_program() == "/usr/bin/chromium"
    there.add(install.QUICKEST_BROWSER)
    install.install_system_packages(browser=True)
    assert asked == [install.QUICKEST_BROWSER]
    assert install.browser_program() == f"/usr/bin/{install.QUICKEST_BROWSER}"


def test_what_cannot_be_installed_is_named(monkeypatch):
    monkeypatch.setattr(install, "missing_packages", lambda browser: ["chromium"])
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="sudo apt-get install chromium"):
        install.install_system_packages(browser=True)


def test_changed_requirements_are_noticed(monkeypatch, tmp_path):
    requirements, stamp = tmp_path / "dev.txt", tmp_path / "stamp"
    requirements.write_text("django==5.2\n")
    monkeypatch.setattr(install, "REQUIREMENTS", requirements)
    monkeypatch.setattr(install, "STAMP", stamp)
    assert not install.is_installed()
    stamp.write_text(install.fingerprint())
    assert install.is_installed()
    requirements.write_text("django==5.2.1\n")
    assert not install.is_installed()
