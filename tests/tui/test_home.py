"""Home: one line that says what to do now, rounds, a search, the last sessions; and the first start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.kit.screen_backend import ScreenBackend
from tests.tui.stage import GOOD, HALF, REST, SLOW, interviewed, on_stage
from voiceprep.bank.contents import Bank
from voiceprep.core.plan import Wants
from voiceprep.errors import EngineError
from voiceprep.tui.backend import HomeView, PastSession, Wanted
from voiceprep.tui.home import what_now

FINISHED = PastSession("old", "20 Nov 21:00", "Foundations", 3, 3, (9, 12), open=False)
LEFT = PastSession("left", "21 Nov 08:15", "Foundations", 1, 3, (3, 4), open=True, left_at="question 2 of 3")
GAPPED = replace(FINISHED, gap="REST suits simpler apps.", gap_question="rest-or-graphql", gap_short="REST or GraphQL")


async def test_the_first_run_offers_three_ways_and_says_that_nothing_leaves_the_machine(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, first_time=True)) as stage:
        await stage.until(lambda: stage.screen == "FirstScreen")
        drawn = stage.drawn()
        for choice in (" 1  With Whisper and a natural voice", " 2  Type today", " 3  Speak now"):
            assert choice in drawn
        assert "nothing leaves this machine" in drawn
        assert "1 Whisper" in stage.bar() and "2 type" in stage.bar() and "3 speak now" in stage.bar()


@pytest.mark.parametrize(("key", "kept", "quiet"), [("2", "type", True), ("3", "rough", False)])
async def test_a_choice_at_the_first_run_is_kept_and_the_next_enter_starts_so(
    bank: Bank, key: str, kept: str, quiet: bool
) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, first_time=True)) as stage:
        await stage.until(lambda: stage.screen == "FirstScreen")
        await stage.press(key)
        await stage.until(lambda: stage.backend.choices == [kept])
        await stage.until(lambda: stage.screen == "HomeScreen")
        await stage.press("enter")
        await stage.phase("listening")
        assert stage.backend.wanted == [Wanted(round_id="foundations", quiet="typed" if quiet else "")]


async def test_the_way_with_whisper_says_where_its_files_go_and_chooses_nothing(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, first_time=True)) as stage:
        await stage.until(lambda: stage.screen == "FirstScreen")
        await stage.press("1")
        assert "models/whisper" in stage.texts() and "models/piper" in stage.texts()
        await stage.press("escape")
        assert (stage.screen, stage.backend.choices) == ("FirstScreen", [])


@pytest.mark.parametrize(
    ("past", "says", "starts"),
    [
        ((), "enter starts Foundations: I ask aloud, you answer aloud.", Wanted(round_id="foundations")),
        (
            (LEFT, FINISHED),
            "You left Foundations at question 2 of 3. enter goes on from there.",
            Wanted(resume="left"),
        ),
        (
            (GAPPED,),
            "Last time this wasn't heard in “REST or GraphQL”: REST suits simpler apps. enter asks that question again",
            Wanted(questions=(REST,)),
        ),
        (
            (FINISHED,),
            "All core points were heard last time. enter starts Foundations.",
            Wanted(round_id="foundations"),
        ),
    ],
)
async def test_home_says_what_to_do_now_and_enter_does_it(
    bank: Bank, past: tuple[PastSession, ...], says: str, starts: Wanted
) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, past=past)) as stage:
        await stage.until(lambda: says in " ".join(stage.text("#now").split()), stage.text("#now"))
        started: list[Wanted] = []
        stage.app.start = started.append
        await stage.press("enter")
        assert started == [starts]


async def test_rounds_and_last_sessions_stand_below_with_their_sizes(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, past=(LEFT, FINISHED))) as stage:
        await stage.until(lambda: len(stage.rows()) == 3 + len(bank.rounds))
        now, *rounds, left, finished = stage.rows()
        assert now == " > now: go on where you left"
        for shown, card in zip(rounds, stage.backend.home().rounds, strict=True):
            assert card.title in shown and f" {card.questions} question{'s' * (card.questions > 1)}, about" in shown
            assert f"about {card.minutes} min" in shown
        assert "go on: question 2 of 3" in left
        assert "3 of 3 answered, core 9 of 12" in finished


def grouped(bank: Bank) -> Bank:
    """With two rounds more, each under a heading."""
    first = next(iter(bank.rounds.values()))
    more = (
        replace(first, id="drill", title="A drill", group="Drills"),
        replace(first, id="chosen", title="Chosen", group="By topic", questions=(), choose=Wants(topics=("apis",))),
    )
    return replace(bank, rounds={**bank.rounds, **{r.id: r for r in more}})


async def test_rounds_with_a_heading_stand_below_the_last_sessions(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(grouped(bank), past=(FINISHED,))) as stage:
        await stage.until(lambda: len(stage.rows()) == 4 + len(bank.rounds))
        drawn = stage.texts()
        at = [drawn.index(title) for title in (" ROUNDS", " LAST SESSIONS", " DRILLS", " BY TOPIC")]
        assert at == sorted(at)
        assert (
            "A drill" in stage.rows()[-2] and "Chosen" in stage.rows()[-1] and " 1 question, about" in stage.rows()[-1]
        )


async def test_what_of_one_s_own_is_left_out_is_said_under_the_first_line(bank: Bank) -> None:
    class Refused(ScreenBackend):
        def home(self) -> HomeView:
            return replace(super().home(), notices=("Your own rounds are left out: rounds.yaml:1:1: no.",))

    async with on_stage(bank, backend=Refused(bank)) as stage:
        await stage.until(lambda: len(stage.rows()) == 1 + len(bank.rounds))
        drawn = " ".join(stage.texts().split())
        assert drawn.index("now: Foundations") < drawn.index("Your own rounds are left out: ") < drawn.index("ROUNDS")


async def test_i_shows_what_a_round_would_ask_and_why(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(grouped(bank))) as stage:
        await stage.until(lambda: len(stage.rows()) == 3 + len(bank.rounds))
        await stage.press(*["down"] * (len(stage.rows()) - 1), "i")
        assert stage.screen == "Note"
        assert "1. REST or GraphQL: not practised yet; the round asks for apis" in " ".join(stage.texts().split())
        await stage.press("escape")
        assert stage.screen == "HomeScreen"


async def test_i_says_nothing_of_a_session_to_go_on_with(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, past=(LEFT,))) as stage:
        await stage.until(stage.rows)
        await stage.press("i")
        assert stage.screen == "HomeScreen"


async def test_the_arrows_choose_and_enter_replays_a_finished_session(bank: Bank) -> None:
    async with on_stage(bank, backend=ScreenBackend(bank, past=(FINISHED,))) as stage:
        count = 2 + len(bank.rounds)
        await stage.until(lambda: len(stage.rows()) == count)
        await stage.press(*["down"] * (count + 1))
        assert [row[:3] for row in stage.rows()] == ["   "] * (count - 1) + [" > "], "it stops at the last"
        await stage.press("enter")
        assert stage.screen == "ReplayScreen"
        await stage.press("escape", "k", *["up"] * count)
        assert stage.rows()[0].startswith(" > ")


async def test_typing_finds_a_question_and_enter_starts_it(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("slash", *"graphql")
        await stage.until(lambda: "REST or GraphQL" in stage.rows()[0])
        assert stage.rows()[0].startswith(" > ")
        assert "apis" in stage.rows()[0]
        await stage.press("enter")
        await stage.phase("listening")
        assert stage.backend.wanted == [Wanted(questions=(REST,))]


async def test_a_search_without_a_result_says_so_and_enter_does_nothing(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("slash", *"qqqqzzzz", "enter")
        await stage.until(lambda: "No question has that in it." in stage.texts())
        assert stage.rows() == []
        assert stage.backend.wanted == []
        await stage.press("escape")
        await stage.until(lambda: stage.rows() and "now: " in stage.rows()[0])


async def test_while_searching_letters_are_typed_and_the_bar_offers_only_what_works(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("slash", *"qum?")
        assert stage.page.query_one("#find").value == "qum?"
        assert stage.backend.wanted == []
        for dead in ("ten minutes", "quiet mode", "try the microphone", "find a question", "? all keys"):
            assert dead not in stage.bar()
        assert "esc" in stage.bar() and "quit" not in stage.bar(), "esc closes the search first"


async def test_m_starts_ten_minutes_and_the_head_counts_them(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("m")
        await stage.phase("listening")
        assert stage.backend.wanted == [Wanted(minutes=10.0)]
        assert "10 min left" in stage.text("#head")


async def test_the_minutes_left_go_down_without_anything_happening(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("m")
        await stage.phase("listening")
        stage.clock.at_s += 180
        await stage.until(lambda: "7 min left" in stage.text("#head"))


async def test_quiet_mode_is_shown_and_starts_sessions_that_are_typed(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        for way in ("quiet: typed", "quiet: whispered", "quiet: in your head"):
            await stage.press("q")
            assert way in stage.text("#head")
        await stage.press("q")
        assert "quiet" not in stage.text("#head")
        await stage.press("q", "enter")
        await stage.phase("listening")
        assert stage.backend.wanted[0].quiet
        assert "YOUR TURN: TYPE" in stage.drawn()


async def test_esc_leaves_home(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        await stage.press("escape")
        await stage.exited()
    assert stage.app.return_code == 0


async def test_a_session_that_was_left_is_offered_and_gone_on_with(bank: Bank) -> None:
    async with interviewed(bank, REST, SLOW) as stage:
        await stage.reviewed(GOOD, follow_up=HALF)
        await stage.press("escape")
        await stage.phase("listening")
        await stage.speak("First I would look at the dashboards.")
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert "You left Chosen questions at question 2 of 2, 0:03 into the answer." in stage.text("#now")
        await stage.press("enter")
        await stage.phase("paused")
        assert "0:03 are on disk. space goes on." in stage.text("#kept")
        assert stage.state.assessments[0].question_id == REST, "what was answered before is still there"
        await stage.press("space")
        await stage.phase("listening")
        assert stage.state.take_id == "a003", "the same take goes on"


async def test_what_a_session_left_out_is_the_first_thing_offered_after_it(bank: Bank) -> None:
    async with interviewed(bank) as stage:
        await stage.reviewed(HALF)
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "SummaryScreen")
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen" and stage.rows())
        assert "Last time this wasn't heard in “REST or GraphQL”" in " ".join(stage.text("#now").split())
        assert stage.rows()[0] == " > now: REST or GraphQL"


async def test_a_session_that_cannot_begin_says_why_and_home_is_back(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.failing = EngineError("The recogniser is broken.", "Run voiceprep doctor.")
    async with on_stage(bank, backend=backend) as stage:
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "Note")
        assert "The recogniser is broken." in stage.texts() and "Run voiceprep doctor." in stage.texts()
        await stage.press("escape")
        assert stage.screen == "HomeScreen"


async def test_a_session_asked_for_by_a_command_that_cannot_begin_ends_with_its_sentence(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.failing = EngineError("The recogniser is broken.", "Run voiceprep doctor.")
    async with on_stage(bank, Wanted(questions=(REST,)), backend=backend, faults=True) as stage:
        await stage.exited()
    assert stage.app.return_code == 3
    assert stage.app.fault == "The recogniser is broken. Run voiceprep doctor."


async def test_leaving_before_the_session_has_begun_stays_left(bank: Bank) -> None:
    backend = ScreenBackend(bank)
    backend.starting.shut()
    async with on_stage(bank, backend=backend) as stage:
        await stage.press("enter")
        assert "ONE MOMENT" in stage.drawn()
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "HomeScreen")
        backend.starting.open()
        await stage.until(lambda: backend.state.session_id or backend.delivered or not stage.app._session)
        for _ in range(20):
            await stage.pilot.pause(0.01)
        assert stage.screen == "HomeScreen", "a screen that one has left doesn't come back by itself"
        assert not stage.backend.capture.recording, "and nothing is recorded behind it"


async def test_the_warm_up_says_what_it_found_and_esc_goes_home(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        stage.backend.warming.shut()
        await stage.press("u")
        await stage.until(lambda: "Tell me your name" in stage.texts())
        assert "NOT SCORED AND NOT KEPT" in stage.drawn()
        stage.backend.warming.open()
        await stage.until(lambda: "I hear you well." in stage.texts())
        assert "Your voice -20 dBFS, the room -60 dBFS." in stage.texts()
        await stage.press("enter")
        await stage.until(lambda: stage.screen == "HomeScreen")


async def test_leaving_the_warm_up_while_it_listens_breaks_nothing(bank: Bank) -> None:
    async with on_stage(bank) as stage:
        stage.backend.warming.shut()
        await stage.press("u")
        await stage.until(lambda: "Tell me your name" in stage.texts())
        await stage.press("escape")
        await stage.until(lambda: stage.screen == "HomeScreen")
        stage.backend.warming.open()
        for _ in range(20):
            await stage.pilot.pause(0.01)
        assert not stage.app.fault
        assert stage.screen == "HomeScreen"


async def test_home_that_cannot_be_read_ends_with_its_sentence(bank: Bank) -> None:
    class Broken(ScreenBackend):
        def home(self) -> HomeView:
            raise EngineError("The sessions can't be read.", "Run voiceprep doctor.")

    async with on_stage(bank, backend=Broken(bank), faults=True) as stage:
        await stage.exited()
    assert "The sessions can't be read." in stage.app.fault and "Run voiceprep doctor." in stage.app.fault
    assert stage.app.return_code == EngineError.exit_code


def test_what_is_due_comes_before_what_was_missed_last() -> None:
    view = HomeView((), (), (GAPPED,), "basic", "none", first_time=False, due="One question is due, “Q” since 3 Nov.")
    assert what_now(view) == (Wanted(), "One question is due, “Q” since 3 Nov. enter asks what is due.")
    assert what_now(replace(view, past=(LEFT,)))[0] == Wanted(resume="left")
