"""What an engine has freed isn't kept by the C library."""

from __future__ import annotations

import platform

import pytest

from tests.engines.freeing_engine import BLOCK
from voiceprep import memory
from voiceprep.speech.child import Child

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told what to keep")


def left(monkeypatch: pytest.MonkeyPatch, tunables: str) -> float:
    """Blocks that a process still has when all but one are freed."""
    monkeypatch.setattr(memory, "TUNABLES", tunables)
    engine = Child("tests.engines.freeing_engine", [])
    try:
        found = engine.ask({}, 30)
    finally:
        engine.close()
    assert found["highest"] > 20 * BLOCK
    return float(found["left"]) / BLOCK


def test_blocks_as_large_as_a_layers_numbers_go_back_when_they_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    assert left(monkeypatch, memory.TUNABLES) < 3
    assert left(monkeypatch, "glibc.malloc.arena_max=1") > 15, "and this is what they'd do else"


def test_who_has_told_glibc_otherwise_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.arena_max=1")
    assert left(monkeypatch, memory.TUNABLES) > 15
