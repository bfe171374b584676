"""Finds the projects and roles that a CV or a pasted summary tells of: a headline, its dates, and what was done there.

No model: lines, dates, and verbs in the past. What is found is shown before it's used, so a line too few is mended by
the person who wrote it; nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST = 8
"""Projects that are asked about at most."""
LONGEST_TITLE = 90

ACTIONS = frozenset(
    """accelerated achieved added administered analysed analyzed architected assembled audited authored automated
    benchmarked boosted brought built changed chaired coached coded collaborated completed configured consolidated
    containerised containerized contributed converted coordinated created cut debugged decomposed decoupled defined
    delivered deployed designed developed devised diagnosed directed documented doubled drove eliminated enabled
    engineered enhanced ensured established evaluated expanded extended extracted fixed formed founded grew guided
    halved handled headed helped identified implemented improved increased initiated installed instrumented integrated
    introduced investigated launched led lowered made maintained managed mentored merged migrated modelled modeled
    modernised modernized monitored moved negotiated onboarded operated optimised optimized orchestrated organised
    organized oversaw owned parallelised parallelized performed piloted planned ported prepared presented prevented
    produced profiled programmed proposed prototyped published ran raised rebuilt redesigned reduced refactored released
    removed reorganised reorganized replaced researched resolved restored restructured reviewed rewrote rolled saved
    scaled secured separated set shipped shortened simplified solved sped split spearheaded stabilised stabilized
    standardised standardized started steered streamlined strengthened supervised supported switched taught tested
    trained transformed tripled tuned unified upgraded won wrote""".split()
)

_NOT_PROJECTS = re.compile(
    r"(technical |key |core |personal |professional )?(skills?( summary)?|education|languages?|interests?|hobbies|"
    r"references?|contact( details)?|certificat(es?|ions?)|technologies|tools|awards|publications|training|courses|"
    r"summary|profile|about( me)?|objective|volunteering)( and .*| & .*)?:?\Z",
    re.I,
)
_SECTIONS = re.compile(
    r"((work|professional|relevant|selected|employment|key|personal|recent|my) ){0,3}(experience|employment|history|"
    r"work|career|projects?|positions?|curriculum vitae|cv|resume|r\u00e9sum\u00e9|jobs)( history| experience)?:?\Z",
    re.I,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DAY = rf"(?:(?:{_MONTH}\s+|\d{{1,2}}[./-])?(?:19|20)\d{{2}})"
_DATES = re.compile(
    rf"[(\[]?\s*(?:since\s+|from\s+)?{_DAY}(?:\s*(?:-|\u2013|\u2014|to|until)\s*(?:{_DAY}|\d{{2}}\b|present|today|now|current|ongoing))?\s*[)\]]?",
    re.I,
)
_BULLET = re.compile(r"\s*(?:[-*+\u2022\u25cf\u25aa\u2013]|\d{1,2}[.)])\s+(.*)\Z")
_HEADING = re.compile(r"#{1,6}\s(.*)\Z")
_BOLD = re.compile(r"\s*(?:\*\*|__)(.+?)(?:\*\*|__):?\s*\Z")
_MARKS = re.compile(r"(\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)")
_ADDRESS = ("http://", "https://", "www.", "<http")
LONGEST_LINE = 1_000
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"\u201c])")
_OPENERS = frozenset("i we also then successfully personally jointly and there where".split())
_LABEL = re.compile(r"\A[^.:!?]{1,80}:\s+(?=(?:I|We)\b)")
RESULT = re.compile(
    r"\d|\b(half|halved|doubled|tripled|saved|won|reduced|cut|lowered|increased|improved|dropped|fell|grew|faster|fewer)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Project:
    """Something the candidate did: its headline as they wrote it, its dates, and the sentences with what they did.

    `line` counts from 1.
    """

    title: str
    when: str
    done: tuple[str, ...]
    line: int

    @property
    def deed(self) -> str:
        """The first sentence that says what was done."""
        return next((d for d in self.done if _acts(d)), self.done[0])

    @property
    def outcome(self) -> str:
        """The sentence that names a result, empty when none does."""
        others = [d for d in self.done if d != self.deed]
        return next((d for d in [*reversed(others), self.deed] if RESULT.search(_DATES.sub("", d))), "")


@dataclass
class _Block:
    """A headline's lines and what stands below them."""

    line: int
    heads: list[str] = field(default_factory=list)
    marked: bool = False
    bullets: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    last: str = ""


