"""Two small questions and a small lexicon, and short ways to say something to them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from voiceprep.core.feedback import Assessment, Ground, PointFeedback, assess
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.question import Claim, Counterclaim, FollowUp, Pitfall, Point, Question
from voiceprep.core.transcript import Transcript, Word, heard, typed

LEXICON = Lexicon(
    terms=(
        Term("rest", "REST", unlike=("the rest of", "rest of the")),
        Term("graphql", "GraphQL", said="graph Q L", heard=("graph cool", "graphical")),
        Term("sql", "SQL", forms=("relational database",)),
        Term("nosql", "NoSQL", forms=("no SQL", "non-relational"), heard=("no sequel",), unlike=("no sequel to",)),
        Term("endpoint", "endpoint", forms=("end point",)),
        Term("load-balancer", "load balancer", forms=("load balancing",)),
        Term("balancer", "balancer"),
        Term("kafka", "Kafka"),
    ),
    opposites=(("single", "multiple"), ("client", "server")),
)
FOLDER = Folder(LEXICON)

PICKS, FIXED, SINGLE, VERSIONS = "client-picks", "fixed-shape", "single-endpoint", "no-versions"


def point(
    id: str,
    *claims: Claim,
    core: bool = True,
    weight: float = 1.0,
    needs: int = 1,
    contradictions: tuple[Counterclaim, ...] = (),
    say: str = "Say it.",
) -> Point:
    return Point(id, say, say, core, weight, "fact", claims, contradictions, needs)


def question(
    id: str,
    ask: str,
    points: tuple[Point, ...],
    follow_ups: tuple[FollowUp, ...] = (),
    pitfalls: tuple[Pitfall, ...] = (),
    subjects: dict[str, tuple[str, ...]] | None = None,
) -> Question:
    return Question(
        id=id,
        version=1,
        ask=ask,
        short=id,
        topic="apis",
        type="technical",
        difficulty="medium",
        level="mid",
        technologies=(),
        assesses=(),
        why="",
        target_s=(60, 120),
        points=points,
        follow_ups=follow_ups,
        model_answer="",
        pitfalls=pitfalls,
        subjects=subjects or {},
        rubric="test",
    )


COMPARE = question(
    "rest-or-graphql",
    "How do REST and GraphQL differ?",
    points=(
        point(
            PICKS,
            Claim(("~client (chooses|picks|asks for) ... fields",), about="graphql"),
            weight=2,
            contradictions=(
                Counterclaim(("fields are fixed",), "In GraphQL the client names the fields.", about="graphql"),
            ),
            say="In GraphQL the client picks the fields.",
        ),
        point(
            FIXED,
            Claim(("endpoint returns ... (fixed|same) (shape|payload)",), about="rest"),
            say="In REST each endpoint returns a fixed shape.",
        ),
        point(
            SINGLE,
            Claim(("~single endpoint",), about="graphql"),
            say="GraphQL has a single endpoint.",
        ),
        point(
            VERSIONS,
            Claim(("no versions ... needed", "evolve ... without versions"), about="graphql"),
            core=False,
            weight=0.5,
            say="A GraphQL schema evolves without versions.",
        ),
    ),
    follow_ups=(
        FollowUp(
            "deeper",
            "How would you protect a GraphQL endpoint?",
            probes=(),
            deepens=True,
            points=(point("limit", Claim(("limit ... depth",)), say="Limit the depth of a query."),),
            model_answer="",
        ),
        FollowUp(
            "ask-fixed",
            "What does a REST endpoint return?",
            probes=(FIXED,),
            deepens=False,
            points=(point("shape", Claim(("(fixed|same) shape",)), say="The shape is fixed."),),
            model_answer="",
        ),
        FollowUp(
            "ask-fields",
            "Who picks the fields in GraphQL?",
            probes=(PICKS,),
            deepens=False,
            points=(point("who", Claim(("client (picks|chooses)",)), say="The client picks them."),),
            model_answer="",
        ),
        FollowUp(
            "ask-versions",
            "How does a GraphQL schema evolve?",
            probes=(VERSIONS,),
            deepens=False,
            points=(point("evolve", Claim(("without versions",)), say="It evolves without versions."),),
            model_answer="",
        ),
    ),
    pitfalls=(
        Pitfall(
            "hype", "Calls one of them better.", "Say for what.", (Claim(("GraphQL ... always (better|faster)",)),)
        ),
        Pitfall("one-sided", "Leaves REST out.", "Speak of both.", omits=(FIXED,)),
    ),
    subjects={"rest": ("REST",), "graphql": ("GraphQL",)},
)

STEPS = question(
    "slow-endpoint",
    "An endpoint suddenly became slow. How do you find the cause?",
    points=(
        point(
            "look",
            Claim(("look at ... logs",)),
            Claim(("measure ... latency",)),
            Claim(("check ... queries",)),
            needs=2,
            say="Look at the logs, measure the latency, check the queries.",
        ),
        point("fix", Claim(("add ... index",)), say="Add an index."),
    ),
)

GROUND = Ground(COMPARE, LEXICON, "1")
STEPS_GROUND = Ground(STEPS, LEXICON, "1")

ON_PICKS = "In GraphQL the client picks exactly the fields it wants."
ON_FIXED = "In REST every endpoint returns the same fixed shape."
ON_SINGLE = "GraphQL has a single endpoint."
ON_VERSIONS = "A GraphQL schema can evolve without versions."
WHOLE = " ".join((ON_PICKS, ON_FIXED, ON_SINGLE, ON_VERSIONS))


def words(text: str, probability: float = 0.9, unclear: Iterable[str] = (), pause_s: float = 0.8) -> tuple[Word, ...]:
    """The text as a recogniser without punctuation would hear it: 0.3 s a word, `pause_s` at each full stop, a third
    of it at a comma, the words in `unclear` with probability 0.1."""
    heard_words, at_s = [], 1.0
    for raw in text.split():
        bare = raw.strip(".,?!")
        heard_words.append(Word(bare, at_s, round(at_s + 0.3, 3), 0.1 if bare in unclear else probability))
        at_s = round(at_s + 0.3 + (pause_s if raw[-1] in ".?!" else pause_s / 3 if raw[-1] == "," else 0.0), 3)
    return tuple(heard_words)


def spoken(text: str, *, basic: bool = False, probability: float = 0.9, unclear: Iterable[str] = ()) -> Transcript:
    """The text as an answer that was heard, by the basic recogniser if `basic`."""
    return heard(words(text, probability, unclear), engine="basic" if basic else "whisper", credits_only=basic)


def scored(text: str | Transcript, ground: Ground = GROUND) -> Assessment:
    """The assessment of a typed answer, or of a transcript."""
    return assess(ground, typed(text) if isinstance(text, str) else text, "a001")


def verdicts(assessment: Assessment) -> dict[str, str]:
    return {p.id: p.verdict for p in assessment.points}


def of(assessment: Assessment, point_id: str) -> PointFeedback:
    return next(p for p in assessment.points if p.id == point_id)


def as_json(assessment: Assessment) -> str:
    return json.dumps(asdict(assessment))
