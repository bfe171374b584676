"""Takes from sessions on disk: `voiceprep takes`, which recordings are there, and how they are played."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.report.test_cost_lines import BOTH, LITTLE, given, held
from tests.sessions import made
from tests.sessions.command import Result, run
from voiceprep.config import Places, Settings
from voiceprep.core.feedback import Ground, assess
from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word, heard
from voiceprep.errors import DeviceError, SessionError
from voiceprep.lanes import Lane
from voiceprep.pcm.wav import RATE, TakeFile
from voiceprep.ports import Sound
from voiceprep.sessions import store
from voiceprep.tui.backend import Recording
from voiceprep.wiring import Steering, write_report
from voiceprep.wiring import takes as wired
from voiceprep.wiring.demo import TITLE
from voiceprep.wiring.past import cost_lines
from voiceprep.wiring.screens import RoomControls
from voiceprep.wiring.takes import Player, play_all, question_takes, questions_taken_again, takes_in

ASKED = "why-cache"
FIRST, SECOND, DEMO = "20261101-100000-aaaa", "20261103-100000-aaaa", "20261104-100000-aaaa"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions of one question, with two takes in the second of them, one recorded take each; and a demo's."""
    folder = tmp_path_factory.mktemp("takes")
    bank, plan = made.bank_and_plan(folder)
    ground = Ground(bank.questions[ASKED], bank.lexicon, bank.version)

    def spoken(text: str, take_id: str):
        words = tuple(Word(w, 0.3 * n, 0.3 * n + 0.3, 0.9) for n, w in enumerate(text.split()))
        return assess(ground, heard(words, engine="whisper:test", speech=(Span(0.0, 9.0),), duration_s=9.0), take_id)

    for name, *answers in (
        (FIRST, spoken(LITTLE, "a001")),
        (SECOND, given(bank, LITTLE), spoken(BOTH, "a002")),
    ):
        session = held(folder / "sessions", name, bank, plan, *answers)
        record(session, answers[-1].take_id, 1 if name == FIRST else 2)
    held(folder / "sessions", DEMO, bank, plan, replace(given(bank, BOTH), next_step="the demo's"), title=TITLE)
    return folder


def record(session: store.SessionFolder, take_id: str, seconds: int) -> None:
    take = TakeFile(session.take(take_id))
    take.append(made.SECOND * seconds)
    take.close()


class Speaker:
    """Keeps what it was given; while it `holds`, a sound lasts until it is stopped."""

    def __init__(self, *, holds: bool = False) -> None:
        self.played: list[Sound] = []
        self.holds = holds
        self.stops = 0
        self.began, self.stopped = threading.Event(), threading.Event()

    def play(self, sound: Sound, since: int | None = None) -> None:
        if since is not None and since != self.stops:
            return
        self.stopped.clear()
        self.played.append(sound)
        self.began.set()
        if self.holds:
            assert self.stopped.wait(10.0), "nobody stopped it"

    def stop(self) -> None:
        self.stops += 1
        self.stopped.set()

    def forget(self) -> None: ...


# From disk ---------------------------------------------------------------------------------------------------------


def test_all_takes_of_all_sessions_are_found_in_order_but_the_demos(data: Path) -> None:
    found = question_takes(data / "sessions", ASKED)
    assert [(t.session_id, t.day, t.assessment.take_id) for t in found.takes] == [
        (FIRST, "2026-11-01", "a001"), (SECOND, "2026-11-03", "a001"), (SECOND, "2026-11-03", "a002"),
    ]  # fmt: skip
    assert found.recorded == {(FIRST, "a001"), (SECOND, "a002")}
    assert found.short and found.ask
    assert [(q.question_id, len(q.takes)) for q in questions_taken_again(data / "sessions")] == [(ASKED, 3)]


def test_the_demos_takes_are_held_beside_its_own_only(data: Path) -> None:
    assert [t.session_id for t in takes_in(store.find(data / "sessions", DEMO), ASKED).takes] == [DEMO]


