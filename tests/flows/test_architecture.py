"""The documents say what the code does."""

from __future__ import annotations

from pathlib import Path

from tests.kit.diagram import DOCUMENT, drawn

ROOT = Path(__file__).parents[2]


def test_the_state_diagram_is_the_tables() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == drawn(text), "run `python -m tests.kit.diagram`"


def test_no_machine_path_and_no_index_address_is_committed() -> None:
    import subprocess

    done = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False)
    for name in done.stdout.split():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yaml", ".toml", ".txt", "") and path.is_file() and path.name != "LICENSE":
            text = path.read_text(encoding="utf-8", errors="replace")
            for bad in ("index" + "-url", "/ro" + "ot/", "/wo" + "rk/", "pypi" + ".org"):
                assert bad not in text, f"{name} holds {bad}"
    assert not (ROOT / "uv.lock").exists()
