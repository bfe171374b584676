"""What sayings teach and how an answer is searched for it: laws of the weights, the marks, the windows, the spans."""

from __future__ import annotations

import math
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.garden import (
    COMPOST,
    FOLDER,
    LEARNED,
    LEXICON,
    MULCH,
    PITFALLS,
    POINTS,
    POISON,
    RIGHT,
    SUN,
    TALK,
    WATER,
    WRONG,
    heard_in,
    learned,
)
from tests.core.questions import words
from voiceprep.core.clauses import disclaimed, taken_back
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.sayings import (
    LEAST,
    LONG_PIECE,
    MOST,
    NEGATED_WORDS,
    NOTHING,
    PAIR,
    PIECES,
    SOUNDS_LIKE,
    UNMARKED,
    Learned,
    Side,
    features,
    hear,
    learn,
    weigh,
    windows,
)
from voiceprep.core.words import Break, Token, tokenise

SAYINGS: list[tuple[Side, str]] = [
    *(((p.id, "says"), text) for p in POINTS for text in p.said),
    *(((p.id, "against"), text) for p in POINTS for text in p.missaid),
    *(((p.id, "pitfall"), text) for p in PITFALLS for text in p.said),
]
NAMED = [text for p in POINTS for text in p.named]


def by_side(found: Learned) -> dict[tuple[Side, str], float]:
    """Every weight under its side and feature, whatever the sides' order."""
    return {(side, f): row[n] for f, row in found.weights.items() for n, side in enumerate(found.sides)}


def found_in(text: str) -> dict[str, float]:
    tokens = tokenise(text)
    return dict(features(tokens, FOLDER.fold(tokens), disclaimed(tokens)))


def odds(text: str, side: Side) -> float:
    return heard_in(text).closest[side].log_odds


# What is learned --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "text"), SAYINGS)
def test_a_sayings_own_text_sounds_most_like_its_side(side: Side, text: str) -> None:
    closest = heard_in(text).closest
    assert max(closest, key=lambda s: closest[s].log_odds) == side
    assert closest[side].log_odds >= SOUNDS_LIKE
    assert closest[side].margin > 0
    assert heard_in(text).spoken_of > 0.5


@pytest.mark.parametrize("text", NAMED)
def test_a_sentence_that_only_names_the_words_sounds_like_nothing(text: str) -> None:
    assert max(alike.log_odds for alike in heard_in(text).closest.values()) < SOUNDS_LIKE


@pytest.mark.parametrize("point_id", RIGHT)
def test_sentences_that_no_saying_holds_are_told_apart_as_well(point_id: str) -> None:
    for text, side in ((RIGHT[point_id], (point_id, "says")), (WRONG[point_id], (point_id, "against"))):
        closest = heard_in(text).closest
        assert max(closest, key=lambda s: closest[s].log_odds) == side


def test_the_sides_are_those_that_have_sayings() -> None:
    assert set(LEARNED.sides) == {
        *((p.id, does) for p in POINTS for does in ("says", "against")),
        (POISON, "pitfall"),
    }
    water, mulch, *_ = POINTS
    found = learn((replace(water, missaid=()), replace(mulch, said=())), (), "", LEXICON, FOLDER)
    assert found is not None and found.sides == ((WATER, "says"),), "no side without sentences that say the point"


def test_without_a_point_that_has_sayings_nothing_is_learned() -> None:
    bare = tuple(replace(p, said=()) for p in POINTS)
    assert learn(bare, PITFALLS, "", LEXICON, FOLDER) is None
    assert learn((), (), "", LEXICON, FOLDER) is None


def test_features_that_come_equally_often_share_their_weights() -> None:
    """A question takes a third of the memory so; and who shares them weighs as if it had them alone."""
    rows = {id(row): row for row in LEARNED.weights.values()}
    assert len(rows) < len(LEARNED.weights) / 2
    assert len({tuple(row) for row in rows.values()}) > len(rows) / 2, "and not for all the same"


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_points_and_sayings_changes_no_weight(chance: random.Random) -> None:
    def mixed(items: tuple) -> tuple:
        return tuple(chance.sample(items, len(items)))

    points = mixed(
        tuple(replace(p, said=mixed(p.said), missaid=mixed(p.missaid), named=mixed(p.named)) for p in POINTS)
    )
    after, before = by_side(learned(points)), by_side(LEARNED)
    assert after.keys() == before.keys()
    assert all(math.isclose(after[k], before[k], rel_tol=1e-9, abs_tol=1e-9) for k in before)


