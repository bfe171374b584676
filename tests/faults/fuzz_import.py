"""Archives mutated at random, imported: `python -m tests.faults.fuzz_import --n 10000`.

A third has bytes of the zip changed; a third has a member changed and the sums made to fit again; a third has a value
somewhere in session.json, the journal or the manifest changed, with checksums that fit. Each must be refused in two
sentences with nothing left, or bring a session that can be listed, told, shown and verified. Prints how often what was
said, and as its last line the figures as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import re
import shutil
import tempfile
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.sessions import archives
from voiceprep.commands import sessions as commands
from voiceprep.errors import SessionError
from voiceprep.sessions import archive, store
from voiceprep.sessions.incoming import import_archive

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**70, 1.5, -1e300, float("nan"), float("inf"), "", "a001", "a002", "t001", "../../x",
    "\u202e", "\x1b[2J", "é" * 3_000, "\ud800", [], {}, [[]], {"x": 1}, "why-cache", "invalidate", "closed", "done",
)  # fmt: skip


def fuzz(good: Path, root: Path, rng: random.Random, count: int) -> Counter[str]:
    """How often each refusal was given, and "imported.". Raises for anything that is neither."""
    raw, members = good.read_bytes(), archives.members(good)
    said: Counter[str] = Counter()
    outside = root.parents[1] / "in"
    outside.mkdir(exist_ok=True)
    for n in range(count):
        bad = (_flipped, _member_changed, _value_changed)[n % 3](rng, raw, members, outside / "bad.zip")
        try:
            done = import_archive(bad, root)
            _use(root, done.new)
            told = SessionError("imported.", ".")
        except SessionError as error:
            told = error
        assert told.message.endswith(".") and told.hint.endswith("."), told
        said[_kind(told.message)] += 1
        left = {p.name for p in root.iterdir()} if root.is_dir() else set()
        assert left <= {".moving"}, f"mutation {n} left {left}"
        assert {p.name for p in outside.iterdir()} == {"bad.zip"}
    return said


def _use(root: Path, ids: tuple[str, ...]) -> None:
    """Does with an imported session what its owner would, and removes it."""
    for args in [Namespace(session=i, json=j) for i in ids for j in (False, True)]:
        args.data_dir = str(root.parent)
        with contextlib.redirect_stdout(io.StringIO()):
            commands.show(args)
            commands.verify(args)
    for session_id in ids:
        folder = store.find(root, session_id)
        with folder.locked():
            store.recover(folder)
        shutil.rmtree(folder.path)


def _kind(message: str) -> str:
    return re.sub(r"'[^']*'|\d[\w-]*|\([^)]*\)", "…", message)[:90]


def _flipped(rng: random.Random, raw: bytes, members: archives.Members, out: Path) -> Path:
    data = bytearray(raw)
    # The list at the end is a small part and decides most.
    first = raw.rindex(b"PK\x05\x06") - 900 if rng.random() < 0.5 else 0
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(first, len(data))
        match rng.randrange(4):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at : at + 4] = rng.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
            case 2:
                del data[at : at + rng.choice((1, 4, 1_000))]
            case _:
                data[at:at] = rng.randbytes(rng.choice((1, 4, 1_000)))
        first = min(first, len(data) - 1)
    out.write_bytes(data)
    return out


def _member_changed(rng: random.Random, raw: bytes, members: archives.Members, out: Path) -> Path:
    name = rng.choice(sorted(members))
    data = bytearray(members[name])
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(4):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = data[rng.randrange(len(data) + 1) :][:200]
            case _:
                del data[at : at + 40]
    return archives.packed(out, {**members, name: bytes(data)}, sums=name != archive.MANIFEST)


def _value_changed(rng: random.Random, raw: bytes, members: archives.Members, out: Path) -> Path:
    name = rng.choice([n for n in sorted(members) if n.endswith(("json", "jsonl"))])
    if name.endswith(".jsonl"):
        lines = members[name].splitlines()
        data = archives.journal_changed(members[name], rng.randrange(len(lines)), lambda r: _odd(rng, r))
    else:
        value = json.loads(members[name])
        _odd(rng, value)
        data = json.dumps(value).encode()
    return archives.packed(out, {**members, name: data}, sums=name != archive.MANIFEST)


def _odd(rng: random.Random, value: Any) -> None:
    """Changes one thing somewhere in it."""
    places = list(_places(value))
    holder, key = rng.choice(places)
    match rng.randrange(4):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1:
            other, from_ = rng.choice(places)
            if from_ in other if isinstance(other, dict) else from_ < len(other):
                holder[key] = json.loads(json.dumps(other[from_]))
        case _:
            odd = rng.choice(ODD)
            holder[key] = odd if not (isinstance(odd, str) and "\ud800" in odd) else "½"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(inner):
        yield value, key
        yield from _places(below)


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--n", type=int, default=10_000)
    given.add_argument("--seed", type=int, default=1)
    args = given.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        good = archives.exported(archives.session(folder / "made"), folder / "good.zip")
        said = fuzz(good, folder / "data" / "sessions", random.Random(args.seed), args.n)
    for kind, times in said.most_common(40):
        print(f"{times:>6}  {kind}")
    print(json.dumps({"n": args.n, "imported": said["imported."], "kinds": len(said), "escaped": 0}))


if __name__ == "__main__":
    main()
