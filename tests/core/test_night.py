"""The night before: the best take of each question, the candidate's own words from it, and only what is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.questions import COMPARE, ON_PICKS, scored
from voiceprep.core.feedback import Assessment, Evidence, PointFeedback, Unscored
from voiceprep.core.home import seconds_of
from voiceprep.core.night import ASK, LINES, Session, best_takes, night_of
from voiceprep.core.question import Question
from voiceprep.core.verdicts import Status

HEARD = scored(ON_PICKS)
LONG = "and that is said at such length that it takes more than the one line, which is why it's reckoned as two of them"


def point(name: str, verdict: Status = "covered", *, quote: str = "", **changed: object) -> PointFeedback:
    """A point that `quote` covers; where it isn't said, words of its own, each at a place of its own."""
    quote = quote or f"I said {name}"
    piece = Evidence(quote, 1000 * ord(name[0]), 1000 * ord(name[0]) + len(quote), take_id="a001")
    plain = replace(
        HEARD.points[0], id=name, text=f"Point {name}.", say=f"Say {name}.", core=True, weight=1.0, verdict=verdict,
        probability=0.9, evidence=(piece,) if verdict in ("covered", "partly") else (), dispute=None,
    )  # fmt: skip
    return replace(plain, **changed)


def answer(question_id: str, *points: PointFeedback, coverage: float | None = 0.5) -> Assessment:
    return replace(HEARD, question_id=question_id, points=points, coverage=coverage, unscored=None, text="words")


def asked(*ids: str, topic: str = "") -> dict[str, Question]:
    """Questions by id; "db-1" is of the topic "db" unless another is given."""
    return {i: replace(COMPARE, id=i, short=f"About {i}", topic=topic or i.split("-")[0]) for i in ids}


def days(*answers: Assessment | tuple[Assessment, ...]) -> list[Session]:
    """A session a day from the 1st of November on."""
    return [
        Session(f"2026110{day}-090000-abcd", f"2026-11-0{day}", given if isinstance(given, tuple) else (given,))
        for day, given in enumerate(answers, 1)
    ]


def best_day(*answers: Assessment) -> str:
    return best_takes(days(*answers))["q"].day[-2:]


# The best take ----------------------------------------------------------------------------------------------------


def test_the_best_take_has_most_core_points_heard() -> None:
    two = answer("q", point("a"), point("b", "partly"), coverage=0.2)
    one = answer("q", point("a"), point("b", "missed"), coverage=0.9)
    assert best_day(two, one) == "01" and best_day(one, two) == "02"
    assert best_takes(days(two))["q"].heard == 2 == best_takes(days(two))["q"].of


def test_extra_points_make_no_take_better_than_one_with_a_core_point_more() -> None:
    extra = answer("q", point("a"), point("b", "missed"), *(point(n, core=False) for n in "cdef"))
    core = answer("q", point("a"), point("b"), *(point(n, "missed", core=False) for n in "cdef"))
    assert best_day(core, extra) == "01"


def test_among_equals_the_one_with_more_coverage_then_the_newest() -> None:
    less = answer("q", point("a"), point("b", "missed"), point("c", "missed", core=False))
    more = answer("q", point("a"), point("b", "missed"), point("c", core=False))
    assert best_day(more, less) == "01" and best_day(less, more) == "02"
    assert best_day(less, less) == "02"


def test_a_take_whose_coverage_is_not_known_yields_to_one_whose_is() -> None:
    rough, sure = answer("q", point("a"), coverage=None), answer("q", point("a"))
    assert best_day(sure, rough) == "01"
    assert best_takes(days(rough))["q"].coverage is None


def test_disputed_points_count_as_neither() -> None:
    honest = answer("q", point("a"), point("b", "missed"))
    claimed = answer("q", point("a", dispute="the rubric is wrong"), point("b", "missed", dispute="I said it"))
    take = best_takes(days(claimed))["q"]
    assert (take.heard, take.of, take.coverage) == (0, 0, None)
    assert best_day(honest, claimed) == "01"
    with_gap = answer("q", point("a"), point("b", "missed", dispute="I said it"))
    assert best_takes(days(with_gap))["q"].coverage == 1.0


@pytest.mark.parametrize("left_out", [{"unscored": Unscored("skipped")}, {"text": ""}])
def test_what_is_in_no_average_and_what_has_no_words_is_nobodys_best(left_out: dict[str, object]) -> None:
    more = replace(answer("q", point("a"), point("b")), **left_out)
    assert best_takes(days(more)) == {}
    assert best_day(answer("q", point("a")), more) == "01"