def test_a_session_that_cannot_be_read_hides_no_other(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "sessions"
    broken.mkdir()
    (broken / FIRST).symlink_to(data / "sessions" / FIRST)
    (broken / SECOND).mkdir()
    (broken / SECOND / "events.jsonl").write_text(f'{{"{ASKED}": torn')
    assert [t.session_id for t in question_takes(broken, ASKED).takes] == [FIRST]
    with pytest.raises(SessionError, match="There is no take of"):
        question_takes(broken, "queue-or-call")


def test_a_take_id_that_is_a_path_is_never_looked_up(data: Path, tmp_path: Path) -> None:
    session = store.find(data / "sessions", FIRST)
    (tmp_path / "a001.wav").write_bytes(b"")
    for bad in ("../a001", str(tmp_path / "a001"), "a1", "", "a001/../a001"):
        assert wired._recording(session, bad) is None
    assert wired._recording(session, "a001") == session.take("a001")


# Playing -----------------------------------------------------------------------------------------------------------


def both(data: Path) -> list[Recording]:
    return [Recording(FIRST, "a001", "the first"), Recording(SECOND, "a002", "the latest")]


def test_the_recordings_are_played_whole_one_after_another_and_each_is_named(data: Path) -> None:
    speaker, told = Speaker(), []
    play_all(both(data), data / "sessions", speaker, told.append)
    assert [(s.pcm, s.rate) for s in speaker.played] == [(made.SECOND, RATE), (made.SECOND * 2, RATE)]
    assert told == ["Playing the first, 0:01.", "Playing the latest, 0:02.", ""]


def test_a_recording_that_has_gone_is_named(data: Path) -> None:
    with pytest.raises(SessionError, match="The recording of the second"):
        play_all([Recording(SECOND, "a001", "the second")], data / "sessions", Speaker(), lambda said: None)


@contextlib.contextmanager
def speaking(monkeypatch: pytest.MonkeyPatch, speaker: Speaker) -> Iterator[list[str]]:
    """A room with this speaker in it; the list says what was closed."""
    closed: list[str] = []

    class Room:
        speaks, notices = True, ()

        def __init__(self, *args: object, **how: object) -> None:
            self.speaker = speaker

        def close(self) -> None:
            closed.append("closed")

    monkeypatch.setattr(wired, "Room", Room)
    yield closed


def test_hushed_nothing_more_is_played_or_said_and_the_speaker_is_given_back(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker, told = Speaker(holds=True), []
    with speaking(monkeypatch, speaker) as closed:
        player = Player(Places(data, data), Settings())
        player.play_recordings(both(data), told.append)
        assert speaker.began.wait(10.0)
        player.close()
        assert (told, closed) == (["Playing the first, 0:01."], ["closed"])
        assert len(speaker.played) == 1


def test_hushed_while_it_is_made_ready_a_recording_never_sounds(data: Path) -> None:
    speaker, told, goes_on = Speaker(), [], [True]

    def tell(sentence: str) -> None:
        told.append(sentence)
        goes_on.clear()
        speaker.stop()

    play_all(both(data), data / "sessions", speaker, tell, lambda: bool(goes_on))
    assert (told, speaker.played) == (["Playing the first, 0:01."], [])


@pytest.mark.parametrize("moment", ["synthesis", "spoken form"])
def test_a_model_answer_hushed_while_it_is_synthesised_is_never_read(data: Path, moment: str) -> None:
    speaker, told, lane = Speaker(), [], Lane("voice")

    class Voice:
        def synthesize(self, text: str) -> Sound:
            if moment == "synthesis":
                controls.hush()
            return Sound(made.SECOND, RATE)

    def spoken_form(text: str) -> str:
        if moment == "spoken form":
            controls.hush()
        return text

    ports = SimpleNamespace(voice_lane=lane, synthesizer=Voice(), spoken_form=spoken_form)
    steering = Steering(
        SimpleNamespace(hush=speaker.stop),
        store.find(data / "sessions", SECOND),
        {},
        ports,  # type: ignore[arg-type]
    )
    controls = RoomControls(steering, SimpleNamespace(speaks=True, speaker=speaker), None, told.append)
    controls.say("A model answer.")
    lane.shutdown(wait=True)
    assert (speaker.played, told) == ([], [])


def test_without_a_speaker_a_sentence_says_so(data: Path) -> None:
    with pytest.raises(DeviceError) as found:
        wired.play_here(both(data), Places(data, data), Settings(speaker="no such speaker"), lambda said: None)
    assert found.value.message and found.value.hint


def test_in_a_session_its_own_room_plays_them_and_hush_ends_all_of_it(data: Path) -> None:
    speaker, told, lane = Speaker(holds=True), [], Lane("voice")
    folder = store.find(data / "sessions", SECOND)
    steering = Steering(
        SimpleNamespace(hush=speaker.stop),
        folder,
        {},
        SimpleNamespace(voice_lane=lane),  # type: ignore[arg-type]
    )
    controls = RoomControls(steering, SimpleNamespace(speaks=True, speaker=speaker), None, told.append)
    controls.play_recordings(both(data), told.append)
    assert speaker.began.wait(10.0)
    controls.hush()
    lane.shutdown(wait=True)
    assert (told, len(speaker.played)) == (["Playing the first, 0:01."], 1)
    mute = Lane("voice")
    steering = replace(steering, ports=SimpleNamespace(voice_lane=mute))
    RoomControls(steering, SimpleNamespace(speaks=False), None, told.append).play_recordings(both(data), told.append)
    mute.shutdown(wait=True)
    assert told[1:] == ["There is no speaker to play it on."]


# The next time -----------------------------------------------------------------------------------------------------


def test_after_a_take_in_a_later_session_its_feedback_says_what_is_new_and_the_older_report_stays(data: Path) -> None:
    first, second = (store.find(data / "sessions", name) for name in (FIRST, SECOND))
    after = cost_lines(data / "sessions", second.id, second.state())[ASKED]
    assert after.startswith(
        "BESIDE YOUR TAKE earlier in this session: they can't be compared, the earlier one was typed"
    )
    assert cost_lines(data / "sessions", first.id, first.state()) == {}, "what came later is no take before"
    bank, plan = made.bank_and_plan(data)
    third = held(data / "later" / "sessions", "20261201-100000-aaaa", bank, plan, given(bank, LITTLE))
    fourth = held(data / "later" / "sessions", "20261202-100000-aaaa", bank, plan, given(bank, BOTH))
    line = cost_lines(data / "later" / "sessions", fourth.id, fourth.state())[ASKED]
    assert line.startswith("BESIDE YOUR TAKE on 1 Dec. Now also heard: ")
    assert line in write_report(fourth).read_text(encoding="utf-8").replace("\\", "")
    assert "BESIDE" not in write_report(third).read_text(encoding="utf-8")


# The command -------------------------------------------------------------------------------------------------------


def takes(data: Path, *args: str) -> Result:
    return run("takes", "--data-dir", data, *args)


def test_the_command_lists_the_takes_and_compares_the_first_with_the_latest(data: Path) -> None:
    shown = takes(data, ASKED)
    assert shown.code == 0
    flat = " ".join(shown.out.split())
    assert f"1 1 Nov calm core 1 of 2 0:09 a001 of {FIRST}, recording kept" in flat
    assert f"2 3 Nov calm, typed core 1 of 2 a001 of {SECOND}, typed" in flat
    after = flat.split("FROM TAKE 1 TO TAKE 3 ")[1]
    assert after.startswith("NOW ALSO HEARD ") and "LENGTH 0:09, then 0:09" in after
    assert "FROM TAKE 2 TO TAKE 3 POINTS can't be compared: the earlier one was typed, the later one spoken" in flat
    assert all(len(line) <= 100 for line in shown.out.splitlines())


def test_without_a_question_it_lists_what_was_taken_again(data: Path) -> None:
    shown = takes(data)
    assert shown.out.splitlines()[0].split() == [ASKED, "3", "takes"] and "on 1 Nov core 1 of 2" in shown.out
    assert takes(data, "--json").json()["questions"][0]["takes"] == 3


def test_as_data_it_is_the_same(data: Path) -> None:
    found = takes(data, ASKED, "--json").json()
    assert [t["take_id"] for t in found["takes"]] == ["a001", "a001", "a002"]
    assert (found["comparison"]["then"], found["comparison"]["now"]) == (1, 3)


def test_what_it_cannot_do_is_one_sentence_and_what_to_do(data: Path, tmp_path: Path) -> None:
    takes(data, "nothing").failed(1, "There is no take of 'nothing'.")
    takes(data, "--play").failed(2, "--play plays the takes of one question.")
    takes(data, ASKED, "--play", "--speaker", "no such speaker").failed(1)
    empty = takes(tmp_path)
    assert (empty.code, empty.out) == (0, "") and "No question was answered twice yet." in empty.err


def test_play_plays_the_first_and_the_latest_recorded_take(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from voiceprep.cli import main

    speaker, err = Speaker(), io.StringIO()
    with speaking(monkeypatch, speaker), contextlib.redirect_stderr(err):
        assert main(["takes", ASKED, "--play", "--data-dir", str(data)]) == 0
    assert [s.pcm for s in speaker.played] == [made.SECOND, made.SECOND * 2]
    assert err.getvalue().splitlines() == [
        "Playing take 1 of 3, on 1 Nov, 0:01.", "Playing take 3 of 3, on 3 Nov, 0:02.",
    ]  # fmt: skip