@pytest.mark.parametrize("kind", ["said", "missaid", "named"])
def test_every_kind_of_saying_changes_what_is_learned(kind: str) -> None:
    first = replace(POINTS[0], **{kind: getattr(POINTS[0], kind)[:-1]})
    assert by_side(learned((first, *POINTS[1:]))) != by_side(LEARNED)


def test_another_saying_with_a_word_makes_the_word_weigh_more() -> None:
    def weight_of_straw(said: tuple[str, ...]) -> float:
        points = tuple(replace(p, said=said) if p.id == MULCH else p for p in POINTS)
        return by_side(learned(points))[(MULCH, "says"), "straw"]

    said = POINTS[1].said
    more = [weight_of_straw((*said, *["Straw does it."] * n)) for n in range(4)]
    assert more == sorted(more) and more[0] < more[-1]


@pytest.mark.parametrize("word", ["evening", "day", "want", "top"])
def test_background_makes_everyday_words_weigh_less(word: str) -> None:
    talk = ("In the evening we talked every day of what one may want, from the top of the list to its end.",) * 8
    quiet = Lexicon(LEXICON.terms, digest="quiet")
    before, after = (by_side(learned(lexicon=replace(quiet, digest=f"{t}", background=t))) for t in ((), talk))
    assert word in {t.stem for t in tokenise(talk[0])}
    strongest = max(LEARNED.sides, key=lambda s: before[s, word])
    assert after[strongest, word] < before[strongest, word]


def test_two_lexicons_with_the_same_digest_do_not_share_their_background() -> None:
    one, other = Lexicon(background=("Straw is what I talk about all day.",)), Lexicon()
    assert hash(one) == hash(other)
    first = by_side(learned(lexicon=one))
    assert by_side(learned(lexicon=other)) != first
    assert by_side(learned(lexicon=one)) == first, "nor does learning change what is kept of it"


def test_the_forms_of_a_term_are_one_word() -> None:
    assert "@drip-line" in LEARNED.weights
    line, hose = (f"A drip {w} soaks the ground twice a week." for w in ("line", "hose"))
    assert found_in(line) == found_in(hose)
    assert odds(line, (WATER, "says")) == odds(hose, (WATER, "says"))


# Words and marks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked", "plain"),
    [
        ("they need shade", [], ["need", "shade"]),
        ("they do not need shade", ["need", "shade"], []),
        ("they don't need shade", ["need", "shade"], []),
        ("never plant tomatoes without compost", ["plant", "tomato", "compost"], []),
        ("they need no shade, straw is fine", ["shade"], ["need", "straw", "fine"]),
        ("they need no shade. Straw is fine", ["shade"], ["need", "straw", "fine"]),
        ("instead of shade they get sun", ["shade", "sun"], []),
        ("no one two three four five six seven eight nine", ["one", "eight"], ["nine"]),
        ("I do not use a drip hose", ["use", "@drip-line"], []),
    ],
)
def test_a_negation_marks_what_follows_up_to_a_boundary(text: str, marked: list[str], plain: list[str]) -> None:
    found = found_in(text)
    for word in marked:
        assert found[f"~{word}"] == 1.0 and found[word] == UNMARKED, word
    for word in plain:
        assert found[word] == 1.0 and f"~{word}" not in found, word
    assert ("not" in found) is bool(marked)


def test_a_negation_reaches_so_far() -> None:
    found = found_in("not " + " ".join(f"word{chr(97 + n)}" for n in range(NEGATED_WORDS + 3)))
    assert sum(f.startswith("~") and " " not in f for f in found) == NEGATED_WORDS


def test_near_words_are_pairs_in_their_order_and_small_words_are_none() -> None:
    found = found_in("straw on the ground keeps weeds down")
    assert {f: v for f, v in found.items() if " " in f} == dict.fromkeys(
        ["straw ground", "straw keep", "straw weed", "ground keep", "ground weed", "keep weed"], PAIR
    ) | {f: PAIR for f in found if f.endswith(" down")}
    assert "ground straw" not in found_in("straw ground") and "straw ground" not in found_in("ground straw")
    assert found_in("and so it is the one that you would have") == {"one": 1.0}
    assert found_in("") == {}


STATEMENTS = [*RIGHT.values(), *WRONG.values()]


def uncoupled(text: str) -> dict[str, float]:
    return {f: v for f, v in found_in(text).items() if " " not in f}


DENIALS = ["It's a myth that", "I doubt that", "It is not true that", "Nobody should think that"]


