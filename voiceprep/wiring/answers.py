"""Where answers come from: files, a keyboard, a script, the room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from voiceprep.audio.files import FileMicrophone
from voiceprep.clock import MonotonicClock
from voiceprep.pcm.sound_file import SoundFile
from voiceprep.ports import Microphone, TypedAnswer


class FileAnswers:
    """Sound files, one a take, in the order given."""

    def __init__(self, paths: Sequence[Path], paced: bool) -> None:
        self._left = list(paths)
        self._clock = MonotonicClock() if paced else None

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        return FileMicrophone(self._left.pop(0), self._clock) if self._left else None


class TypedAnswers:
    """Typed text: `ask` shows the question's prompt and gives the answer, None at the end of input."""

    def __init__(self, ask: Callable[[str], str | None]) -> None:
        self._ask = ask

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        text = self._ask(question)
        return None if text is None else TypedAnswer(text)


class ScriptedAnswers:
    """Answers by what is asked: the demo's candidate."""

    def __init__(self, by_question: Mapping[str, Path | str], paced: bool) -> None:
        self._by_question = by_question
        self._clock = MonotonicClock() if paced else None
        self.speaking: FileMicrophone | None = None

    def next(self, question: str) -> Microphone | TypedAnswer | None:
        answer = self._by_question.get(question)
        if answer is None or isinstance(answer, str):
            return None if answer is None else TypedAnswer(answer)
        self.speaking = FileMicrophone(answer, self._clock)
        return self.speaking


def check_files(paths: Sequence[Path]) -> None:
    """Raises AudioFileError for the first file that can't be a voice, before a session is begun."""
    for path in paths:
        SoundFile(path).close()
