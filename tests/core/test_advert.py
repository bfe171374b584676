"""The questions that an advert asks for: found by its terms, each with its reason, the same for the same seed."""

from __future__ import annotations

from voiceprep.bank.contents import Bank
from voiceprep.core.advert import QUESTIONS, plan_advert, terms_in
from voiceprep.core.plan import Plan

ADVERT = """\
Senior Backend Engineer (m/f/d)
You know Apache Kafka and PostgreSQL, and you have run services on Kubernetes. You care about caching (Redis),
monitoring and CI/CD. Nice to have: GraphQL. You are on call for the rest of the team, and you have got soft skills.
"""


def plan(bank: Bank, text: str, **how: int) -> Plan | None:
    questions = list(bank.questions.values())
    return plan_advert(terms_in(text, questions, bank.lexicon), questions, bank.lexicon, title="For x", **how)


def test_the_adverts_terms_are_found_as_they_are_written(bank: Bank) -> None:
    named = terms_in(ADVERT, list(bank.questions.values()), bank.lexicon)
    assert list(named.values()) == [
        "Kafka", "PostgreSQL", "Kubernetes", "cache", "Redis", "monitoring", "CI/CD", "GraphQL",
    ], "neither 'backend', which every advert names, nor the rest of the team"  # fmt: skip


def test_each_question_is_chosen_for_something_that_the_advert_names(bank: Bank) -> None:
    found = plan(bank, ADVERT)
    assert found is not None and len(found.questions) == QUESTIONS == len({q.id for q in found.questions})
    ids = [q.id for q in found.questions]
    assert "rest-or-graphql" in ids and ids.index("rest-or-graphql") < 3
    assert found.why[ids.index("rest-or-graphql")] == "the advert names GraphQL"
    said = " ".join(found.why)
    assert all(w.startswith("the advert names ") for w in found.why)
    assert all(name in said for name in ("Kafka", "PostgreSQL", "Redis", "cache", "monitoring")), said


def test_one_term_asks_for_the_questions_that_are_about_it(bank: Bank) -> None:
    found = plan(bank, "We want somebody who really understands message queues.")
    assert found is not None and found.questions[0].id == "message-queue"
    assert found.why[0] == "the advert names message queue"


def test_the_same_seed_draws_the_same_and_another_may_not(bank: Bank) -> None:
    drawn = [plan(bank, ADVERT, seed=n) for n in (0, 0, *range(1, 6), 1)]
    assert drawn[0] == drawn[1] and drawn[2] == drawn[-1]
    assert len({tuple(q.id for q in p.questions) for p in drawn if p}) >= 3


def test_as_many_as_wanted_and_no_question_for_nothing(bank: Bank) -> None:
    every = plan(bank, ADVERT, most=500)
    assert every is not None and QUESTIONS < len(every.questions) < len(bank.questions)
    assert len(plan(bank, ADVERT, most=1).questions) == 1
    assert plan(bank, "We look for a friendly gardener with a driving licence.") is None
    assert plan(bank, "") is None
