"""What is wrong with a stream, from the times of its blocks alone. No sound, no clock."""

from __future__ import annotations

import pytest

from voiceprep.audio import routes
from voiceprep.audio.routes import Place, compare
from voiceprep.audio.watchdog import Fault, Watch

BLOCK_S = 0.025
TICK_S = 0.05


class Stream:
    """A made-up stream: lets time go by and tells the watch what comes."""

    def __init__(self, kind: str = "microphone") -> None:
        self.now_s = 100.0
        self.watch = Watch(kind, self.now_s)
        self._next_s = self.now_s + BLOCK_S
        self._tick_s = self.now_s + TICK_S

    def runs(self, seconds: float, *, zeros: bool = False, blocks: bool = True, speaking: bool = False) -> float | None:
        """So much time, with or without blocks; when within it the verdict came or went, in seconds."""
        before, began_s, changed_s = self.watch.verdict, self.now_s, None
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(self._next_s, self._tick_s)
            if self.now_s == self._next_s:
                self._next_s += BLOCK_S
                if blocks:
                    self.watch.block(self.now_s, BLOCK_S, zeros, speaking=speaking)
            else:
                self._tick_s += TICK_S
                self.watch.tick(self.now_s)
            if changed_s is None and self.watch.verdict != before:
                changed_s = self.now_s - began_s
        return changed_s

    def burst(self, seconds: float) -> None:
        """What stood in line comes all at once."""
        for _ in range(round(seconds / BLOCK_S)):
            self.watch.block(self.now_s, BLOCK_S, False)

    @property
    def fault(self) -> Fault | None:
        return self.watch.verdict.fault if self.watch.verdict else None


def test_a_healthy_stream_is_left_alone() -> None:
    stream = Stream()
    assert stream.runs(60) is None
    assert stream.watch.lost_s == 0 and not stream.watch.suspicious


def test_a_stream_that_ended_is_dead_for_good() -> None:
    stream = Stream()
    stream.runs(2)
    stream.watch.finished()
    assert stream.runs(1, blocks=False) == pytest.approx(TICK_S, abs=0.03)
    assert stream.fault == "dead"
    stream.runs(2, blocks=False)
    assert stream.fault == "dead"


def test_no_blocks_for_a_second_is_hung_until_they_come_again() -> None:
    stream = Stream()
    stream.runs(2)
    noticed_s = stream.runs(3, blocks=False)
    assert noticed_s is not None and 1.0 <= noticed_s < 1.2
    assert stream.fault == "hung"
    assert stream.watch.verdict is not None and stream.watch.verdict.sentence == "The sound system does not answer."
    assert stream.runs(0.2) is not None and stream.fault is None


def test_a_device_may_take_its_time_to_begin() -> None:
    stream = Stream()
    assert stream.runs(3.5, blocks=False) is None
    assert stream.runs(1, blocks=False) is not None and stream.fault == "hung"


def test_when_nobody_looked_nobody_hung() -> None:
    """The whole program stood still: the blocks come in a burst, and the look before them counts little."""
    stream = Stream()
    stream.runs(2)
    stream.now_s += 3
    stream._next_s = stream._tick_s = stream.now_s
    stream.watch.tick(stream.now_s)
    assert stream.fault is None
    stream.burst(3)
    stream.runs(5)
    assert stream.fault is None and stream.watch.lost_s == 0


def test_blocks_that_are_late_and_come_in_a_burst_are_not_lost() -> None:
    stream = Stream()
    stream.runs(3)
    stream.runs(0.7, blocks=False)
    stream.burst(0.7)
    assert stream.runs(5) is None
    assert stream.watch.lost_s == pytest.approx(0, abs=0.001)


def test_a_gap_that_isnt_made_up_for_is_counted_and_suspicious() -> None:
    stream = Stream()
    stream.runs(3)
    stream.runs(0.58, blocks=False)
    stream.runs(0.1)
    assert stream.watch.suspicious
    stream.runs(3)
    assert stream.fault is None
    assert stream.watch.lost_s == pytest.approx(0.58, abs=0.06)