@pytest.mark.parametrize("opening", DENIALS)
def test_what_is_denied_as_a_whole_is_read_with_the_opposite_sign(opening: str) -> None:
    for statement in ("straw keeps ground damp", "straw never keeps ground damp"):
        alone, denied = (uncoupled(text) for text in (statement, f"{opening} {statement}"))
        for word in ("keep", "ground", "damp"):
            assert (f"~{word}" in denied) is not (f"~{word}" in alone), word


@pytest.mark.parametrize("opening", DENIALS)
def test_a_denied_statement_speaks_less_for_its_point(opening: str) -> None:
    for point_id, right in RIGHT.items():
        statement = right[0].lower() + right[1:]
        denied = odds(f"{opening} {statement}", (point_id, "says"))
        assert denied < odds(statement, (point_id, "says")), point_id


def test_a_denial_ends_where_the_speaker_says_how_it_is_instead() -> None:
    tokens = tokenise("It's not true that they need deep shade, they need full sun.")
    assert [tokens[n].text for n in sorted(disclaimed(tokens))] == ["they", "need", "deep", "shade"]


def test_a_denial_ends_with_its_sentence() -> None:
    denial = "It's a myth that tomatoes want shade. "
    for point_id, statement in RIGHT.items():
        assert odds(denial + statement, (point_id, "says")) >= odds(statement, (point_id, "says")) - 1e-9


NONSENSE = st.lists(st.sampled_from("zorblat quonk vexim trillop brunfel yattle".split()), min_size=1, max_size=40)


@given(NONSENSE)
@settings(max_examples=40, deadline=None)
def test_unknown_words_weigh_nothing(row: list[str]) -> None:
    heard = heard_in(" ".join(row))
    assert all(alike.log_odds == 0.0 or alike == NOTHING for alike in heard.closest.values())
    assert heard.spoken_of == 0.0


@given(st.sampled_from(STATEMENTS), NONSENSE)
@settings(max_examples=40, deadline=None)
def test_sentences_of_unknown_words_take_nothing_away(statement: str, row: list[str]) -> None:
    alone, among = heard_in(statement), heard_in(f"{' '.join(row)}. {statement} {' '.join(row)}.")
    for side, alike in alone.closest.items():
        assert among.closest[side].log_odds >= alike.log_odds - 1e-9


@given(st.sampled_from(STATEMENTS), st.sampled_from(STATEMENTS))
@settings(max_examples=40, deadline=None)
def test_a_further_sentence_never_lowers_what_was_found(one: str, other: str) -> None:
    """The first sentence's windows are all still there, so the heaviest can only get heavier."""
    alone, both = heard_in(one), heard_in(f"{one} {other}")
    assert all(both.closest[s].log_odds >= alone.closest[s].log_odds for s in LEARNED.sides)


# Windows ----------------------------------------------------------------------------------------------------------

SPEECH = [*RIGHT.values(), *WRONG.values(), *NAMED[:6], *TALK.split(". "), "No wait, scratch that.", "Um, well", "So."]
answers = st.lists(st.sampled_from(SPEECH), max_size=8).map(" ".join)
broken = st.sampled_from(["typed", "run on", "every word"])


def tokens_of(text: str, how: str) -> tuple[Token, ...]:
    """The text as it was typed; without any mark; or with a pause before every word."""
    if how == "typed":
        return tokenise(text)
    bare = re.sub(r"[^\w' ]", "", text)
    starts: dict[int, Break] = {m.start(): "hard" for m in re.finditer(r"\S+", bare)}
    return tokenise(bare, starts if how == "every word" else None)


@given(answers, broken)
@settings(max_examples=80, deadline=None)
def test_windows_are_short_runs_in_order_without_what_was_taken_back(text: str, how: str) -> None:
    tokens = tokens_of(text, how)
    gone = taken_back(tokens)
    found = list(windows(tokens, gone))
    assert len(set(found)) == len(found)
    for window in found:
        assert 4 <= len(window) <= 45
        assert list(window) == sorted(set(window))
        assert not gone & set(window)
        between = set(range(window[0], window[-1])) - set(window)
        assert between <= gone, "only what was taken back is left out"


def test_a_window_is_never_longer_than_a_breath() -> None:
    """Three pieces of twenty words would be one of sixty."""
    tokens = tokenise(". ".join(["word " * 19 + "word"] * 4))
    assert {len(w) for w in windows(tokens, ())} == {20, 40}


def test_a_statement_between_full_stops_is_a_window() -> None:
    text = " ".join(RIGHT.values())
    tokens = tokenise(text)
    read = {text[tokens[w[0]].char_start : tokens[w[-1]].char_end] for w in windows(tokens, ())}
    assert {s.rstrip(".") for s in RIGHT.values()} <= read