def test_a_take_that_a_new_answer_replaced_can_be_the_best() -> None:
    first, again = answer("q", point("a"), point("b")), answer("q", point("a"), point("b", "missed"))
    found = best_takes([Session("s", "2026-11-01", (again,), earlier=(first,))])
    assert found["q"].answer is first


# The sentences ----------------------------------------------------------------------------------------------------


def quotes(sessions: list[Session], questions: dict[str, Question], lines: int = LINES) -> dict[str, list[str]]:
    night = night_of(sessions, questions, lines=lines)
    return {t.name: [s.piece.quote for s in t.sentences] for t in night.topics}


def test_only_words_that_cover_an_undisputed_core_point_are_quoted() -> None:
    given = answer(
        "db-1", point("a"), point("b", "partly"), point("c", core=False), point("d", dispute="misheard"),
        point("e", "missed"), point("f", "unsure"), point("g", evidence=()),
    )  # fmt: skip
    assert quotes(days(given), asked("db-1")) == {"db": ["I said a"]}


def test_a_sentence_says_where_it_comes_from_and_is_the_evidence_itself() -> None:
    piece = Evidence("in my words", 7, 18, 3.5, 4.0, "a004")
    (session,) = days(answer("db-1", point("a", evidence=(piece,))))
    (sentence,) = night_of([session], asked("db-1")).topics[0].sentences
    assert sentence.piece is piece, "a follow-up's take stays the take it was said in"
    assert (sentence.day, sentence.session_id, sentence.point_id) == ("2026-11-01", session.id, "a")
    assert sentence.source == "About db-1, 1 Nov, a004 of 20261101-090000-abcd"
    assert replace(sentence, day="").source == "About db-1, a004 of 20261101-090000-abcd"


def test_the_surest_come_first_then_the_weightier_then_the_longer() -> None:
    given = answer(
        "db-1", point("a", probability=0.62), point("b", probability=0.93, quote="short"), point("c", probability=0.94),
        point("d", probability=0.91, weight=2.0), point("e", probability=0.7),
    )  # fmt: skip
    assert quotes(days(given), asked("db-1"))["db"] == ["I said d", "I said c", "short", "I said e", "I said a"]


def test_of_several_quotes_the_longest_is_taken_and_no_words_twice() -> None:
    short, whole = Evidence("index", 10, 15, take_id="a001"), Evidence("the index is what helps", 6, 29, take_id="a001")
    given = answer("db-1", point("a", evidence=(short, whole)), point("b", evidence=(short,), probability=0.8))
    assert quotes(days(given), asked("db-1")) == {"db": [whole.quote]}
    elsewhere = replace(short, take_id="a002")
    given = answer("db-1", point("a", evidence=(short, whole)), point("b", evidence=(elsewhere,), probability=0.8))
    assert quotes(days(given), asked("db-1")) == {"db": [whole.quote, "index"]}, "in another take they're others"


def test_only_the_best_take_is_quoted() -> None:
    good, later = (
        answer("db-1", point("a", quote="the good one"), point("b")),
        answer("db-1", point("a", quote="later")),
    )
    assert "later" not in quotes(days(good, later), asked("db-1"))["db"]


def test_the_page_is_shared_out_between_topics() -> None:
    many = tuple(answer(f"db-{n}", *(point(name) for name in "abcdefgh")) for n in range(6))
    one = answer("web-1", point("a"), point("b", probability=0.6))
    whole = quotes(days(*many, one), asked(*(a.question_id for a in many), "web-1"))
    assert len(whole["web"]) == 2 and list(whole) == ["db", "web"], "most practised first, and the other has its turn"
    assert sum(len(q) + 1 for q in whole.values()) == LINES
    tight = quotes(days(*many, one), asked(*(a.question_id for a in many), "web-1"), lines=4)
    assert {name: len(q) for name, q in tight.items()} == {"db": 1, "web": 1}


def test_a_full_page_is_full_of_what_was_practised_most() -> None:
    past = days(answer("api-1", point("a")), answer("web-1", point("a"), point("b")))
    assert list(quotes(past, asked("api-1", "web-1"))) == ["web", "api"]
    assert quotes(past, asked("api-1", "web-1"), lines=2) == {"web": ["I said a"], "api": []}


def test_a_long_sentence_costs_what_it_takes_and_a_short_one_still_fits() -> None:
    given = answer("db-1", point("a", quote=LONG, weight=2.0), point("b"))
    assert quotes(days(given), asked("db-1"), lines=3) == {"db": [LONG]}
    assert quotes(days(given), asked("db-1"), lines=2) == {"db": ["I said b"]}
    assert quotes(days(given), asked("db-1"), lines=4) == {"db": [LONG, "I said b"]}
    assert quotes(days(given), asked("db-1"), lines=1) == {"db": []}, "a heading alone is nothing"


