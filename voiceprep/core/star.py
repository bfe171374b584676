"""A told answer taken apart: which of its words are situation, task, action and result, and which tell no story.

An answer is cut into clauses; each gets a role from what stands in it. *Action* is first person, past tense and a verb
of doing; "we" counts, but weakly. *Task* is a duty or a goal, *situation* the time, the place and what was the matter,
*result* an outcome, a change or what was learnt. What one is, thinks, usually does or would do is no story. A past
clause without a mark of its own goes by its place: before the first action it's situation, after the last one result,
between them it belongs to the action.

Nothing here is a score: the shares are a hint, and words that a recogniser wasn't sure of are left out of them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from voiceprep.core.asides import unread
from voiceprep.core.clauses import disclaimed
from voiceprep.core.delivery import ENOUGH_WORDS, Unmeasured
from voiceprep.core.fluency import FUNCTION_WORDS
from voiceprep.core.question import Point
from voiceprep.core.verdicts import Verdict
from voiceprep.core.words import Token

Role = Literal["situation", "task", "action", "result", "none"]
ROLES: tuple[Role, ...] = get_args(Role)

STAR_KINDS: dict[str, Role] = {"star_s": "situation", "star_t": "task", "star_a": "action", "star_r": "result"}
"""The kinds of points that are covered by a role instead of by claims."""

UNCLEAR_SHARE = 0.2
"""Share of unclear words above which a clause proves nothing."""
TOLD_SHARE = 0.5
"""Share of an answer's words that must tell something for it to be a story."""
FEWEST_CONTENT = 3
"""Words of some content a clause needs before its place alone makes it sure."""

PROBABILITY = {"sure": 0.8, "weak": 0.5, "nothing": 0.15, "nothing heard": 0.3}
"""How often a role was really there when a verdict fell this way. Of the quotes that others had written for
development answers 54 of 63 got their role; the rest are guesses."""


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """Characters of the answer in one role. `sure` when they show it by themselves, with something concrete in them."""

    char_start: int
    char_end: int
    role: Role
    sure: bool


@dataclass(frozen=True, slots=True)
class StarShares:
    """An answer's roles in order, and the share of its counted words in each, 0 to 1, together 1.

    Words that were unclear, or that the speaker took back, aren't counted. `story` says whether something that
    happened is told, with at least one thing that the speaker did.
    """

    spans: tuple[RoleSpan, ...]
    situation: float
    task: float
    action: float
    result: float
    none: float
    story: bool

    def share(self, role: Role) -> float:
        """The share of the words in this role."""
        return float(getattr(self, role))


def star_shares(tokens: Sequence[Token]) -> StarShares | Unmeasured:
    """The shares of S, T, A and R in an answer of at least 40 clear words with some punctuation or pauses."""
    units = _roles(tokens)
    counted = {role: sum(u.counted for u in units if u.role == role) for role in ROLES}
    words = sum(counted.values())
    if words < ENOUGH_WORDS:
        return Unmeasured(f"under {ENOUGH_WORDS} clear words")
    if not any(t.before for t in tokens[1:]):
        return Unmeasured("there is neither punctuation nor a pause to tell sentences by")
    told = 1 - counted["none"] / words
    done = [u for u in units if u.role == "action"]
    acted = any(u.sure for u in done) or len(done) >= 2
    return StarShares(
        spans=_spans(units),
        story=acted and told >= TOLD_SHARE and any(u.role not in ("action", "none") for u in units),
        **{role: counted[role] / words for role in ROLES},
    )


def role_spans(tokens: Sequence[Token]) -> tuple[RoleSpan, ...]:
    """The roles of an answer of any length, in order."""
    return _spans(_roles(tokens))


