"""What a clock cost, in words: honest both ways, and where sessions on disk are read for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bank import small_bank
from tests.report.test_report import Rendered, squeezed
from tests.sessions import made
from voiceprep.bank.contents import Bank
from voiceprep.core import events as e
from voiceprep.core.cost import Cost, Side
from voiceprep.core.delivery import Unmeasured
from voiceprep.core.feedback import Assessment, Ground, assess
from voiceprep.core.plan import Plan
from voiceprep.core.pressure import Clocked, Cut, Pressure
from voiceprep.core.transcript import typed
from voiceprep.report import wording
from voiceprep.report.answer_json import answer_json
from voiceprep.report.markdown import Facts, markdown
from voiceprep.sessions import store
from voiceprep.wiring import write_report
from voiceprep.wiring.demo import TITLE
from voiceprep.wiring.past import cost_lines, other_takes, practised

# In words ---------------------------------------------------------------------------------------------------------


def cost_of(
    calm: tuple[int, float | None] = (4, 132.4), clocked: tuple[int, float | None] = (4, 132.4), *, lost: int = 0,
    gained: int = 0, sure: bool = True, check: int = 0, cut_at_s: float | None = None,
) -> Cost:  # fmt: skip
    """Of four core points; a side is (heard, words per minute)."""
    return Cost(
        Side(calm[0], 0, 4, calm[1]),
        Side(clocked[0], check, 4, clocked[1]),
        ("Lost.",) * lost,
        ("Gained.",) * gained,
        sure,
        cut_at_s,
    )


def test_a_cost_is_told_side_by_side() -> None:
    assert wording.cost_line(cost_of(clocked=(2, 171.0), lost=2), "on 3 Nov") == (
        "CALM on 3 Nov: core 4 of 4, 132 words/min. UNDER THE CLOCK: core 2 of 4, 171 words/min. "
        "It cost you 2 core points and 39 words/min."
    )


def test_the_other_take_is_the_one_with_the_day() -> None:
    line = wording.cost_line(cost_of(clocked=(3, None), lost=1, cut_at_s=80.0), "on 3 Nov", other="clocked")
    assert line == (
        "CALM: core 4 of 4, 132 words/min. UNDER THE CLOCK on 3 Nov: core 3 of 4, pace not measured, stopped at 1:20. "
        "It cost you 1 core point."
    )


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (cost_of(), "It made no difference to the core points, and hardly any to the pace."),
        (cost_of(clocked=(4, 136.0)), "It made no difference to the core points, and hardly any to the pace."),
        (cost_of(clocked=(4, None)), "It cost you no core point."),
        (cost_of(clocked=(4, 137.0)), "It cost you no core point; you spoke 5 words/min faster."),
        (
            cost_of((2, 171.0), (4, 132.0), gained=2),
            "Under the clock 2 more core points were heard; you spoke 39 words/min slower.",
        ),
        (cost_of((3, None), gained=1), "Under the clock 1 more core point was heard."),
        (cost_of(clocked=(3, 110.0), lost=1), "It cost you 1 core point; you spoke 22 words/min slower."),
        (cost_of(clocked=(3, 133.0), lost=1), "It cost you 1 core point."),
        (
            cost_of((3, 132.0), (2, 150.0), lost=2, gained=1),
            "It cost you 2 core points and brought 1 other; you spoke 18 words/min faster.",
        ),
        (cost_of(clocked=(2, 171.0), lost=2, sure=False), "It may have cost you 2 core points and 39 words/min."),
    ],
)
def test_what_the_difference_is(cost: Cost, said: str) -> None:
    assert wording.cost_line(cost, "on 3 Nov").endswith(f". {said}")


def test_what_is_to_check_and_what_cannot_be_compared_is_said() -> None:
    assert "core 3 of 4, 1 to check, " in wording.cost_line(cost_of(clocked=(3, 132.0), lost=1, check=1), "")
    assert wording.cost_line(Unmeasured("they answer different questions"), "on 3 Nov") == (
        "Calm and under the clock can't be compared: they answer different questions."
    )


# The pace over time -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    first = made.story(*made.bank_and_plan(tmp_path_factory.mktemp("cost")))[7]
    assert isinstance(first, e.Assessed)
    return first.assessment


@pytest.mark.parametrize(
    ("pace", "shown"),
    [((118.4, 142.0, 170.6), " by 15 s: 118, 142, 171"), ((118.4, 142.0), ""), (Unmeasured("not measured then"), "")],
)
def test_the_pace_over_time_stands_after_the_pace(
    spoken: Assessment, pace: tuple[float, ...] | Unmeasured, shown: str
) -> None:
    a = replace(spoken, delivery=replace(spoken.delivery, words_per_minute=143.0, pace=pace, fillers_at_least=2))
    assert wording.delivery_line(a).endswith(f"   PACE about 143 words/min{shown}   UM at least 2")


def test_a_machine_gets_every_stretch(spoken: Assessment) -> None:
    a = replace(spoken, delivery=replace(spoken.delivery, pace=(118.44449, 142.0)))
    assert answer_json(a)["delivery"]["pace"] == [118.444, 142.0]


# In the report, from the sessions on disk -------------------------------------------------------------------------


def test_the_line_stands_under_its_answer_literally(spoken: Assessment) -> None:
    other = replace(spoken, question_id="other", ask="Another one?", follow_ups_asked=())
    source = markdown(Facts("i", "t", "c", {}, "Finished."), [spoken, other], {}, {}, {"why-cache": "CALM: *core*."})
    text = squeezed(Rendered(source).text)
    assert text.count("CALM: *core*.") == 1 and text.index("CALM: *core*.") < text.index("Another one?")


CLOCK = Clocked(60.0)
LITTLE = "Reads come back faster because they are answered from memory, and that is what I would like it for."
"""One of two core points."""
BOTH = f"{small_bank.HALF} {LITTLE}"


def given(bank: Bank, text: str, clock: Clocked | None = None, take_id: str = "a001") -> Assessment:
    ground = Ground(bank.questions["why-cache"], bank.lexicon, bank.version)
    answer = assess(ground, typed(text), take_id, clocked=clock)
    assert answer.unscored is None
    return answer


def held(
    root: Path, name: str, bank: Bank, plan: Plan, *answers: Assessment, title: str = "Round"
) -> store.SessionFolder:
    """A session of one question with this name; each answer but the first is a whole new one."""
    folder = store.create(
        root, replace(plan, questions=plan.questions[:1], title=title), bank.lexicon, "1", made.ENGINES
    )
    folder = store.SessionFolder(folder.path.rename(root / name))
    rules = Pressure(60.0, 60.0) if answers[0].clocked and len(answers) == 1 else None
    told: list[e.Event] = [e.SessionOpened(name, title, made.planned(plan)[:1], 0, len(answers) > 1, pressure=rules)]
    turn = 0
    if rules is not None:
        turn += 1
        told.append(e.QuestionSpoken(f"t{turn:03}", "", 0.0, "quiet"))
    for n, answer in enumerate(answers, 1):
        if n > 1:
            told.append(e.RetakeAsked("", 60.0 if answer.clocked else None))
        turn += 1
        told += [
            e.QuestionSpoken(f"t{turn:03}", "", 0.0, "quiet"),
            e.AnswerTyped(f"a{n:03}", answer.text),
            e.Assessed(f"a{n:03}", answer),
        ]
    told.append(e.SessionClosed("finished"))
    folder.journal.write_bytes(b"".join(made.lines(told)))
    state = folder.state()
    assert (*state.earlier, *state.assessments) == answers, "the test needs a session that can be read"
    return folder


@pytest.fixture
def bank_plan(tmp_path: Path) -> tuple[Bank, Plan]:
    return made.bank_and_plan(tmp_path)


def test_the_newest_takes_of_other_sessions_are_found(bank_plan: tuple[Bank, Plan], tmp_path: Path) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    calm, under = given(bank, small_bank.HALF), given(bank, LITTLE, CLOCK)
    retaken = replace(calm, take_id="a002")
    held(root, "20261101-100000-aaaa", bank, plan, under)
    held(root, "20261102-100000-aaaa", bank, plan, calm, retaken)
    held(root, "20261103-100000-aaaa", bank, plan, replace(calm, next_step="the demo's"), title=TITLE)
    held(root, "20261104-100000-aaaa", bank, plan, replace(calm, next_step="its own"))
    found = other_takes(root, ["why-cache", "queue-or-call"], "20261104-100000-aaaa")
    assert list(found) == ["why-cache"]
    newest, clocked = found["why-cache"].calm, found["why-cache"].clocked
    assert newest is not None and clocked is not None
    assert (newest.assessment, newest.day, newest.session_id) == (retaken, "2026-11-02", "20261102-100000-aaaa")
    assert (clocked.assessment, clocked.day, clocked.session_id) == (under, "2026-11-01", "20261101-100000-aaaa")
    between = other_takes(root, ["why-cache"], "20261103-200000-aaaa")["why-cache"].calm
    assert between is not None and between.assessment == retaken, "what comes later doesn't hide what was before"
    first = other_takes(root, ["why-cache"], "20261102-100000-aaaa")["why-cache"].calm
    assert first is not None and first.session_id == "20261104-100000-aaaa"
    assert other_takes(root, [], "") == {} == other_takes(tmp_path / "nowhere", ["why-cache"], "")
    assert practised(root)["why-cache"].day == "2026-11-04"


def test_a_replaced_take_of_another_session_is_found(bank_plan: tuple[Bank, Plan], tmp_path: Path) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    calm, under = given(bank, small_bank.HALF), given(bank, LITTLE, CLOCK, "a002")
    held(root, "20261101-100000-aaaa", bank, plan, calm, under)
    takes = other_takes(root, {"why-cache"}, "")["why-cache"]
    assert takes.calm is not None and takes.clocked is not None
    assert (takes.calm.assessment, takes.clocked.assessment) == (calm, under)


def test_a_damaged_session_is_left_out(bank_plan: tuple[Bank, Plan], tmp_path: Path) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    held(root, "20261101-100000-aaaa", bank, plan, given(bank, small_bank.HALF))
    bad = root / "20261102-100000-aaaa"
    bad.mkdir()
    (bad / "events.jsonl").write_bytes(b"{}\n")
    assert other_takes(root, {"why-cache"}, "")["why-cache"].calm is not None


def test_the_report_says_what_the_clock_cost(bank_plan: tuple[Bank, Plan], tmp_path: Path) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    calm = given(bank, BOTH)
    under = given(bank, LITTLE, Clocked(60.0, cut=Cut("limit", 60.0)))
    first = held(root, "20261103-100000-aaaa", bank, plan, calm)
    assert "CALM" not in write_report(first).read_text(encoding="utf-8"), "there's nothing to hold it beside yet"
    second = held(root, "20261104-100000-aaaa", bank, plan, under)
    line = (
        "CALM on 3 Nov: core 2 of 2, pace not measured. UNDER THE CLOCK: core 1 of 2, pace not measured, stopped at "
        "1:00. It cost you 1 core point."
    )
    assert cost_lines(root, second.id, second.state()) == {"why-cache": line}
    assert line in squeezed(Rendered(write_report(second).read_text(encoding="utf-8")).text)
    assert "UNDER THE CLOCK on 4 Nov: " in write_report(first).read_text(encoding="utf-8")


def test_an_earlier_take_of_the_session_comes_before_those_of_others(
    bank_plan: tuple[Bank, Plan], tmp_path: Path
) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    held(root, "20261103-100000-aaaa", bank, plan, given(bank, LITTLE))
    both = held(root, "20261104-100000-aaaa", bank, plan, given(bank, BOTH), given(bank, LITTLE, CLOCK, "a002"))
    line = cost_lines(root, both.id, both.state())["why-cache"]
    assert line.startswith("CALM earlier in this session: core 2 of 2, ") and line.endswith("It cost you 1 core point.")


def test_what_cannot_be_compared_is_said_and_the_demo_costs_nobody_anything(
    bank_plan: tuple[Bank, Plan], tmp_path: Path
) -> None:
    bank, plan = bank_plan
    root = tmp_path / "sessions"
    changed = replace(given(bank, BOTH), matcher_version="claims-1")
    held(root, "20261103-100000-aaaa", bank, plan, changed)
    under = held(root, "20261104-100000-aaaa", bank, plan, given(bank, LITTLE, CLOCK))
    assert cost_lines(root, under.id, under.state())["why-cache"] == (
        "Calm and under the clock can't be compared: answers are read in another way since one of them."
    )
    demo = held(root, "20261105-100000-aaaa", bank, plan, given(bank, BOTH), title=TITLE)
    assert cost_lines(root, demo.id, demo.state()) == {}