@given(st.integers(LEAST, 300))
@settings(max_examples=40, deadline=None)
def test_speech_without_a_boundary_is_cut_and_read_to_its_end(length: int) -> None:
    tokens = tokenise(" ".join(f"w{'abcdefg'[n % 7]}" for n in range(length)))
    found = list(windows(tokens, ()))
    assert found
    left = set(range(length)) - {n for w in found for n in w}
    assert len(left) < LEAST or (length % LONG_PIECE < LEAST and left <= set(range(length - LEAST, length)))


def test_run_on_speech_is_cut_before_a_connective() -> None:
    text = "the tomatoes in the big bed get a deep soak on sunday because the roots then grow down a long way"
    tokens = tokenise(text)
    first = min(windows(tokens, ()), key=lambda w: (w[0], len(w)))
    assert text[: tokens[first[-1]].char_end] == "the tomatoes in the big bed get a deep soak on sunday"


@pytest.mark.parametrize("text", ["", "Straw.", "Straw it is.", "...", "No wait."])
def test_too_few_words_for_a_window_sound_like_nothing(text: str) -> None:
    tokens = tokenise(text)
    assert list(windows(tokens, ())) == []
    heard = heard_in(text)
    assert heard.spoken_of == 0.0
    assert set(heard.closest) == set(LEARNED.sides) and set(heard.closest.values()) == {NOTHING}


def test_an_answer_all_taken_back_sounds_like_nothing() -> None:
    text = f"{RIGHT[SUN].rstrip('.')}, scratch that"
    tokens = tokenise(text)
    everything = range(len(tokens))
    heard = hear(LEARNED, tokens, FOLDER.fold(tokens), everything)
    assert heard.spoken_of == 0.0 and set(heard.closest.values()) == {NOTHING}


@pytest.mark.parametrize("how", ["typed", "run on", "every word"])
def test_the_work_grows_with_the_words_and_no_faster(how: str) -> None:
    def work(times: int) -> tuple[int, int]:
        tokens = tokens_of(" ".join([*RIGHT.values(), *WRONG.values()] * times), how)
        found = list(windows(tokens, taken_back(tokens)))
        assert len(found) <= PIECES * len(tokens)
        return len(found), sum(map(len, found))

    (few, little), (many, much) = work(12), work(24)  # 2000 words and 4000
    assert few <= many <= 2 * few + PIECES**2
    assert little <= much <= 2 * little + PIECES**2 * MOST


def test_an_answer_of_two_thousand_words_is_heard_like_its_best_part() -> None:
    text = " ".join([TALK] * 45 + [RIGHT[COMPOST]])
    assert len(text.split()) > 2000
    alike = heard_in(text).closest[COMPOST, "says"]
    assert alike.log_odds >= odds(RIGHT[COMPOST], (COMPOST, "says"))
    assert text[alike.char_start : alike.char_end] in RIGHT[COMPOST]
    assert heard_in(text).spoken_of < 0.1


# Spans ------------------------------------------------------------------------------------------------------------


@given(answers, broken)
@settings(max_examples=80, deadline=None)
def test_what_is_quoted_is_whole_words_of_the_answer(text: str, how: str) -> None:
    tokens = tokens_of(text, how)
    heard = hear(LEARNED, tokens, FOLDER.fold(tokens), taken_back(tokens))
    starts, ends = {t.char_start for t in tokens}, {t.char_end for t in tokens}
    assert 0.0 <= heard.spoken_of <= 1.0
    assert set(heard.closest) == set(LEARNED.sides)
    for alike in heard.closest.values():
        if alike == NOTHING:
            continue
        assert math.isfinite(alike.log_odds) and math.isfinite(alike.margin)
        assert 0 <= alike.char_start < alike.char_end <= len(text)
        assert alike.char_start in starts and alike.char_end in ends


@given(answers)
@settings(max_examples=40, deadline=None)
def test_no_window_weighs_more_than_the_closest(text: str) -> None:
    tokens = tokenise(text)
    gone = taken_back(tokens)
    heard = hear(LEARNED, tokens, FOLDER.fold(tokens), gone)
    for window in windows(tokens, gone):
        row = [tokens[n] for n in window]
        for side, weight in zip(LEARNED.sides, weigh(LEARNED, features(row, FOLDER.fold(row))), strict=True):
            assert weight <= heard.closest[side].log_odds + 1e-9


