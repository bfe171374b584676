"""The page about real models: what it measures it measures rightly, and where there are none it says what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import models
from tests.bench.models import TEXTS, Clip
from voiceprep.core.transcript import Word, heard


def test_without_models_the_page_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["models", "--models", str(tmp_path)])
    assert models.main() == models.NOTHING
    assert "voiceprep models fetch base.en" in capsys.readouterr().out


def test_times_are_compared_with_the_edges_of_the_sound() -> None:
    words, edges, at_s = [], [], 0.0
    for text in TEXTS:
        said = text.split()
        edges.append((at_s, at_s + 0.4 * len(said)))
        # Every word comes 50 ms late, and a wrong one between two sentences puts nothing out of step.
        words += [Word(w, at_s + 0.4 * n + 0.05, at_s + 0.4 * (n + 1) + 0.05, 0.9) for n, w in enumerate(said)]
        at_s += 0.4 * len(said) + 0.6
        words.append(Word("hm", at_s - 0.3, at_s - 0.2, 0.2))
    begins, ends = models._off(
        heard(words, engine="made", credits_only=False, duration_s=at_s), Clip(b"", tuple(edges))
    )
    assert begins == pytest.approx([50.0] * len(TEXTS)) and ends == pytest.approx([50.0] * len(TEXTS))