# What to go through -----------------------------------------------------------------------------------------------


def weak(question_id: str, missed: int) -> Assessment:
    """An answer without `missed` of five core points."""
    return answer(question_id, *(point(n, "missed" if i < missed else "covered") for i, n in enumerate("abcde")))


def plan(sessions: list[Session], questions: dict[str, Question], minutes: float = 60) -> list[str]:
    return [p.id for p in night_of(sessions, questions, minutes).plan]


def test_the_weakest_of_the_known_come_first() -> None:
    given = (weak("db-1", 1), weak("db-2", 4), weak("web-1", 0), weak("web-2", 2))
    questions = asked("db-1", "db-2", "web-1", "web-2", "db-3", "new-1")
    assert plan(days(given), questions) == ["db-2", "web-2", "db-1", "web-1"], "what was never asked isn't among them"


def test_the_newest_answer_says_how_weak_a_question_is() -> None:
    assert plan(days((weak("db-1", 4), weak("db-2", 2)), weak("db-1", 0)), asked("db-1", "db-2")) == ["db-2", "db-1"]


def test_what_was_never_heard_is_left_alone() -> None:
    night = night_of(days((weak("db-1", 5), weak("db-2", 4))), asked("db-1", "db-2"))
    assert [p.id for p in night.plan] == ["db-2"]
    again = days((weak("db-1", 1), weak("db-2", 4)), weak("db-1", 5))
    assert plan(again, asked("db-1", "db-2")) == ["db-1", "db-2"], "it was heard once"
    assert plan(days(answer("db-1", point("a", "partly"))), asked("db-1")) == ["db-1"], "in part is heard"


def test_what_was_answered_without_a_score_is_not_known() -> None:
    assert plan(days(replace(weak("db-1", 1), unscored=Unscored("skipped"))), asked("db-1")) == []


def test_an_answer_that_was_replaced_is_not_the_newest() -> None:
    session = Session("s", "2026-11-01", (weak("db-1", 1),), earlier=(weak("db-1", 4),))
    assert night_of([session], asked("db-1")).plan[0].why == "1 core point was not heard on 1 Nov"


def test_an_answer_without_a_score_says_nothing_of_one_that_had_one() -> None:
    nothing = replace(weak("db-1", 0), unscored=Unscored("skipped"))
    for past in (
        days(weak("db-1", 1), nothing),
        [Session("s", "2026-11-01", (nothing,), earlier=(weak("db-1", 1),))],
    ):
        (item,) = night_of(past, asked("db-1")).plan
        assert (item.say, item.why) == ("Say a.", "1 core point was not heard on 1 Nov")


def test_as_many_as_fit_into_the_minutes() -> None:
    ids = [f"db-{n}" for n in range(1, 10)]
    questions = asked(*ids)
    night = night_of(days(tuple(weak(i, 2) for i in ids)), questions)
    each = seconds_of(questions["db-1"], 1)
    assert len(night.plan) == int(20 * 60 // each) < len(ids)
    assert night.minutes <= 20 and night.minutes == -(-len(night.plan) * each // 60)


def test_each_question_says_its_heaviest_gap_or_why_it_is_there() -> None:
    given = answer("db-1", point("a"), point("b", "missed"), point("c", "missed", weight=2.0), point("d", core=False))
    disputed = answer("db-2", point("a"), point("b", "missed", dispute="I said it"))
    first, second = night_of(days((given, disputed)), asked("db-1", "db-2")).plan
    assert (first.id, first.short, first.say) == ("db-1", "About db-1", "Say c.")
    assert (second.id, second.say, second.why) == ("db-2", "", "every core point was heard on 1 Nov")


def test_a_question_that_is_gone_is_gone_from_the_page() -> None:
    night = night_of(days((weak("db-1", 1), weak("db-2", 1))), asked("db-2"))
    assert [p.id for p in night.plan] == ["db-2"]
    assert {t.answer.question_id for topic in night.topics for t in topic.takes} == {"db-2"}
    assert night_of(days(weak("db-1", 1)), {}).empty


def test_there_are_five_questions_to_ask_whatever_was_practised() -> None:
    assert len(ASK) == len(set(ASK)) == 5 and all(q.endswith("?") for q in ASK)
    nothing = night_of([], asked("db-1"))
    assert nothing.ask == ASK and nothing.empty and nothing.minutes == 0


def test_the_same_past_makes_the_same_page() -> None:
    past = days((weak("db-1", 1), weak("db-2", 1)), (weak("web-1", 1), weak("api-1", 1)))
    questions = asked("db-1", "db-2", "web-1", "api-1")
    assert night_of(past, questions) == night_of(past, dict(reversed(questions.items())))
