"""The command line as a user has it: a process a command, or many commands forked from one that has imported all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 60


@dataclass(frozen=True)
class Result:
    """What a command did."""

    args: tuple[str, ...]
    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        for text in (self.out, self.err):
            assert "Traceback" not in text and "Warning" not in text, f"{self.args}\n{text}"

    def failed(self, code: int, *fragments: str, lines: int = 1, chatter: int = 0) -> None:
        """It failed with this exit code, `lines` of what happened and one line of what to do; stdout is empty."""
        assert self.code == code, self
        assert self.out == "", self
        said = self.err.splitlines()[chatter:]
        assert len(said) == lines + 1 and said[0].startswith("voiceprep: "), self
        assert said[-1].startswith("  ") and said[-1].strip().endswith((".", "?")), f"the hint is missing: {self}"
        for fragment in fragments:
            assert fragment in self.err, f"{fragment!r} isn't in\n{self.err}"

    def json(self) -> dict:
        """stdout as one JSON value."""
        assert self.code == 0, self
        return json.loads(self.out)


def run(*args: str | Path, stdin: str = "", env: Mapping[str, str] | None = None) -> Result:
    """`python -m voiceprep ARGS` in a process of its own, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "voiceprep", *map(str, args)], input=stdin, capture_output=True, encoding="utf-8",
        env={**os.environ, **(env or {})}, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    return Result(tuple(map(str, args)), done.returncode, done.stdout, done.stderr)


def batch(commands: Sequence[Sequence[str | Path]], stdin: str = "") -> list[Result]:
    """Each command in a fork of one process, with real standard streams and exit codes; `stdin` is given to each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "stdin").write_text(stdin, encoding="utf-8")
        (folder / "commands").write_text(json.dumps([list(map(str, c)) for c in commands]))
        subprocess.run([sys.executable, __file__, name], timeout=2 * LIMIT_S, check=True, stdin=subprocess.DEVNULL)
        return [
            Result(
                tuple(map(str, command)),
                int((folder / f"{n}.code").read_text()),
                (folder / f"{n}.out").read_text(encoding="utf-8"),
                (folder / f"{n}.err").read_text(encoding="utf-8"),
            )
            for n, command in enumerate(commands)
        ]


def _serve(folder: Path) -> None:
    from voiceprep import cli, wiring  # noqa: F401
    from voiceprep.commands import bank, doctor, practice, score, sessions  # noqa: F401

    for n, args in enumerate(json.loads((folder / "commands").read_text())):
        pid = os.fork()
        if not pid:
            for number, path in ((0, "stdin"), (1, f"{n}.out"), (2, f"{n}.err")):
                os.dup2(os.open(folder / path, os.O_RDWR | os.O_CREAT, 0o600), number)
            sys.argv = ["voiceprep", *args]
            try:
                sys.exit(cli.main(args))
            finally:
                code = sys.exc_info()[1]
                if not isinstance(code, SystemExit):
                    import traceback

                    traceback.print_exc()
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code.code if isinstance(code, SystemExit) and isinstance(code.code, int) else 1)
        _, status = os.waitpid(pid, 0)
        (folder / f"{n}.code").write_text(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    _serve(Path(sys.argv[1]))