def star_verdicts(
    points: Sequence[Point], tokens: Sequence[Token], *, credits_only: bool = False
) -> tuple[Verdict, ...]:
    """A verdict for each point of a STAR kind, in order; other points are passed over.

    Covered when a sure clause has the role, unsure when only a weak one has. What isn't there is missed, or unheard
    where the recogniser may not blame, or where unclear words may have said it.
    """
    wanted = [p for p in points if p.kind in STAR_KINDS]
    if not wanted:
        return ()
    units = _roles(tokens)
    blurred = any(u.unclear > 0 and (u.role == "none" or not u.sure) for u in units)
    found = []
    for point in wanted:
        role = STAR_KINDS[point.kind]
        spans = [s for s in _spans(units) if s.role == role]
        sure = sorted((s for s in spans if s.sure), key=lambda s: s.char_start - s.char_end)[:2]
        if sure:
            evidence = tuple(sorted((s.char_start, s.char_end) for s in sure))
            found.append(Verdict(point.id, "covered", PROBABILITY["sure"], evidence, f"a clear {role}"))
        elif spans:
            first = spans[0]
            why = f"perhaps the {role}"
            found.append(Verdict(point.id, "unsure", PROBABILITY["weak"], ((first.char_start, first.char_end),), why))
        elif credits_only or blurred:
            found.append(Verdict(point.id, "unheard", PROBABILITY["nothing heard"], (), f"no {role} was heard"))
        else:
            found.append(Verdict(point.id, "missed", PROBABILITY["nothing"], (), f"no {role} was told"))
    return tuple(found)


# Clauses -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unit:
    """A clause: tokens `start` to `end`, of sentence number `sentence`; `counted` of its words count for shares."""

    tokens: tuple[Token, ...]
    sentence: int
    counted: int
    unclear: int
    mark: _Mark
    role: Role = "none"
    sure: bool = False

    @property
    def text(self) -> str:
        return " ".join(t.text for t in self.tokens)


_Mark = Literal[
    "I did", "we did", "mishap", "setting", "task", "outcome", "lesson", "talk", "present", "past", "perfect", "bare"
]
"""What a clause shows by itself. *past* and *present* only have a tense, *bare* not even that."""

_CUTS = frozenset(
    "and but so then because which who when while until as since where although though whereas if".split()
)
"""Words before which a clause may begin."""
_SUBORDINATE = frozenset("because which who when while until as since where although though if whose that".split())
_SUBJECTS = frozenset("i we he she they it you nobody everybody everyone people someone somebody nothing".split())
_OPENERS = frozenset("and but so then or well um uh er yeah yes okay ok like now also first".split())

_PAST = frozenset(
    """was were had did got went came took gave made found told said saw knew thought felt began became brought built
    bought caught chose drew drove ate fell fought flew forgot froze grew held heard kept led left lent lost meant met
    paid ran rose sat sent shook showed shot slept sold spoke spent stood stole stuck struck swore taught threw
    understood undertook woke won wore wrote rewrote drank rode sang sank swam tore hid hung dealt dug fed bent bit bled
    blew broke burnt crept learnt leant leapt lit rang rebuilt reran shrank slid sought spun spread swept withdrew wound
    could done seen""".split()
)
_SAME = frozenset("put cut set let hit read split shut cost quit spread hurt reset bet".split())
"""Verbs whose past looks like their present."""
_NOT_PAST = frozenset(
    """need feed speed seed indeed bed red embed exceed proceed succeed bleed weed breed shed hundred based oriented
    focused interested involved related""".split()
)
_PARTICIPLE = frozenset(
    """been done gone come become begun broken chosen drawn driven eaten fallen flown forgotten frozen given grown known
    written rewritten ridden risen run seen shaken shown spoken stolen sworn taken thrown torn woken worn got gotten
    hidden""".split()
)
_STATE = frozenset(
    """was were had did knew thought felt wanted liked needed believed hoped understood remembered loved hated cared
    trusted could might seemed meant got became wished heard worried feared enjoyed expected preferred lived
    struggled""".split()
)
"""First person and past, but nothing done."""
_SETTING_VERBS = frozenset(
    "joined worked started studied inherited became lived moved came graduated interned used began".split()
)
_MISHAPS = frozenset("forgot broke dropped deleted underestimated failed missed lost overlooked overwrote".split())
_ADVERBS = frozenset(
    """also then just still even first never always only really finally immediately quickly simply actually again soon
    later now myself personally usually often generally normally typically once honestly basically kind of sort both
    all each too literally probably maybe""".split()
)
_HABIT = frozenset("always usually often generally normally typically".split())
_REAL_MODALS = frozenset("would should must can will may shall".split())
_MODALS = _REAL_MODALS | {"could", "might"}
_ADJECTIVE_AFTER = frozenset("is are am be been stay get have has the a an this that your each every to".split())
"""After these, a form in -ed tells nothing of the past: "stay focused", "the cached value"."""
_BE = frozenset("is are am was were be been being".split())
_VAGUE = frozenset(
    """problem problems issue issues thing things stuff situation task tasks work job best lot everything something
    solution anything way it this that them hard well good great fine one""".split()
)

