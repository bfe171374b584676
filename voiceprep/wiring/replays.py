"""A session from disk, ready to be replayed: read only, whoever else has it open; no recogniser, and a voice only when
one is asked for."""

from __future__ import annotations

import functools
import time

from voiceprep.config import Places, Settings
from voiceprep.core.replay import Replay, replay_of
from voiceprep.core.speakable import pronunciations, speakable
from voiceprep.errors import SessionError
from voiceprep.pcm.recording import length_s
from voiceprep.sessions import store
from voiceprep.tui.backend import ReplayView
from voiceprep.wiring.engines import Choice, voice
from voiceprep.wiring.playing import TakePlayer, Voice
from voiceprep.wiring.room import Room

NANO = 1e-9


def replay_view(session_id: str, places: Places, settings: Settings, choice: Choice) -> ReplayView:
    """The session; "last" is the newest one, and of the demo's where there is no other. Raises SessionError when there
    is none, or when nothing of its journal can be read."""
    folder = _find(places, session_id)
    history = folder.history()
    replay = replay_of(history.events, [ns * NANO for ns in history.mono_ns])
    notices = [replay.stopped] if replay.stopped else []
    if history.damage:
        first = history.damage[0]
        notices.append(
            f"The journal is damaged at line {first.line} ({first.what}): what came before is shown. "
            f"See `voiceprep sessions verify {folder.id}`."
        )
    elif not replay.ended:
        notices.append("This session isn't over: what there is so far is shown.")
    try:
        grounds, meta = folder.grounds().by_id, folder.meta()
    except SessionError:
        grounds, meta = {}, {}
        notices.append("session.json can't be read: there are no model answers here.")
    recorded = {take.id: length_s(folder.recording(take.id)) for take in replay.takes}
    notices += _missing(replay, recorded)

    def mouth() -> Voice | None:
        found = voice(choice, places) if grounds else None
        if found is None:
            return None
        lexicon = next(iter(grounds.values())).lexicon
        chosen, _ = pronunciations(settings.pronounce, lexicon)
        return found, functools.partial(speakable, lexicon=lexicon, chosen=chosen)

    return ReplayView(
        session_id=folder.id,
        title=str(meta.get("title", replay.title)),
        when=when(str(meta.get("created", ""))),
        replay=replay,
        controls=TakePlayer(
            lambda: Room(settings, places.engine_log, lambda news: None, quiet="", listens=False),
            mouth,
            folder.recording,
            places.sessions,
        ),
        questions={q: ground.question for q, ground in grounds.items()},
        recorded_s={take_id: seconds for take_id, seconds in recorded.items() if seconds},
        notices=tuple(notices),
    )


def _find(places: Places, session_id: str) -> store.SessionFolder:
    try:
        return store.find(places.sessions, session_id)
    except SessionError:
        try:
            return store.find(places.data / "demo", session_id)
        except SessionError:
            pass
        raise


def _missing(replay: Replay, recorded: dict[str, float]) -> list[str]:
    """A sentence about takes that were recorded and whose recording isn't there."""
    lacking = [take for take in replay.takes if take.length_s and not recorded[take.id]]
    if not lacking:
        return []
    which = "No recording was kept" if len(lacking) == sum(1 for t in replay.takes if t.length_s) else (
        f"There's no recording of take {', '.join(str(int(take.id[1:])) for take in lacking)}"
    )  # fmt: skip
    return [f"{which}: it plays silently, on the clock."]


def when(created: str) -> str:
    """ "21 Nov 19:30" of a session's beginning; what isn't a time comes back as it is."""
    try:
        return time.strftime("%d %b %H:%M", time.strptime(created[:16], "%Y-%m-%dT%H:%M"))
    except ValueError:
        return created[:16]
