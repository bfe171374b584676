"""The stories with a role for each sentence, and how often `core.star` gives the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.core.questions import words
from voiceprep.core.star import Role, StarShares, role_spans, star_shares
from voiceprep.core.transcript import heard
from voiceprep.core.words import Break, Token, tokenise

FOLDER = Path(__file__).parent.parent / "answers" / "stories"
ROLE_OF: dict[str, Role] = {"S": "situation", "T": "task", "A": "action", "R": "result", "N": "none"}
How = Literal["typed", "heard"]


@dataclass(frozen=True)
class Story:
    id: str
    told: bool
    lines: tuple[tuple[Role, str], ...]

    @property
    def text(self) -> str:
        return " ".join(text for _, text in self.lines)

    def tokens(self, how: How) -> tuple[Token, ...]:
        return tokenise(self.text) if how == "typed" else heard_tokens(self.text)


@dataclass
class Figures:
    """Shares of sentences and of words given the same role, of answers rightly called a story or not."""

    sentences: float
    words: float
    stories: float
    confusion: Counter[tuple[Role, Role]]
    sure: float
    """Share of the sentences whose role was sure that had this role."""


def heard_tokens(text: str) -> tuple[Token, ...]:
    """As a recogniser without punctuation hears it: pauses only, of the lengths `tests.core.questions` gives."""
    spoken = heard(words(text), engine="whisper")
    pauses: dict[int, Break] = {}
    end_s = None
    for timed in spoken.timed():
        if end_s is not None and timed.word.start_s - end_s >= 0.15:
            pauses[timed.char_start] = "hard" if timed.word.start_s - end_s >= 0.45 else "soft"
        end_s = timed.word.end_s
    return tokenise(spoken.text, pauses)


def stories(half: Literal["dev", "check"]) -> tuple[Story, ...]:
    def read() -> Iterator[Story]:
        for block in (FOLDER / f"{half}.txt").read_text(encoding="utf-8").split("\n\n"):
            head, *lines = block.strip().splitlines()
            _, id, kind = head.split()
            yield Story(id, kind == "story", tuple((ROLE_OF[line[0]], line[2:]) for line in lines))

    return tuple(read())


def given(story: Story, how: How) -> list[tuple[Role, str, Role, bool]]:
    """For each sentence: the role it should have, its text, the role most of its words got, whether that was sure."""
    tokens = story.tokens(how)
    spans = role_spans(tokens)
    at, rows = 0, []
    for role, text in story.lines:
        own = tokens[at : at + len(tokenise(text))]
        at += len(own)
        got: Counter[Role] = Counter()
        sure = False
        for t in own:
            span = next((s for s in spans if s.char_start <= t.char_start < s.char_end), None)
            if span is not None:
                got[span.role] += 1
        best = got.most_common(1)[0][0] if got else "none"
        sure = any(
            s.sure and s.role == best and s.char_start < own[-1].char_end and own[0].char_start < s.char_end
            for s in spans
        )
        rows.append((role, text, best, sure))
    return rows


def figures(half: Literal["dev", "check"], how: How) -> Figures:
    confusion: Counter[tuple[Role, Role]] = Counter()
    right_words = all_words = right_stories = sure = sure_right = 0
    for story in stories(half):
        tokens = story.tokens(how)
        shares = star_shares(tokens)
        right_stories += isinstance(shares, StarShares) and shares.story == story.told
        for role, text, got, certain in given(story, how):
            confusion[role, got] += 1
            n = len(tokenise(text))
            all_words += n
            right_words += n * (role == got)
            if certain and got != "none":
                sure += 1
                sure_right += role == got
    right = sum(n for (a, b), n in confusion.items() if a == b)
    return Figures(
        sentences=right / sum(confusion.values()),
        words=right_words / all_words,
        stories=right_stories / len(stories(half)),
        confusion=confusion,
        sure=sure_right / max(1, sure),
    )


if __name__ == "__main__":
    import sys

    for half in ("dev", "check"):
        for how in ("typed", "heard"):
            f = figures(half, how)
            print(
                f"{half:6}{how:6} sentences {f.sentences:.3f} words {f.words:.3f} story {f.stories:.3f} "
                f"sure {f.sure:.3f}"
            )
    if "-v" in sys.argv:
        for how in ("typed", "heard"):
            for story in stories("dev"):
                shares = star_shares(story.tokens(how))
                if not isinstance(shares, StarShares) or shares.story != story.told:
                    print("STORY?", story.id, how, shares if not isinstance(shares, StarShares) else shares.story)
                for role, text, got, certain in given(story, how):
                    if role != got:
                        print(how, story.id, role, "->", got, certain, "|", text)