_NUMBER = (
    r"(?:\d[\d.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundred|thousand|million|half|third|quarter|tenth|twice|double|dozen)"
)
_UNIT_OF_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?|sprints?|mornings?|evenings?)"

_TASK = re.compile(
    r"\b(?:(?:my|our) (?:\w+ )?(?:job|task|role|part|goal|aim|responsibility|duty|assignment|mission|target) was"
    r"|(?:was|became) my (?:\w+ )?(?:job|task|turn|responsibility|duty)"
    r"|the (?:goal|aim|task|target|assignment|idea|plan) was|(?:i|we) was (?:\w+ )?(?:responsible|in charge|on call|"
    r"supposed|meant|expected|assigned|tasked|appointed|to\b)|(?:we|team) were (?:\w+ )?(?:responsible|supposed|"
    r"expected|assigned|tasked|asked)|(?:i|we|someone|somebody) (?:\w+ )?(?:had|needed) (?:\w+ )?to\b|"
    r"was asked (?:to|if)|(?:asked|told|wanted|expected|got|hired|needed) (?:me|us|of me) to\b|"
    r"asked of (?:me|us)\b|up to me|"
    r"was on me\b|fell to me|landed on (?:my|me)|(?:gave|given|handed|passed|assigned) (?:\w+ ){1,4}to (?:me|us)\b|"
    r"i (?:\w+ )?(?:wanted|intended|planned|aimed) to|i (?:owned|volunteered)|had until|had to be\b|"
    r"i had (?:\w+ ){1,2}(?:days|weeks|hours|months) (?:to|for|until)\b|i had " + _NUMBER + r" " + _UNIT_OF_TIME + ")"
)
_LESSON = re.compile(
    r"\b(?:(?:i|we|have|has|had) (?:\w+ )?(?:learned|learnt)\b|(?:my|the|a) lesson\b|took from (?:it|this|that)|"
    r"taught me|showed me that|since then|from then on|ever since|next time i|in hindsight|looking back|"
    r"do (?:it )?differently|take ?away|would do (?:now|today)|i now (?:always|never)?|now i (?:always|never|know)|"
    r"i know now)\b"
)
_OUTCOME_SAID = re.compile(
    r"\b(?:as a result|the result(?:s)? (?:was|were)|in the end|the outcome|it turned out well|the effect was|"
    r"that (?:way|is how) we (?:saved|avoided)|paid off|it worked)\b"
)
_OUTCOME = re.compile(
    r"\b(?:dropped|fell|rose|climbed|grew|sank|shrank|improved|increased|decreased|reduced|halved|doubled|tripled|"
    r"went (?:up|down|live|out|from|away|through|smoothly|well)|came (?:in|down|back|out)|saved|stayed|extended|"
    r"thanked|survived|won|stopped|passed|finished|delivered|released|shipped|praised|promoted|adopted|signed|"
    r"accepted|approved|celebrated|got (?:a|much|shorter|faster|better|quicker|easier|quiet|the|"
    r"through)|took (?:only |about |just |the |us )?" + _NUMBER + r"|still|today|any more|anymore|never (?:\w+ )?again|"
    r"not one|on time|in time|early|without (?:a|an|any)|happy|no (?:more|longer|lost)|again|was back|were back|"
    r"(?:percent|% )|from \w+ to|down to|up to|instead of)\b"
)
_METRIC = re.compile(
    r"\b(?:time|times|latency|errors?|rate|costs?|tickets?|complaints|load|bill|throughput|percent|incidents?|"
    r"crashes|failures|outages?|bugs|memory|usage|p99|p95|seconds|minutes|hours|response)\b"
)
_AFTERWARDS = re.compile(
    r"^(?:(?:and|so|but|well|then) )*(?:after that|afterwards|after (?:\w+ ){0,2}" + _UNIT_OF_TIME + r"|"
    r"(?:the |at the |on the )?(?:next|following) \w+|within (?:a|\w+) " + _UNIT_OF_TIME + r"|by \w+day|by (?:january|"
    r"february|march|april|may|june|july|august|september|october|november|december|christmas|the end)|today|now|"
    r"from then|the same (?:day|week|month))\b"
)
_SETTING = re.compile(
    r"\b(?:there (?:was|were|is this)|(?:last|one|that|every) (?:spring|summer|autumn|fall|winter|year|month|week|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|night|day|quarter)|\w+ (?:years|months|weeks) ago|back "
    r"(?:in|then)|in my (?:\w+ )?(?:job|company|team|year|project|role|internship)|at my (?:\w+ )?(?:job|company)|"
    r"my (?:last|first|previous|former|old) (?:job|company|team|employer|project)|during (?:my|the|a)|when i (?:was|"
    r"worked|joined|started)|as a student|we (?:had|were)|(?:was|were) (?:\w+ )?\w{2,}ing|used to|it was|before "
    r"programming|in (?:january|february|march|april|may|june|july|august|september|october|november|december))\b"
)
_TALK = re.compile(
    r"\b(?:i (?:am|would|think|believe|guess|try|like|see myself|consider|always|usually|generally|never (?!\w+ed))|"
    r"you (?:should|must|can|need|have)|one (?:should|must|has)|people should|everybody should|in general|generally|"
    r"it depends|in my opinion|for me|my (?:biggest |greatest |main )?(?:strength|weakness|philosophy|approach|style)|"
    r"i do not think|we should)\b"
)
_TAUTOLOGY = re.compile(
    r"\bthe (?:solution|answer|fix|trick|way) was (?:to )?(?:solve|fix|resolve|handle|find|a solution|the solution)"
    r"(?: a| the| it| this| that)*(?: solution| problem| issue| thing)?$|\bproblem was (?:a|the) problem\b|"
    r"\b(?:sol|handl|fix|resolv|deal|improv)\w* (?:\w+ ){0,3}by (?:sol|handl|fix|resolv|deal|improv)\w+ing\b"
)
_TOLD = re.compile(r"^(?:(?:so|and|but|yeah|well|okay) )*(?:that is (?:how|what|why|my|it)|that was (?:it|that|all))\b")


