"""Words that carry nothing but the speaker's hesitating: fillers, hedges, words said twice. Counted, never judged.

Recognisers are trained on clean text and leave most of these out, so every count is a least one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voiceprep.core.spans import Span
from voiceprep.core.transcript import Word

FILLERS = frozenset("um uh er erm hmm uhm".split())
HEDGES = tuple(
    tuple(phrase.split())
    for phrase in (
        "i think", "i guess", "i suppose", "i'm not sure", "i am not sure", "kind of", "sort of", "or something",
        "maybe", "perhaps", "probably",
    )
)  # fmt: skip
LONGEST_REPEATED = 4
"""Words in a stretch that is looked for a second time right after it."""

_SORTS = frozenset("a an the this that these those what which any some each every one same another other no".split())
"""After these "kind of" and "sort of" say which kind is meant."""
_THOUGHT = frozenset("of about".split())
"""Before these "I think" is about thinking; so it is after the words below."""
_WHILE = frozenset("when as what how whatever where if".split())
_TWICE = frozenset("very really so much many long far no yes yeah never again that had is bye blah ha".split())
"""Words that are said twice on purpose, or by grammar ("what it is is", "the one that that team has")."""
_SENTENCE_ENDS = (".", "?", "!")
_ELLIPSES = ("...", "…")


@dataclass(frozen=True, slots=True)
class Said:
    """`what` was said, in lower case, and where each time: by the recogniser's word times, in seconds of the take."""

    what: str
    spans: tuple[Span, ...]


def is_filler(word: Word) -> bool:
    return _plain(word) in FILLERS


def fillers(words: Iterable[Word]) -> tuple[Said, ...]:
    """The fillers among these words, each kind once, those said most first."""
    return _counted((_plain(word), _span((word,))) for word in words if is_filler(word))


def hedges(words: Sequence[Word]) -> tuple[Said, ...]:
    """What takes a statement half back ("I think", "kind of", "maybe"), from a short closed list, each once, those said
    most first. Words that the recogniser wasn't sure of are none."""
    texts = ["" if word.unclear else _plain(word) for word in words]
    found = []
    for n in range(len(texts)):
        for phrase in HEDGES:
            if tuple(texts[n : n + len(phrase)]) == phrase and _hedges(texts, n, phrase):
                found.append((" ".join(phrase), _span(words[n : n + len(phrase)])))
    return _counted(found)


def _hedges(texts: Sequence[str], n: int, phrase: tuple[str, ...]) -> bool:
    """Whether the phrase at `n` is meant as one: "kind of slow" is, "this kind of lock" isn't."""
    before = texts[n - 1] if n else ""
    if phrase[-1] == "of":
        return before not in _SORTS
    after = texts[n + len(phrase)] if n + len(phrase) < len(texts) else ""
    return phrase != ("i", "think") or (after not in _THOUGHT and before not in _WHILE)


def repetitions(words: Sequence[Word]) -> tuple[Said, ...]:
    """Up to LONGEST_REPEATED words said again right after themselves ("the the", "I was I was"), fillers in between
    left out; however often in a row, it is one. Not those doubled for emphasis, and none across a sentence's end."""
    row = [word for word in words if not is_filler(word)]
    texts = [_plain(word) for word in row]
    found = []
    n = 0
    while n < len(row):
        for length in range(1, LONGEST_REPEATED + 1):
            times = _times(row, texts, n, length)
            if times > 1:
                end = n + length * times
                found.append((" ".join(texts[n : n + length]), _span(row[n:end])))
                n = end - 1
                break
        n += 1
    return _counted(found)


def _times(row: Sequence[Word], texts: Sequence[str], n: int, length: int) -> int:
    """How often in a row the `length` words from `n` on are said; 1 where it isn't for want of the right word."""
    unit = texts[n : n + length]
    if length > 1 and len(set(unit)) == 1:
        return 1  # that is one word, said often
    if length == 1 and (unit[0] in _TWICE or unit[0].isdigit() or (len(unit[0]) == 1 and unit[0] not in "ai")):
        return 1
    times = 1
    while True:
        at = n + length * times
        again = row[at : at + length]
        if texts[at : at + length] != unit or _ends(row[at - 1].text):
            return times
        if any(word.unclear or not _plain(word) for word in (*again, *row[at - length : at])):
            return times
        times += 1


def _ends(text: str) -> bool:
    return text.endswith(_SENTENCE_ENDS) and not text.endswith(_ELLIPSES)


def _plain(word: Word) -> str:
    return word.text.lower().replace("\u2019", "'").strip(".,!?;:…-\u2013\u2014\"'()")


def _span(words: Sequence[Word]) -> Span:
    start_s = max(0.0, words[0].start_s)
    return Span(start_s, max(start_s, words[-1].end_s))


def _counted(found: Iterable[tuple[str, Span]]) -> tuple[Said, ...]:
    by_what: dict[str, list[Span]] = {}
    for what, span in found:
        by_what.setdefault(what, []).append(span)
    said = [Said(what, tuple(spans)) for what, spans in by_what.items()]
    return tuple(sorted(said, key=lambda s: -len(s.spans)))