def test_a_gap_and_zeros_after_it_are_an_unplugged_microphone() -> None:
    """Without pactl to ask: measured of Pulse moving a stream to the speaker's monitor."""
    stream = Stream()
    stream.runs(3)
    stream.runs(0.58, blocks=False)
    noticed_s = stream.runs(3, zeros=True)
    assert noticed_s is not None and noticed_s < 1.5
    assert stream.fault == "re-routed"
    assert stream.watch.verdict is not None and stream.watch.verdict.sentence == "The microphone was unplugged."
    stream.runs(2, speaking=True)
    assert stream.fault == "re-routed"  # that was our own voice
    stream.runs(1, zeros=True)
    stream.runs(0.58, blocks=False)
    assert stream.runs(2) is not None and stream.fault is None


def test_zeros_long_after_a_gap_have_nothing_to_do_with_it() -> None:
    stream = Stream()
    stream.runs(3)
    stream.runs(0.58, blocks=False)
    stream.runs(5)
    assert stream.runs(2, zeros=True) is None


@pytest.mark.parametrize(
    ("route", "says"), [("away", "another microphone"), ("unplugged", "unplugged"), ("none", "No")]
)
def test_the_sound_servers_own_word(route: str, says: str) -> None:
    stream = Stream()
    stream.runs(1)
    stream.watch.routed("home")
    assert stream.fault is None
    stream.watch.routed(route)
    assert stream.fault == "re-routed"
    assert stream.watch.verdict is not None and says in stream.watch.verdict.sentence
    stream.runs(3)
    stream.watch.routed("unknown")
    assert stream.fault == "re-routed"
    stream.watch.routed("home")
    assert stream.fault is None


def test_zeros_from_the_beginning_are_silence_until_they_end() -> None:
    stream = Stream()
    noticed_s = stream.runs(5, zeros=True)
    assert noticed_s is not None and 2.5 <= noticed_s < 2.7
    assert stream.fault == "silent"
    assert stream.runs(0.5) is not None and stream.fault is None
    assert stream.runs(3, zeros=True) is not None and stream.fault == "silent"  # muted again: said again


def test_a_microphone_that_gates_its_noise_may_send_zeros() -> None:
    stream = Stream()
    for _ in range(3):
        stream.runs(1, zeros=True)
        stream.runs(0.5)
    assert stream.runs(30, zeros=True) is None


def test_a_word_of_the_person_ends_a_false_alarm_for_good() -> None:
    stream = Stream()
    stream.runs(3, zeros=True)
    assert stream.fault == "silent"
    stream.watch.accept_zeros()
    assert stream.fault is None
    assert stream.runs(30, zeros=True) is None


def test_a_speaker_may_be_silent_and_hangs_like_a_microphone() -> None:
    stream = Stream("speaker")
    assert stream.runs(10, zeros=True) is None
    stream.runs(2, blocks=False)
    assert stream.fault == "hung"


def test_where_a_stream_is_compared_with_where_it_began() -> None:
    assert compare("mic", Place("mic", ("mic", "speaker.monitor"))) == "home"
    assert compare("mic", Place("speaker.monitor", ("mic", "speaker.monitor"))) == "away"
    assert compare("mic", Place("speaker.monitor", ("speaker.monitor",))) == "unplugged"
    assert compare(None, Place("mic", ("mic",))) == compare("mic", None) == "unknown"


def test_pactls_answer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = """Source Output #4
\tDriver: protocol-native.c
\tSource: 2
\tProperties:
\t\tapplication.process.id = "77"

Source Output #9
\tDriver: protocol-native.c
\tSource: 3
\tProperties:
\t\tapplication.process.id = "4711"
"""
    answers = {"source-outputs": streams, "sources": "2\tother\tm.c\ts16le\tRUNNING\n3\tmic\tm.c\ts16le\tRUNNING\n"}
    monkeypatch.setattr(routes.shutil, "which", lambda name: "pactl")
    monkeypatch.setattr(routes, "_run", lambda command: answers[command[-1]])
    monkeypatch.setattr(routes.os, "getpid", lambda: 4711)
    assert routes.place("microphone") == Place("mic", ("other", "mic"))
    answers["sources"] = ""
    assert routes.place("microphone") is None
    monkeypatch.setattr(routes.shutil, "which", lambda name: None)
    assert routes.place("microphone") is None