@pytest.mark.parametrize("point_id", RIGHT)
def test_the_quote_is_the_sentence_and_not_the_talk_around_it(point_id: str) -> None:
    text = f"{TALK} {RIGHT[point_id]} {TALK}"
    alike = heard_in(text).closest[point_id, "says"]
    assert text[alike.char_start : alike.char_end] in RIGHT[point_id]


def test_an_unclear_word_in_the_quote_makes_it_unclear() -> None:
    said = " ".join(w.text for w in words(RIGHT[SUN]))
    for word in ("sunniest", "hours"):
        tokens = tokenise(said, unclear=frozenset({said.index(word)}))
        assert hear(LEARNED, tokens, (), ()).closest[SUN, "says"].unclear is True
    tokens = tokenise(f"Um. {said}", unclear=frozenset({0}))
    assert hear(LEARNED, tokens, (), ()).closest[SUN, "says"].unclear is False


@pytest.mark.parametrize("point_id", RIGHT)
def test_what_was_taken_back_is_not_heard(point_id: str) -> None:
    wrong = WRONG[point_id].rstrip(".")
    heard = heard_in(f"{TALK} {wrong}, scratch that. {RIGHT[point_id]}")
    assert heard.closest[point_id, "against"].log_odds < odds(wrong, (point_id, "against")) / 2
    assert heard.closest[point_id, "says"].log_odds >= odds(RIGHT[point_id], (point_id, "says")) - 1e-9


@given(answers, answers)
@settings(max_examples=200, deadline=None, database=None)
def test_what_was_taken_back_is_never_quoted(before: str, after: str) -> None:
    text = f"{before} They love the shade, no wait, {after}"
    tokens = tokenise(text)
    gone = taken_back(tokens)
    for alike in hear(LEARNED, tokens, FOLDER.fold(tokens), gone).closest.values():
        quoted = {n for n, t in enumerate(tokens) if alike.char_start <= t.char_start and t.char_end <= alike.char_end}
        assert not quoted & gone


@pytest.mark.xfail(reason='"no wait" is a repair only before a pause or "I", "it", "that": here it negates instead')
@pytest.mark.parametrize("cue", ["no wait", "actually no", "sorry no"])
def test_the_words_that_take_back_negate_nothing(cue: str) -> None:
    """Heard without punctuation or a pause, as people say it."""
    right = "tomatoes love the full sun and six hours of it"
    assert odds(f"they love shade {cue} {right}", (SUN, "says")) >= odds(right, (SUN, "says")) - 1e-9


# The same everywhere ----------------------------------------------------------------------------------------------

SCRIPT = """
from tests.core.garden import GROUND, LEARNED, POISONED, RIGHT, TALK, WRONG, heard_in
from tests.core.questions import as_json, scored, spoken
from voiceprep.bank import bank_folder
from voiceprep.bank.load import sound_bank
from voiceprep.core.feedback import Ground
print(LEARNED.sides)
for feature, row in LEARNED.weights.items():
    print(feature, *map(float.hex, row))
for text in (*RIGHT.values(), *WRONG.values()):
    print(heard_in(text))
def told(ground, *texts):
    for text in texts:
        for answer in (text, spoken(text), spoken(text, basic=True)):
            print(as_json(scored(answer, ground)))
told(GROUND, " ".join([*RIGHT.values(), POISONED]), " ".join([*WRONG.values(), TALK]))
bank = sound_bank(bank_folder())
question = bank.questions["slow-endpoint"]
ground = Ground(question, bank.lexicon, bank.version)
learned = ground.rubric.learned
print(learned.sides)
for feature, row in learned.weights.items():
    print(feature, *map(float.hex, row))
mixed = [(p.said if n % 2 else p.missaid)[0] for n, p in enumerate(question.points)]
told(ground, question.model_answer, " ".join(mixed))
"""


def test_weights_and_verdicts_are_the_same_bytes_whatever_the_hash_seed() -> None:
    outputs, codes = [], []
    for seeds in ((0, 1), (2, 3), (4,)):
        running = [
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT],
                cwd=Path(__file__).parents[2],
                env={**os.environ, "PYTHONHASHSEED": str(seed)},
                stdout=subprocess.PIPE,
            )
            for seed in seeds
        ]
        outputs += [process.communicate(timeout=120)[0] for process in running]
        codes += [process.returncode for process in running]
    assert codes == [0] * 5
    lines = outputs[0].splitlines()
    assert len(lines) > 1000
    assert sum(line.startswith(b'{"question_id": "slow-endpoint"') for line in lines) == 6
    assert len(set(outputs)) == 1


def test_learning_twice_gives_the_same() -> None:
    assert learn(POINTS, PITFALLS, "", LEXICON, Folder(LEXICON)) == LEARNED