def _sentences(tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    start = 0
    for n in range(1, len(tokens) + 1):
        if n == len(tokens) or tokens[n].before == "hard":
            yield tuple(tokens[start:n])
            start = n


def _pieces(sentence: Sequence[Token]) -> list[list[Token]]:
    """The sentence cut wherever a clause may begin; then what has no verb of its own goes to its neighbour."""
    cut: list[list[Token]] = [[]]
    for n, token in enumerate(sentence):
        opens = token.text in _CUTS and not (
            token.text == "so" and n + 1 < len(sentence) and sentence[n + 1].text in ("that", "much", "many", "far")
        )
        follows = n > 0 and sentence[n - 1].text in ("and", "but", "so", "then", "even", "only")
        if cut[-1] and (token.before or (opens and not follows)):
            cut.append([])
        cut[-1].append(token)
    whole: list[list[Token]] = []
    held: list[Token] = []
    for piece in cut:
        if whole and (not _finite(piece) or _depends(piece)):
            whole[-1] += held + piece
            held = []
        elif not _finite(piece) or (not whole and _depends(piece)):
            held += piece
        else:
            whole.append(held + piece)
            held = []
    if held:
        if whole:
            whole[-1] += held
        else:
            whole.append(held)
    return whole


def _bare(piece: Sequence[Token]) -> list[str]:
    """The clause's words without those that only open it."""
    texts = [t.text for t in piece]
    while texts and texts[0] in _OPENERS:
        texts.pop(0)
    return texts


def _depends(piece: Sequence[Token]) -> bool:
    """Whether the clause only says more about another: "because …", "which …". An outcome stands by itself."""
    texts = _bare(piece)
    if not texts or texts[0] not in _SUBORDINATE:
        return False
    return not (texts[0] == "which" and _OUTCOME.search(" ".join(texts)))


def _finite(piece: Sequence[Token]) -> bool:
    texts = _bare(piece)
    if not texts:
        return False
    if any(_is_past(t) or t in _BE | _MODALS or t in ("has", "have", "do", "does") for t in texts):
        return True
    if texts[0] in _SAME:
        return True
    return any(a in _SUBJECTS and b not in _SUBJECTS for a, b in itertools.pairwise(texts))


def _is_past(word: str) -> bool:
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and word not in _NOT_PAST)


