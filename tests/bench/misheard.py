"""What the basic recogniser hears in place of the lexicon's terms: `python -m tests.bench.misheard [--yaml]`.

Free synthetic voices (flite) speak each term, as it's said and in its main other forms, in short sentences that have
nothing to do with the trade; what stands between the sentence's own words is what was heard of the term. Prints, by
term, how often it was heard right and what was heard instead; `--yaml` prints what may be added to `heard`. Heard clips
are kept in `VOICEPREP_BENCH_CACHE`, as `tests.bench.validity` keeps them: the first run takes half an hour of a core.

An addition was heard by two voices or twice, isn't what people say anyway (the recogniser's own language model finds
it unlikely), stands in no text of the bank, and is no other term's. The last lines say how many spoken terms are
recovered on a voice by what was heard of the *other* voices alone, and of the other sentences alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench.validity.spoken import cache_folder, ground_of, hear_one, key, read_heard
from voiceprep.bank import bank_folder
from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.question import Claim, Counterclaim
from voiceprep.core.words import Token, tokenise
from voiceprep.speech import recogniser

VOICES = ("slt", "rms", "awb", "kal16")
CARRIERS = ("people asked about {} many times", "everyone likes {} from the first day", "my favorite subject is {}")
OTHER_WAYS = 2
"""Ways to say a term besides the first; each in one of the sentences, in turn."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One term spoken in one way by one voice in one of the sentences, and the words heard."""

    term: str
    way: str
    carrier: int
    voice: str
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return CARRIERS[self.carrier].format(self.way)


def ways(term: Term) -> tuple[str, ...]:
    """How a term is said, and its main other forms: none that sounds the same, or has an earlier one in it."""
    found: list[str] = []
    for form in (term.said or term.written, *term.forms):
        words = [t.text for t in tokenise(form)]
        known = [[t.text for t in tokenise(f)] for f in found]
        if not any("".join(k) == "".join(words) or _within(k, words) for k in known):
            found.append(form)
    return tuple(found[: 1 + OTHER_WAYS])


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return any(whole[n : n + len(part)] == part for n in range(len(whole) - len(part) + 1))


def wanted(lexicon: Lexicon) -> Iterator[Clip]:
    """What is to be spoken, voice after voice."""
    for voice in VOICES:
        for n, term in enumerate(lexicon.terms):
            for m, way in enumerate(ways(term)):
                told = range(len(CARRIERS)) if m == 0 else [(n + m) % len(CARRIERS)]
                yield from (Clip(term.id, way, c, voice) for c in told)


def heard_clips(bank: Bank) -> list[Clip]:
    """Every clip with what was heard, spoken now where it isn't kept. One recogniser a voice, as in a session."""
    folder, ground = cache_folder(), ground_of(bank)
    folder.mkdir(parents=True, exist_ok=True)
    clips = [(c, folder / f"{key(ground, c.text, c.voice)}.json") for c in wanted(bank.lexicon)]
    missing = [(c, place) for c, place in clips if not place.is_file()]
    if missing:
        print(
            f"{len(missing)} of {len(clips)} clips are to be spoken and heard; kept for the next run", file=sys.stderr
        )
    with tempfile.TemporaryDirectory() as scratch:
        for voice in VOICES:
            ear = None
            for clip, place in missing:
                if clip.voice == voice:
                    ear = ear or recogniser.basic(bank.lexicon.sounds())
                    hear_one(ear, clip.text, voice, Path(scratch), place)
            if ear is not None:
                ear.close()
    return [replace(c, words=tuple(read_heard(place).text.split())) for c, place in clips]


def in_place(clip: Clip) -> str | None:
    """The words between the carrier's own; None when its words beside the term weren't heard themselves."""
    before, after = (part.split() for part in CARRIERS[clip.carrier].split("{}"))
    words = clip.words
    left = _distances(before, words)
    right = _distances(after[::-1], words[::-1])[::-1]
    places = [(left[i] + right[j], i - j, i, j) for i in range(len(words) + 1) for j in range(i, len(words) + 1)]
    _, _, start, end = min(places)
    if start == end or words[start - 1 : start] != tuple(before[-1:]) or words[end : end + 1] != tuple(after[:1]):
        return None
    return " ".join(words[start:end])


def _distances(said: Sequence[str], words: Sequence[str]) -> list[int]:
    """Words to change for `said` to become the first n of `words`, for every n."""
    row = list(range(len(words) + 1))
    for m, word in enumerate(said, 1):
        last, row = row, [m]
        for n, other in enumerate(words, 1):
            row.append(min(last[n] + 1, row[-1] + 1, last[n - 1] + (word != other)))
    return row


def is_found(clip: Clip, folder: Folder, *, misheard: bool) -> bool:
    """Whether the term stands in what was heard: by its forms only, or by what it's misheard as too."""
    edges = folder.fold(tokenise(" ".join(clip.words)), {clip.term} if misheard else ())
    return any(e.term == clip.term for e in edges)


# What may be added -----------------------------------------------------------------------------------------------

