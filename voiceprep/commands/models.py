"""`models list|fetch|verify|remove`: the recognisers and voices on this machine. `fetch` asks the network; the others
never do."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from voiceprep.belongings import size
from voiceprep.commands.asking import confirmed
from voiceprep.commands.output import data, note, progress, say
from voiceprep.config import places
from voiceprep.core.clean import one_line
from voiceprep.errors import UsageError
from voiceprep.speech import catalogue, records
from voiceprep.speech.begun import begun, forget
from voiceprep.speech.catalogue import CATALOGUE, Model
from voiceprep.speech.models import Kept, kept, piper_voices, whisper_folders

ASKS_ABOVE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A model of the catalogue, or one that lies here and isn't in it. `where` is empty for one that isn't here."""

    id: str
    kind: str
    bytes: int
    state: str
    where: str = ""
    problem: str = ""
    purpose: str = ""
    licence: str = ""
    source: str = ""
    revision: str = ""
    pinned: bool = False
    """Whether all its sha256 are known before it's fetched."""


def list_(args: Namespace) -> int:
    models = places(args.data_dir).models
    rows = list(_rows(models))
    if args.json:
        data({"schema": 1, "folder": str(models), "models": [asdict(row) for row in rows]})
        return 0
    say(f"{'':<19} {'':>8}  {'here':<10} {'licence':<13} what for")
    for row in rows:
        told = f"{row.licence:<13} {row.purpose}" if row.licence else one_line(row.where, 200)
        say(f"{one_line(row.id, 40):<19} {size(row.bytes):>8}  {row.state:<10} {told}")
        if row.problem:
            say(f"{'':<30}{one_line(row.problem, 200)}")
    say()
    say(f"Fetch one: voiceprep models fetch ID. They lie in {one_line(str(models), 200)}")
    unpinned = ", ".join(m.id for m in CATALOGUE if not m.pinned)
    say(f"Small files of {unpinned} have no published sha256: it's recorded on the first fetch.")
    return 0


def _rows(models: Path) -> Iterator[Row]:
    """The catalogue with what is here of it, then what else is here."""
    here = list(kept(models))
    used = {next(whisper_folders(models), None), next(piper_voices(models), None)}
    half = begun(models)
    for listed in CATALOGUE:
        told = (listed.purpose, listed.licence, listed.repository, listed.revision, listed.pinned)
        found = next((m for m in here if m.ours and (m.id, m.kind) == (listed.id, listed.kind)), None)
        if found is not None:
            here.remove(found)
            yield Row(found.id, found.kind, found.bytes, _state(found, used), str(found.main), found.problem, *told)
        else:
            state = f"{100 * half[listed.id] // listed.bytes} % so far" if listed.id in half else "-"
            yield Row(listed.id, listed.kind, listed.bytes, state, "", "", *told)
    for found in here:
        yield Row(found.id, found.kind, found.bytes, _state(found, used), str(found.main), found.problem)


def _state(model: Kept, used: set[Path | None]) -> str:
    return "not whole" if model.problem else "in use" if model.main in used else "here"


# Fetching ---------------------------------------------------------------------------------------------------------


def fetch(args: Namespace) -> int:
    """Asks before more than 200 MB."""
    from voiceprep.speech.fetching import fetch as fetch_model
    from voiceprep.speech.hub import HUB, Hub

    models = places(args.data_dir).models
    wanted = [m for m in dict.fromkeys(_of_catalogue(i) for i in args.model_id) if not _there(m, models)]
    half = begun(models)
    missing = sum(m.bytes - half.get(m.id, 0) for m in wanted)
    with Hub(os.environ.get("VOICEPREP_HUB_URL") or HUB, lambda host: note(f"Asking {one_line(host)}.")) as hub:
        for model in wanted:
            so_far = f", {size(half[model.id])} of them here" if model.id in half else ""
            note(f"{model.id}: {size(model.bytes)}{so_far}, licence: {model.licence}, {hub.host}/{model.repository}")
        question = f"Fetch {size(missing)}? Type y, then enter (else: no)"
        if missing > ASKS_ABOVE_BYTES and not args.yes and not confirmed(question, "y", "yes"):
            note("Nothing was fetched.")
            return 0
        for model in wanted:
            try:
                with Meter(model, half.get(model.id, 0)) as meter:
                    place = fetch_model(model, models, hub, meter.arrived)
            except KeyboardInterrupt:
                note("What came is kept: the same command goes on from there.")
                raise
            note(f"{model.id} is here, whole: {one_line(str(place), 200)}")
    return 0


