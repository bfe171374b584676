"""The built wheel, installed outside the checkout, holds the demo with no network.

Here the wheel goes into a fresh environment that borrows this one's libraries, so that no index is asked; `make
wheel-test` installs everything from the index into an empty one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build", reason="the package `build` is not installed")
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_bank_the_demo_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "voiceprep/_data/question_bank/lexicon.yaml",
        "voiceprep/_data/question_bank/databases.yaml",
        "voiceprep/_data/prompts/README.md",
        "voiceprep/demo/sql-or-nosql.ogg",
        "voiceprep/report/page.html.j2",
        "voiceprep/report/page.css",
        "voiceprep/report/page.js",
    ):
        assert wanted in names
    assert any(n.endswith("LICENSE") for n in names)
    assert not any(n.startswith("tests/") for n in names)


def test_the_installed_wheel_holds_the_demo_offline(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    packages = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()
    )  # fmt: skip
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n")
    where = subprocess.run(
        [python, "-c", "import voiceprep; print(voiceprep.__file__)"], cwd=tmp_path, check=True, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
    assert str(packages) in where, "the checkout must not be what is run"
    command = [str(python), "-m", "voiceprep", "demo", "--fast", "--voice", "espeak", "--out", str(tmp_path / "out")]
    if shutil.which("unshare") and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0:
        command = ["unshare", "-n", *command]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "FEEDBACK" in done.stdout
    assert len(list((tmp_path / "out").glob("*/report.md"))) == 1