LONGEST = 6
LIKELY = {1: -5.6, 2: -6.6}
"""By words (2: or more), the decimal logarithm of a probability from which a phrase is one that people say."""
REFUSED: Mapping[str, str] = {
    "access us": "users access us",
    "be ninety five": "it would be ninety five percent",
    "being ninety five": "it ended up being ninety five percent",
    "caleb": "somebody's name",
    "component as": "a component as a whole",
    "consumer like": "a consumer like this one",
    "convoys": "lock convoys",
    "documents or": "documents or rows",
    "great fan of": "a great fan of",
    "great fun of": "made great fun of",
    "kept their own": "services kept their own data",
    "low test": "low test coverage",
    "simple responsibility": "each class has a simple responsibility",
    "that ratio": "that ratio of hits",
    "the protected": "the protected routes",
    "their programming": "their programming language",
    "their token": "clients send their token",
    "three or one": "three or one replicas",
    "three or too": "three or two replicas",
    "trace back": "to trace back a request",
}
"""Found and refused by reading: what somebody may well say in an interview, by an example."""


class Caution:
    """What stands against a phrase as a term's mishearing."""

    def __init__(self, bank: Bank) -> None:
        self._terms = {t.id: t for t in bank.lexicon.terms}
        self._lexicon = bank.lexicon
        self._forms = Folder(bank.lexicon)
        self._said = said_by_the_bank(bank)
        self._likelihood = _likelihood()
        self._owners: dict[str, set[str]] = defaultdict(set)
        for term in bank.lexicon.terms:
            for phrase in term.heard:
                self._owners[_flat(tokenise(phrase))].add(term.id)
        self._known: dict[tuple[str, str], str | None] = {}

    def against(self, term_id: str, phrase: str) -> str | None:
        """One reason, or None."""
        if (term_id, phrase) not in self._known:
            self._known[term_id, phrase] = next(self._reasons(self._terms[term_id], phrase), None)
        return self._known[term_id, phrase]

    def _reasons(self, term: Term, phrase: str) -> Iterator[str]:
        tokens = tokenise(phrase)
        if not 1 <= len(tokens) <= LONGEST:
            yield "too long"
        if phrase in REFUSED:
            yield f"may be said: {REFUSED[phrase]}"
        if self._said(phrase):
            yield "the bank says so itself"
        edges = self._forms.fold(tokens)
        covered = {n for e in edges for n in range(e.start, e.end)}
        if edges and all(n in covered or t.text in SMALL for n, t in enumerate(tokens)):
            yield f"is said of {edges[0].term}"
        if self._owners[_flat(tokens)] - {term.id}:
            yield "is heard for another term"
        if self._likelihood(phrase) > LIKELY[min(2, len(tokens))]:
            yield "is what people say"
        with_it = tuple(_with(t, [phrase] if t == term else ()) for t in self._lexicon.terms)
        if [e.term for e in Folder(replace(self._lexicon, terms=with_it)).fold(tokens, {term.id})] != [term.id]:
            yield "is hidden by another phrase"


SMALL = frozenset("a an the and or of to in on at for with by is are was be it as that this no not so i we you".split())


def _flat(tokens: Sequence[Token]) -> str:
    return " " + " ".join(f"| {t.text}" if t.before == "hard" else t.text for t in tokens) + " "


def _with(term: Term, heard: Iterable[str]) -> Term:
    return replace(term, heard=(*term.heard, *heard))


def said_by_the_bank(bank: Bank) -> Callable[[str], bool]:
    """Whether a phrase stands in any of the bank's texts, as a mishearing would be found there."""
    every = "".join(_flat(tokenise(t)) for t in texts(bank))
    return lambda phrase: _flat(tokenise(phrase)) in every


def texts(bank: Bank) -> Iterator[str]:
    """What the bank says in words: questions, points, answers, sayings; no patterns, which are no speech."""
    for question in bank.questions.values():
        yield from _strings(question)
    yield from bank.lexicon.background


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _strings(part)
    elif is_dataclass(value) and not isinstance(value, Claim | Counterclaim):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))


def _likelihood() -> Callable[[str], float]:
    """The recogniser's own idea of how likely a phrase is, as a decimal logarithm."""
    from pocketsphinx import Decoder, NGramModel

    decoder = Decoder(loglevel="FATAL")
    model = NGramModel(decoder.config, decoder.logmath, decoder.config["lm"])

    def of(phrase: str) -> float:
        words = phrase.split()
        rows = (words[max(0, n - 2) : n + 1][::-1] for n in range(len(words)))
        return float(decoder.logmath.log_to_log10(sum(model.prob(row) for row in rows)))

    return of


Heard = dict[str, dict[str, Counter[str]]]
"""By term and phrase, how often each voice was heard so."""


