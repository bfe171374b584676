"""What a person adds to the lexicon: how a recogniser mishears them, and terms of their own. Pure; kept by `bank`.

A mishearing is believed as the lexicon's own are: in recognised speech, where the question is about the term. What the
candidate says of the very words of an answer ("I said Kubernetes") is believed of that question's answers always.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache

from voiceprep.core.everyday import EVERYDAY
from voiceprep.core.fluency import FUNCTION_WORDS
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.words import tokenise

MAX_TERMS, MAX_PHRASES, LONGEST_WORDS, LONGEST = 200, 20, 6, 80
"""Terms that a person may add to; forms and mishearings of each; words and characters of one."""
HINT_TOKENS, LETTERS_A_TOKEN = 200, 3
"""How long a hint for a recogniser may be, in its tokens, and how many letters of a rare word are one at least."""
OWN = "own-"
"""How the id of a person's own term begins."""

_NEGATIONS = frozenset("no not never without none nor neither nothing".split())
_BEFORE = frozenset("a an the this that these those my our your".split())
SMALL = FUNCTION_WORDS | _BEFORE | frozenset("um uh er okay ok yes oh well like was is".split())
_UNSAYABLE = re.compile(r"[^\w\s'’.,+#/&-]")


@dataclass(frozen=True, slots=True)
class Addition:
    """What is added about one term, which the lexicon writes so or which is new. `forms` are believed always, `heard`
    as mishearings are."""

    written: str
    forms: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The candidate's word in a session: in answers to this question, `heard` was `said`. It was told at this point,
    whose verdict it disputes; at none when `point_id` is empty."""

    question_id: str
    heard: str
    said: str
    follow_up_id: str | None = None
    point_id: str = ""


def term_of(name: str, lexicon: Lexicon) -> Term | None:
    """The term of this id, written so, or with this form; case counts for nothing."""
    wanted = " ".join(name.casefold().split())
    for term in lexicon.terms:
        if wanted in (term.id, term.written.casefold()):
            return term
    stems = _stems(name)
    for term in lexicon.terms if stems else ():
        if any(stems == _stems(f) for f in (term.written, *term.forms)):
            return term
    return None


def merged(lexicon: Lexicon, additions: Iterable[Addition]) -> Lexicon:
    """The lexicon with what was added; the same one when nothing was."""
    terms = {t.id: t for t in lexicon.terms}
    added = False
    for one in additions:
        term = term_of(one.written, replace(lexicon, terms=tuple(terms.values())))
        if term is None:
            term = Term(_own_id(one.written, terms), one.written)
        forms = tuple(f for f in one.forms if f not in (term.written, *term.forms))
        heard = tuple(h for h in one.heard if h not in term.heard)
        grown = replace(term, forms=(*term.forms, *forms), heard=(*term.heard, *heard))
        added = added or grown != terms.get(term.id)
        terms[term.id] = grown
    if not added:
        return lexicon
    every = tuple(terms.values())
    text = json.dumps([lexicon.digest, [asdict(t) for t in every]], sort_keys=True, ensure_ascii=True)
    return replace(lexicon, terms=every, digest=hashlib.sha256(text.encode()).hexdigest())


def _own_id(written: str, known: Collection[str]) -> str:
    name = OWN + "-".join(t.text.replace("'", "") for t in tokenise(written))
    n = 2
    unique = name
    while unique in known:
        unique, n = f"{name}-{n}", n + 1
    return unique


def own_terms(lexicon: Lexicon) -> tuple[Term, ...]:
    """The terms that are the person's own."""
    return tuple(t for t in lexicon.terms if t.id.startswith(OWN))


def expected(lexicon: Lexicon, *, own_only: bool = False) -> tuple[str, ...]:
    """What a recogniser is told to expect, by the lexicon alone, until HINT_TOKENS are full: the person's own terms,
    then names that no dictionary has (the lexicon had to say how they sound; "DynamoDB"). No other words: a claim that
    is hinted at is heard where it wasn't made."""
    own = own_terms(lexicon)
    rare = [] if own_only else [t for t in lexicon.terms if t.sounds and t not in own and _is_name(t.written)]
    kept: dict[str, None] = {}
    room = HINT_TOKENS
    for term in (*own, *rare):
        room -= len(term.written) // LETTERS_A_TOKEN + 2  # the comma is one, too
        if room < 0:
            break
        kept.setdefault(term.written)
    return tuple(kept)


def _is_name(written: str) -> bool:
    """Letters of both kinds: abbreviations are heard as letters."""
    return not (written.islower() or written.isupper())