def _tells_past(texts: Sequence[str], n: int) -> bool:
    """Whether the word at `n` puts its clause in the past: no participle after "is", no adjective before its noun."""
    if not _is_past(texts[n]) or _REAL_MODALS.intersection(texts[:n]):
        return False
    if texts[n] in _PAST:
        return True
    k = n - 1
    while k >= 0 and (texts[k] in _ADVERBS or texts[k].endswith("ly")):
        k -= 1
    return k >= 0 and texts[k] not in _ADJECTIVE_AFTER


def _verb_after(texts: Sequence[str], n: int) -> int | None:
    """The place of the word after the subject at `n` that isn't an adverb."""
    for k in range(n + 1, min(len(texts), n + 5)):
        if texts[k] not in _ADVERBS and not (texts[k].endswith("ly") and len(texts[k]) > 3):
            return k
    return None


# Marks -------------------------------------------------------------------------------------------------------------


def _mark(texts: Sequence[str], subject: str) -> tuple[_Mark, bool]:
    """What the clause shows by itself, and whether it's concrete. `subject` is the one carried from the clause before,
    for a clause that has none of its own ("and moved it behind a flag")."""
    bare = list(texts)
    while bare and bare[0] in _OPENERS:
        bare.pop(0)
    text = " ".join(bare)
    content = _content(bare)
    concrete = content >= FEWEST_CONTENT
    if _TAUTOLOGY.search(text) or _TOLD.search(" ".join(texts)):
        return "talk", True
    if _LESSON.search(" ".join(texts)):
        return "lesson", content >= 2
    done = _done(bare, subject)
    if _TASK.search(text) and done not in ("perfect",):
        return "task", content >= 2
    if _OUTCOME_SAID.search(text) and done != "I did":
        return "outcome", True
    if done == "habit":
        return "talk", True
    if done in ("I did", "we did", "perfect"):
        return done, content >= 2  # type: ignore[return-value]
    if done == "mishap":
        return "mishap", concrete
    past = any(_tells_past(bare, n) for n in range(len(bare)))
    if "would" in bare and "i" in bare and not _pluperfect(bare):
        return "talk", True
    if past and not re.search(r"\bi have (?:never|always)\b|\bhas always\b", text):
        if _SETTING.search(text) or done == "setting":
            return "setting", concrete
        return "past", concrete
    if _TALK.search(text):
        return "talk", True
    if any(t in _BE | _MODALS or t in ("has", "have", "do", "does") for t in bare) or done == "present":
        return "present", concrete
    return ("present" if _finite_words(bare) else "bare"), concrete


def _finite_words(texts: Sequence[str]) -> bool:
    return any(a in _SUBJECTS for a in texts[:-1])


