"""Where local data may lie."""

import os

import pytest

from clinic.local import workspace


def test_a_workspace_is_outside_the_repository_and_goes_away():
    with workspace.fresh() as place:
        assert not place.path.is_relative_to(workspace.REPOSITORY)
        assert place.media.stat().st_mode & 0o077 == 0
        (place.media / "photo").touch()
    assert not place.path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")
def test_a_folder_the_servers_cannot_reach_is_refused(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(SystemExit, match="cannot be reached"):
        workspace.base_folder({"ANAGEN_DATA_DIR": str(closed / "data")})
    assert workspace.base_folder({"TMPDIR": str(closed)}) != closed


def test_a_chosen_folder_is_made():
    with workspace.fresh() as place:
        chosen = place.path / "chosen"
        assert workspace.base_folder({"ANAGEN_DATA_DIR": str(chosen)}) == chosen
        assert chosen.is_dir()