def as_heard(lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The person's own terms of one word, each with what it was misheard as: what a recogniser's dictionary can learn
    their sound from."""
    found = ((_words(t.written), t.heard) for t in own_terms(lexicon))
    return {words[0]: heard for words, heard in found if len(words) == 1 and heard}


@lru_cache(maxsize=8)
def told_lexicon(lexicon: Lexicon, told: tuple[Told, ...], question_id: str) -> Lexicon:
    """The lexicon by which answers to a question are read: what was told of them is believed always, what was told of
    others as mishearings are."""
    return merged(
        lexicon,
        (
            Addition(t.said, forms=(t.heard,)) if t.question_id == question_id else Addition(t.said, heard=(t.heard,))
            for t in told
        ),
    )


# What is refused --------------------------------------------------------------------------------------------------


@dataclass
class Phrases:
    """What the lexicon's phrases already mean."""

    forms: dict[tuple[str, ...], Term] = field(default_factory=dict)
    heard: dict[tuple[str, ...], Term] = field(default_factory=dict)
    unlike: dict[tuple[str, ...], Term] = field(default_factory=dict)

    def add(self, term: Term) -> None:
        """The first who has a phrase keeps it."""
        for form in (term.written, *term.forms):
            self.forms.setdefault(_stems(form), term)
        for form in term.heard:
            self.heard.setdefault(_words(form), term)
        for form in term.unlike:
            self.unlike.setdefault(_words(form), term)


def phrases(lexicon: Lexicon) -> Phrases:
    """All phrases of a lexicon."""
    found = Phrases()
    for term in lexicon.terms:
        found.add(term)
    return found


def refusal(phrase: str, written: str, known: Phrases, *, told: bool = False) -> str:
    """Why a phrase can't be taken for the term written so, as the end of a sentence that begins with the phrase; empty
    when it can. `told` is of words that stand in an answer, which may be known as a mishearing already."""
    words = _words(phrase)
    bare = words[1:] if words[:1] and words[0] in _BEFORE and len(words) > 1 else words
    own = _words(written)
    if not words:
        return "has no word in it"
    if len(phrase) > LONGEST or len(phrase.split()) > LONGEST_WORDS:
        return f"is longer than {LONGEST_WORDS} words or {LONGEST} characters"
    if found := _UNSAYABLE.search(phrase):
        return f"has the character {found[0]!r} in it, which nobody says"
    if all(w in SMALL or len(w) < 2 for w in words) and not _spelled(words):
        return "has only small words in it, which every sentence has"
    if (set(words) & _NEGATIONS) - set(own) and not _begins_with_a_negation(written):
        return "says no to something: taken for a term, it would turn sentences around"
    if looks := known.unlike.get(words):
        return f"only looks like {looks.written}, and is known not to be it"
    if form := known.forms.get(_stems(phrase)):
        if _same(form.written, written):
            return f"is a form of {form.written} already, and believed everywhere"
        return f"is how people say {form.written}"
    if (term := known.heard.get(words)) and not (told and _same(term.written, written)):
        return f"is taken for {term.written} already"
    if len(bare) == 1 and bare[0] in EVERYDAY:
        return "is an everyday word by itself: honest sentences have it, too"
    return ""


def refused_term(written: str, known: Phrases) -> str:
    """Why this can't be a new term, as `refusal` says it."""
    if len(_words(written)) == 1 and len(_words(written)[0]) < 2:
        return "is a single letter to whoever listens"
    return refusal(written, written, known)


def _spelled(words: Sequence[str]) -> bool:
    """Whether it is letters said one by one, as S Q L is."""
    return len(words) > 1 and all(len(w) == 1 for w in words)


def _begins_with_a_negation(written: str) -> bool:
    return written.lower().startswith(("no", "non"))


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


@lru_cache(maxsize=20_000)
def _words(phrase: str) -> tuple[str, ...]:
    return tuple(t.text for t in tokenise(phrase))


@lru_cache(maxsize=20_000)
def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(t.stem for t in tokenise(phrase))


def stands_in(phrase: str, text: str) -> str:
    """The words of `text` that the phrase names, without marks between them and capitals; empty when it has no such
    words in a row."""
    wanted, tokens = _words(phrase), tokenise(text)
    for n in range(len(tokens) - len(wanted) + 1) if wanted else ():
        row = tokens[n : n + len(wanted)]
        if tuple(t.text for t in row) == wanted:
            return " ".join(re.findall(r"[\w'’]+", text[row[0].char_start : row[-1].char_end].lower()))
    return ""


def told_problem(heard: str, said: str, texts: Iterable[str], lexicon: Lexicon) -> str:
    """Why the candidate's word on an answer can't be used, in a sentence; empty when it can. `texts` is what was heard
    in the answer, `lexicon` the one by which it's read."""
    if not said:
        return "Say which term it was."
    if not any(stands_in(heard, text) for text in texts):
        return "These words don't stand in what was heard: copy them as they do."
    known, term = phrases(lexicon), term_of(said, lexicon)
    why = "" if term else refused_term(said, known)
    if why:
        return f"“{said}” {why}."
    why = refusal(heard, term.written if term else said, known, told=True)
    return f"“{heard}” {why}." if why else ""