class Meter:
    """How far a model has come: drawn over in a terminal, else a line every few seconds."""

    def __init__(self, model: Model, here: int) -> None:
        self._model = model
        self._here = self._from = here
        self._began_s = self._told_s = time.monotonic()
        self._every_s = 0.2 if sys.stderr.isatty() else 5.0
        self._drawn = False

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._drawn and sys.stderr.isatty():
            note("")  # leaves the line that was drawn over

    def arrived(self, count: int) -> None:
        """`count` more bytes; fewer when it's negative."""
        self._here += count
        self._from = min(self._from, self._here)
        now_s = time.monotonic()
        if now_s - self._told_s < self._every_s:
            return
        self._told_s, self._drawn = now_s, True
        of = self._model.bytes
        speed = (self._here - self._from) / max(0.001, now_s - self._began_s)
        left = f", {_time((of - self._here) / speed)} left" if speed > 0 else ""
        text = f"{self._model.id}: {size(self._here)} of {size(of)}, {size(int(speed))}/s{left}"
        progress(text, self._here, of + 1)  # never the end of the line: what follows is still checked


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 6000 else "hours"


def _of_catalogue(model_id: str) -> Model:
    found = catalogue.known(model_id)
    if found is None:
        raise UsageError(f"No model is called {one_line(model_id, 60)}.", "See `voiceprep models list`.")
    return found


def _there(model: Model, models: Path) -> bool:
    """Whether it's here and whole, which is said. Its bytes are `verify`'s to look at."""
    for found in kept(models):
        if found.ours and (found.id, found.kind, found.problem) == (model.id, model.kind, ""):
            note(f"{model.id} is here already. `voiceprep models verify {model.id}` looks at its bytes.")
            return True
    return False


# Looking again, and removing --------------------------------------------------------------------------------------


def verify(args: Namespace) -> int:
    """Exit code 1 when something isn't as it was published or recorded."""
    results = []
    for model in _chosen(args, ours_only=False):
        wrong = list(records.complaints(model))
        against = len(records.expected(model))
        results.append({"id": model.id, "where": str(model.main), "compared": against, "problems": wrong})
        if args.json:
            continue
        if wrong:
            say(f"{one_line(model.id)}: {' '.join(one_line(w, 200) for w in wrong)}")
        elif against:
            say(f"{one_line(model.id)}: whole, every byte of {against} files ({size(model.bytes)})")
        else:
            say(f"{one_line(model.id)}: whole, but nothing is known to compare its bytes with")
    bad = [r for r in results if r["problems"]]
    if args.json:
        data({"schema": 1, "models": results})
    elif bad:
        note("Get a sound one: voiceprep models remove ID, then voiceprep models fetch ID.")
    elif not results:
        note("There are no models here. See `voiceprep models list`.")
    return 1 if bad else 0


def remove(args: Namespace) -> int:
    models = places(args.data_dir).models
    half = begun(models)
    found: Sequence[Kept] = [] if args.model_id in half else _chosen(args, ours_only=True)
    takes = half[args.model_id] if args.model_id in half else sum(m.bytes for m in found)
    what = f"what was fetched of {args.model_id}" if args.model_id in half else str(found[0].folder)
    if not args.yes and not confirmed(
        f"Remove {one_line(what, 200)} ({size(takes)})? Type y, then enter (else: no)", "y", "yes"
    ):
        note("Nothing was removed.")
        return 0
    if args.model_id in half:
        forget(args.model_id, models)
    for model in found:
        records.remove(model)
    note(f"Removed: {size(takes)}.")
    return 0


def _chosen(args: Namespace, *, ours_only: bool) -> list[Kept]:
    """The models of that id, or all. Raises UsageError when there is none of it."""
    here = list(kept(places(args.data_dir).models))
    found = [m for m in here if args.model_id in (None, m.id) and (m.ours or not ours_only)]
    if args.model_id is None or found:
        return found
    name = one_line(args.model_id, 60)
    if any(m.id == args.model_id for m in here):
        raise UsageError(f"{name} lies in the Hub cache, which is other programs' too.", "Remove it there, if at all.")
    raise UsageError(f"{name} isn't here.", "See `voiceprep models list`.")