def misheard(clips: Iterable[Clip], folder: Folder) -> Heard:
    """What stood for the terms that weren't heard. An article before two words isn't theirs."""
    found: Heard = defaultdict(lambda: defaultdict(Counter))
    for clip in clips:
        if not is_found(clip, folder, misheard=False) and (phrase := in_place(clip)):
            article, _, rest = phrase.partition(" ")
            core = rest if article in ("a", "an", "the") and " " in rest else phrase
            found[clip.term][core][clip.voice] += 1
    return found


def stable(found: Heard, caution: Caution) -> dict[str, list[str]]:
    """By term, what was heard twice and has nothing against it, and is one term's only; the more frequent first."""
    good: dict[str, list[str]] = {}
    owners: Counter[str] = Counter()
    for term_id, phrases in found.items():
        ranked = sorted(phrases, key=lambda p: (-phrases[p].total(), p))
        good[term_id] = [p for p in ranked if phrases[p].total() >= 2 and caution.against(term_id, p) is None]
        owners.update(good[term_id])
    return {t: [p for p in ps if owners[p] == 1] for t, ps in good.items()}


# Figures ---------------------------------------------------------------------------------------------------------


def left_out(clips: Sequence[Clip], caution: Caution, lexicon: Lexicon, *, sentences: bool) -> Counter[str]:
    """By voice, the terms found by their forms and what the *other* voices were heard as, hand-written lists aside.

    With `sentences`, by what was heard in the other sentences only, of terms as they are said first.
    """
    bare = Lexicon(tuple(replace(t, heard=()) for t in lexicon.terms), digest="bare")
    forms, found = Folder(bare), Counter[str]()
    for voice in VOICES:
        for carrier in range(len(CARRIERS)) if sentences else (None,):
            others = [c for c in clips if c.voice != voice and c.carrier != carrier]
            learned = stable(misheard(others, forms), caution)
            known = Folder(replace(bare, terms=tuple(_with(t, learned.get(t.id, ())) for t in bare.terms)))
            own = [c for c in clips if c.voice == voice and carrier in (None, c.carrier)]
            found[voice] += sum(is_found(c, known, misheard=True) for c in own)
    return found


def figures(clips: Sequence[Clip], caution: Caution, lexicon: Lexicon) -> dict[str, dict[str, int]]:
    """By voice, of the terms spoken those found: by their forms, by the lexicon as it is, by other voices' finds."""
    folder = Folder(lexicon)
    first = {(t.id, ways(t)[0]) for t in lexicon.terms}
    firsts = [c for c in clips if (c.term, c.way) in first]
    rows = {
        "spoken": Counter(c.voice for c in clips),
        "heard right": Counter(c.voice for c in clips if is_found(c, folder, misheard=False)),
        "with the lexicon's mishearings": Counter(c.voice for c in clips if is_found(c, folder, misheard=True)),
        "with other voices' only": left_out(clips, caution, lexicon, sentences=False),
        "first ways spoken": Counter(c.voice for c in firsts),
        "first ways heard right": Counter(c.voice for c in firsts if is_found(c, folder, misheard=False)),
        "first ways, other voices' in other sentences": left_out(firsts, caution, lexicon, sentences=True),
    }
    return {name: {**{v: row[v] for v in VOICES}, "all": row.total()} for name, row in rows.items()}


def table(clips: Sequence[Clip], lexicon: Lexicon) -> Iterator[str]:
    """Per term: heard right, found with the lexicon's mishearings, and what was heard instead with its voices."""
    folder = Folder(lexicon)
    found = misheard(clips, folder)
    for term in lexicon.terms:
        own = [c for c in clips if c.term == term.id]
        right, listed = (sum(is_found(c, folder, misheard=m) for c in own) for m in (False, True))
        phrases = sorted(found[term.id].items(), key=lambda item: (-item[1].total(), item[0]))
        shown = ", ".join(f"{p} {n.total()} ({' '.join(sorted(n))})" for p, n in phrases)
        yield f"{term.id:<28}{right:>3} of {len(own):<3} with mishearings {listed:<4}{shown}"


def additions(clips: Sequence[Clip], caution: Caution, lexicon: Lexicon) -> Iterator[str]:
    """Lines of YAML: by term, what may be added to its `heard`."""
    folder = Folder(lexicon)
    missed = [c for c in clips if not is_found(c, folder, misheard=True)]
    for term_id, phrases in stable(misheard(missed, folder), caution).items():
        if phrases:
            yield f"{term_id}: {json.dumps(phrases)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yaml", action="store_true", help="only what may be added to the lexicon")
    args = parser.parse_args()
    if not shutil.which("flite"):
        sys.exit("flite isn't installed: install it, the free voices speak with it.")
    bank = sound_bank(bank_folder())
    clips, caution = heard_clips(bank), Caution(bank)
    if args.yaml:
        print("\n".join(additions(clips, caution, bank.lexicon)))
        return
    print("\n".join(table(clips, bank.lexicon)))
    rows = figures(clips, caution, bank.lexicon)
    print(f"\n{'terms':<46}" + "".join(f"{v:>7}" for v in (*VOICES, "all")))
    for name, row in rows.items():
        print(f"{name:<46}" + "".join(f"{n:>7}" for n in row.values()))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