def projects_in(text: str) -> tuple[Project, ...]:
    """The projects in the order in which they stand there, at most MOST: those with most to ask about."""
    found = [p for block in _blocks(text) if (p := _project(block)) is not None]
    best = sorted(found, key=lambda p: (-min(len(p.done), 4), -bool(p.when), -bool(p.outcome), p.line))[:MOST]
    return tuple(sorted(best, key=lambda p: p.line))


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    wanted, blank = True, True
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw[:LONGEST_LINE].strip()
        if not line:
            blank = True
            continue
        heading = _HEADING.match(line) or _BOLD.match(line)
        shown = _bare(heading[1].rstrip("#") if heading else line)
        if not shown or re.fullmatch(r"[=\-_*~#\s]+", shown):
            blank = True
            continue
        if _NOT_PROJECTS.match(shown) or _SECTIONS.match(shown):
            if block is not None:
                yield block
            block, blank, wanted = None, True, not _NOT_PROJECTS.match(shown)
            continue
        if wanted or heading:
            begins = _begins(block, heading is not None, line, shown, blank)
            if begins:
                if block is not None:
                    yield block
                block = _Block(number)
                wanted = True
            assert block is not None
            _add(block, line, shown, heading is not None, blank)
        blank = False
    if block is not None:
        yield block


def _begins(block: _Block | None, heading: bool, line: str, shown: str, blank: bool) -> bool:
    """Whether this line is the first of another project."""
    if block is None:
        return True
    if _BULLET.match(line):
        return False
    told = bool(block.bullets or block.prose)
    if heading:
        return told or (block.marked and not _DATES.search(shown))
    if not told:
        return blank and len(block.heads) > 0 and not block.marked and not _dated_or_short(shown)
    if block.bullets and not blank and block.last == "bullet":
        return _dated(shown)  # else the bullet goes on in the next line
    return _dated(shown) or (blank and (_head(shown) or not block.heads or _acts(shown)))


def _add(block: _Block, line: str, shown: str, heading: bool, blank: bool) -> None:
    bullet = _BULLET.match(line)
    if bullet and not heading:
        block.bullets.append(_bare(bullet[1]))
        block.last = "bullet"
    elif block.last == "bullet" and not blank:
        block.bullets[-1] = f"{block.bullets[-1]} {shown}"
    elif heading or (not block.prose and not block.bullets and (_head(shown) or _dated(shown))):
        block.heads.append(shown)
        block.marked = block.marked or heading
        block.last = "head"
    else:
        block.prose.append(shown)
        block.last = "prose"


def _project(block: _Block) -> Project | None:
    heads = " ".join(block.heads)
    prose = [s for s in _SENTENCE.split(" ".join(block.prose)) if s]
    told = [*block.bullets, *prose]
    # A bullet that names no deed is a list of tools, or a duty; a sentence between others belongs to the story.
    kept = [*filter(_acts, block.bullets), *(prose if any(map(_acts, prose)) else ())]
    if not kept:
        return None
    done = tuple(_sentence(_LABEL.sub("", t)) for t in kept)
    dates = _DATES.search(heads) or _DATES.search(" ".join(told[:1]))
    title = ", ".join(t for h in block.heads if (t := _title(h))) or _opening(told[0])
    when = " ".join(dates[0].strip(" ()[]").split()) if dates else ""
    return Project(_cut(title), when, done, block.line) if title else None


def _opening(text: str) -> str:
    """What a piece without a headline is called: what stands before its colon, else its first words."""
    before = re.split(r":\s|\s[\u2013\u2014-]\s", text, maxsplit=1)[0]
    return _title(before) if len(before) <= LONGEST_TITLE and before != text else _title(" ".join(text.split()[:9]))


def _title(head: str) -> str:
    """A headline without its dates and the signs around them."""
    return re.sub(r"\s+([,;:])", r"\1", " ".join(_DATES.sub(" ", head).split())).strip(" ,;:|\u00b7\u2013\u2014-()[]./")


def _bare(text: str) -> str:
    """A line without Markdown's signs and without addresses."""
    words = _MARKS.sub("", _LINK.sub(r"\1", text)).replace("|", ", ").split()
    return " ".join(w for w in words if not w.lower().startswith(_ADDRESS) and not ("@" in w[1:] and "." in w))


def _cut(text: str) -> str:
    if len(text) <= LONGEST_TITLE:
        return text
    return text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "\u2026"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(";,")
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z\u00e0-\u024f']+", text.lower())


def _acts(text: str) -> bool:
    """Whether the text says that something was done: a verb of doing among its first words, or after "I" or "we"."""
    words = _words(text)
    first = next((n for n, w in enumerate(words) if w not in _OPENERS and not w.endswith("ly")), None)
    if first is not None and words[first] in ACTIONS:
        return True
    return any(w in ("i", "we") and not ACTIONS.isdisjoint(words[n + 1 : n + 3]) for n, w in enumerate(words))


def _dated(text: str) -> bool:
    return bool(_DATES.search(text)) and len(text) <= 140 and not _ends(text) and not _acts(text)


def _head(text: str) -> bool:
    """Whether a line looks like a headline: short, no sentence, nothing done in it."""
    return len(text) <= LONGEST_TITLE and not _ends(text) and not _acts(text)


def _dated_or_short(text: str) -> bool:
    return _dated(text) or _head(text)


def _ends(text: str) -> bool:
    """Whether it ends like a sentence; "Bar Inc." doesn't."""
    return text.endswith((".", "!", "?", ";")) and len(text.split()) > 3