def _pluperfect(texts: Sequence[str]) -> bool:
    """ "I'd written" is opened as "I would written"."""
    return any(
        a == "would" and (b in _PARTICIPLE or (_is_past(b) and b != "would")) for a, b in itertools.pairwise(texts)
    )


def _content(texts: Collection[str]) -> int:
    return sum(t not in FUNCTION_WORDS and t not in _VAGUE and t not in _SUBJECTS and len(t) > 2 for t in texts)


def _done(texts: Sequence[str], carried: str) -> str:
    """How the first person stands in the clause: did, did as a group, a habit, the present, or not at all."""
    places = [n for n, t in enumerate(texts) if t in ("i", "we")]
    outer = [n for n in places if not any(t in _SUBORDINATE for t in texts[:n])] or places[:1]
    best = ""
    for n in outer:
        k = _verb_after(texts, n)
        if k is None:
            continue
        kind = _did(texts, n, k, texts[n])
        if kind in ("I did", "we did", "perfect"):
            return kind
        best = best or kind
    if not places and carried in ("i", "we") and texts:
        k = 0
        while k < len(texts) and texts[k] in _ADVERBS:
            k += 1
        if k < len(texts) and (_is_past(texts[k]) or texts[k] in _SAME) and texts[k] not in _STATE | _BE:
            return "I did" if carried == "i" else "we did"
    return best


def _did(texts: Sequence[str], n: int, k: int, who: str) -> str:
    verb, between = texts[k], texts[n + 1 : k]
    if verb == "have":
        after = _verb_after(texts, k)
        if after is not None and (texts[after] in _PARTICIPLE or _is_past(texts[after])):
            never = {"never", "always", "ever", "often", "many", "career", "life"} & set(texts)
            return "present" if never or texts[after] in ("been", "had") else "perfect"
        return "present"
    if verb in _MODALS:
        return "present" if verb not in ("could", "might") else "past"
    if _HABIT.intersection(between):
        return "habit"
    if verb in ("did", "was", "were", "had"):
        return "past"
    if verb in _SETTING_VERBS and (verb != "moved" or "to" in texts[k : k + 2]):
        if verb in ("started", "began") and len(texts) > k + 1 and texts[k + 1] not in ("at", "in", "as", "working"):
            return "I did" if who == "i" else "we did"
        return "setting"
    if verb in _MISHAPS:
        return "mishap"
    if verb == "made" and any(t in texts for t in ("mistake", "mistakes", "error")):
        return "mishap"
    if verb in _STATE:
        return "past"
    if _is_past(verb) or verb in _SAME:
        return "I did" if who == "i" else "we did"
    return "present"


# Roles -------------------------------------------------------------------------------------------------------------


def _roles(tokens: Sequence[Token]) -> tuple[_Unit, ...]:
    gone = unread(tokens)
    standing = [t for n, t in enumerate(tokens) if n not in gone]
    denied = {id(tokens[n]) for n in disclaimed(tokens)}
    units: list[_Unit] = []
    for number, sentence in enumerate(_sentences(standing)):
        subject = ""
        for piece in _pieces(sentence):
            texts = [t.text for t in piece]
            mark, concrete = _mark(texts, subject)
            if any(id(t) in denied for t in piece):
                mark, concrete = "talk", False  # "it's not true that I ..." tells of nothing
            if own := _subject(texts):
                subject = own if mark in ("I did", "we did", "perfect") else "-"
            elif mark not in ("I did", "we did"):
                subject = ""
            unclear = sum(t.unclear for t in piece)
            units.append(_Unit(tuple(piece), number, len(piece) - unclear, unclear, mark, sure=concrete))
    return tuple(_settled(units))


def _subject(texts: Sequence[str]) -> str:
    """The clause's first person, for what goes on without a subject; another subject is "-"."""
    for t in texts:
        if t in _OPENERS:
            continue
        if t in ("i", "we"):
            return t
    return "-" if any(t in _SUBJECTS for t in texts) else ""


