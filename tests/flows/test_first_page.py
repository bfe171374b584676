"""Who is asked how to begin: somebody who hasn't said so, in any way."""

from __future__ import annotations

from pathlib import Path

from tests.bank import small_bank
from voiceprep import wiring
from voiceprep.config import Settings, places
from voiceprep.wiring.screens import ScreenBackend

MICRO = Path(__file__).parents[1] / "kit" / "models" / "micro_whisper"


def asked(folder: Path, choice: wiring.Choice, settings: Settings | None = None) -> bool:
    bank = small_bank.write(folder / "bank")
    where = places(str(folder / "data"))
    return ScreenBackend(where, choice, str(bank), settings or Settings()).home().first_time


def test_whoever_has_only_what_came_along_is_asked_once(tmp_path: Path) -> None:
    assert asked(tmp_path, wiring.Choice("basic", voice="none"))
    assert not asked(tmp_path / "b", wiring.Choice("basic", voice="none"), Settings(first_choice="type"))


def test_whoever_names_a_model_or_has_fetched_one_has_chosen(tmp_path: Path) -> None:
    assert not asked(tmp_path, wiring.Choice("auto", str(MICRO), voice="none"))
    models = places(str(tmp_path / "b" / "data")).models / "whisper"
    models.mkdir(parents=True)
    (models / "micro").symlink_to(MICRO)
    assert not asked(tmp_path / "b", wiring.Choice("auto", voice="none"))