def _settled(units: Sequence[_Unit]) -> Iterator[_Unit]:
    """Each unit with its role: by its mark, and where that leaves it open by where it stands."""
    mine = [n for n, u in enumerate(units) if u.mark == "I did"]
    told = sum(u.mark in ("past", "setting", "I did", "we did", "mishap", "task", "outcome") for u in units)
    perfect = [n for n, u in enumerate(units) if u.mark == "perfect"] if told >= 2 else []
    ours = [n for n, u in enumerate(units) if u.mark == "we did"]
    acts = sorted(mine + perfect) or ours
    ours = [n for n in ours if acts and n >= acts[0]]
    first = acts[0] if acts else len(units)
    last = max((n for n in acts + ours if not _ends(units[n])), default=first)
    before: Role = "none"
    at = -1
    for n, unit in enumerate(units):
        follows = before if unit.sentence == at else None
        role, sure = _role(unit, n, first, last, bool(acts), bool(perfect), told >= 2, follows)
        total = len(unit.tokens)
        if unit.unclear > UNCLEAR_SHARE * total:
            sure = False
        before, at = role, unit.sentence
        # An unclear clause that says nothing isn't held against anyone: its words leave the count.
        counted = 0 if role == "none" and unit.unclear > UNCLEAR_SHARE * total else unit.counted
        yield replace(unit, role=role, sure=sure, counted=counted)


def _ends(unit: _Unit) -> bool:
    """Whether what "we did", or "I did" to a figure, is how it ended."""
    return bool(_OUTCOME.search(unit.text)) and (unit.mark == "we did" or bool(_METRIC.search(unit.text)))


def _role(
    unit: _Unit, n: int, first: int, last: int, acted: bool, perfect: bool, story: bool, follows: Role | None
) -> tuple[Role, bool]:
    mark, text, after = unit.mark, unit.text, n > first
    if mark == "talk":
        return "none", True
    if mark == "lesson":
        return "result", unit.sure
    if mark == "task":
        return ("task", unit.sure) if n <= max(first, last) else ("result", False)
    if mark == "outcome":
        return "result", True
    if mark == "I did":
        if after and n >= last and _OUTCOME.search(text) and _METRIC.search(text):
            return "result", True
        return "action", unit.sure
    if mark == "perfect":
        return ("action", unit.sure) if perfect else ("none", False)
    if mark == "we did":
        if n < first:
            return "situation", unit.sure
        if after and n > last and _OUTCOME.search(text):
            return "result", True
        return "action", False
    if mark == "mishap":
        return ("situation", unit.sure) if n < first else ("result" if n > last else "action", False)
    if mark in ("past", "setting"):
        if n < first:
            return "situation", unit.sure and (acted or mark == "setting")
        if n > last:
            return "result", bool(_OUTCOME.search(text) or _AFTERWARDS.search(text) or re.search(_NUMBER, text))
        if after and _AFTERWARDS.search(text) and _OUTCOME.search(text):
            return "result", True
        return "action", False
    if mark == "present":
        if after and (_AFTERWARDS.search(text) or re.search(r"\b(?:now|today|still)\b", text)):
            return "result", unit.sure
        if follows is not None and follows != "none":
            return follows, False
        if story and n < first and acted:
            return "situation", False
    return "none", False


def _spans(units: Sequence[_Unit]) -> tuple[RoleSpan, ...]:
    """Neighbouring clauses of one sentence and one role as one span."""
    spans: list[RoleSpan] = []
    at = -1
    for unit in units:
        start, end = unit.tokens[0].char_start, unit.tokens[-1].char_end
        if spans and at == unit.sentence and spans[-1].role == unit.role:
            spans[-1] = RoleSpan(spans[-1].char_start, end, unit.role, spans[-1].sure or unit.sure)
        elif spans and start < spans[-1].char_end:
            # A contraction ("I'd") is two tokens on the same characters; it stays whole, with what came before.
            spans[-1] = replace(spans[-1], char_end=max(spans[-1].char_end, end))
        else:
            spans.append(RoleSpan(start, end, unit.role, unit.sure))
        at = unit.sentence
    return tuple(spans)
