"""A question about a kitchen garden whose points are known by sayings only: nothing of the bank or the yardstick."""

from __future__ import annotations

from dataclasses import replace

from voiceprep.core.clauses import taken_back
from voiceprep.core.feedback import Ground
from voiceprep.core.folding import Folder
from voiceprep.core.lexicon import Lexicon, Term
from voiceprep.core.question import FollowUp, Pitfall, Point, Question
from voiceprep.core.rubric import compile_rubric
from voiceprep.core.sayings import Heard, Learned, hear, learn
from voiceprep.core.words import tokenise

WATER, MULCH, SUN, ROTATE, COMPOST, SLUGS = "water-deeply", "mulch", "full-sun", "rotate", "compost", "slugs"
POISON = "poison-first"


def _point(id: str, text: str, say: str, said: str, missaid: str, named: str) -> Point:
    return Point(
        id, text, say, True, 1.0, "method", (), said=_lines(said), missaid=_lines(missaid), named=_lines(named)
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


POINTS = (
    _point(
        WATER,
        "Tomatoes are watered deeply and seldom, so that their roots grow down.",
        "I water tomatoes deeply once or twice a week, so that the roots grow down.",
        """
        I give them a long soak twice a week, which pulls the roots down into the ground.
        Water seldom but thoroughly, and the roots follow the water down.
        A deep soak every few days is better than a sprinkle every evening.
        Two big cans on Sunday and two on Thursday, so the wet reaches deep.
        I let the top of the soil dry out before I soak the plants again.
        The roots only go deep when you water rarely and a lot at a time.
        Rather than a daily splash I do one thorough soaking a week.
        With a drip line running for hours twice a week the moisture gets down to the roots.
        """,
        """
        I sprinkle a little water on them every evening.
        They want a small splash each day so that the surface is never dry.
        A quick sprinkle every day is all that the roots need.
        Water often and just a little, then the roots stay near the surface where the food is.
        The soil has to be wet on top at every hour of the day.
        I'd water them lightly every morning and every evening.
        """,
        """
        Water, roots and soaking are things a gardener talks about.
        We discussed watering, cans and the drip line at length.
        There is a chapter on water and roots in every book.
        Watering is a wide subject.
        """,
    ),
    _point(
        MULCH,
        "Mulch keeps the soil moist and the weeds down.",
        "I mulch with straw, which keeps the soil moist and smothers the weeds.",
        """
        A layer of straw between the rows keeps the moisture in.
        I cover the bare earth with grass cuttings so weeds don't come up.
        Under a blanket of leaves the ground stays damp for days.
        Mulching smothers the weeds before they see any light.
        Straw on the beds means that less water evaporates.
        I put a hand of wood chips around each plant and hardly ever have to weed.
        The cover shades the earth, so it stays cool and doesn't dry out.
        Never leave the ground bare, lay straw over it and it holds its moisture.
        """,
        """
        I keep the earth bare between the plants so that it can breathe.
        Straw dries the ground out, so I rake it off.
        Mulch only feeds the weeds and makes them grow faster.
        A cover of leaves makes the soil lose its moisture.
        You should leave the ground naked, weeds don't like that.
        """,
        """
        Mulch is a topic of its own, with straw and chips and leaves.
        People talk about mulch and weeds a lot.
        Straw, bark and cuttings are sold at the shop.
        I have read a page about mulching.
        """,
    ),
    _point(
        SUN,
        "Tomatoes need at least six hours of direct sun a day.",
        "I put tomatoes where they get at least six hours of direct sun a day.",
        """
        They go against the south wall, where the sun is on them most of the day.
        Six hours of sunshine is the least a tomato should get.
        Pick the brightest spot you have, tomatoes love the full sun.
        I'd plant them out in the open, never under a tree.
        Without a good six hours in the light they hardly bear any fruit.
        The sunniest bed of the garden is theirs.
        A sunny place facing south is what ripens the fruit.
        They want to stand in bright light from late morning until evening.
        """,
        """
        Tomatoes do best in deep shade under the trees.
        An hour of light in the morning is plenty for them.
        I plant them behind the shed on the north side, out of the sun.
        Direct sun burns them, so they belong in the shade.
        They ripen just as well in a dark corner.
        """,
        """
        Sun and shade are words that come up with every plant.
        We looked at a chart of sunny and shady places.
        The south wall is mentioned in the book.
        There is much to say about light.
        """,
    ),
    _point(
        ROTATE,
        "The bed changes every year, so that diseases of the family don't stay in the soil.",
        "I rotate the beds every year, so that diseases don't build up in the soil.",
        """
        Next year the tomatoes move to another bed, because blight survives in the old one.
        I never grow the same family twice in a row in one place.
        Every spring the crops wander on by one bed so diseases don't pile up.
        Three years pass before potatoes or tomatoes come back to the same spot.
        Rotating the crops starves the germs that wait in the earth.
        If last year's bed had nightshades, this year it gets beans instead.
        I keep a plan of the beds and swap the families around each season.
        Changing the place each year breaks the cycle of pests and diseases.
        """,
        """
        I always plant tomatoes in the same bed, year after year.
        They are best kept in one place forever because they like their old spot.
        Moving crops around each year is a waste of effort.
        Diseases vanish if you grow the same family in one bed again and again.
        There's no reason to change the bed, the germs die over winter anyway.
        """,
        """
        Rotation is a word with a long history in farming.
        Crop families are listed in the appendix.
        The club talked about beds and families and rotation.
        I have heard of rotating crops.
        """,
    ),
    _point(
        COMPOST,
        "Compost feeds the soil slowly, better than quick fertiliser.",
        "I dig in compost, which feeds the soil slowly through the season.",
        """
        Two buckets of ripe compost go into every bed in spring.
        Kitchen scraps rot down on the heap and then feed the beds for months.
        Compost releases its nutrients slowly, all summer long.
        I'd rather build up humus than pour something from a bottle.
        Well rotted manure makes the soil rich and crumbly.
        Worms turn the compost into food that the plants can take up bit by bit.
        Feed the soil and the soil will feed the plant, that's why I compost.
        A spade of humus in each planting hole nourishes them until autumn.
        """,
        """
        I pour liquid fertiliser from the bottle every other day, compost is useless.
        Compost robs the soil of its nutrients.
        The heap is just rubbish, it has nothing that plants could eat.
        A strong dose of blue grains is all the soil ever needs.
        Humus makes the ground poor.
        """,
        """
        Compost and manure and fertiliser are on the list.
        There are many opinions on compost heaps.
        The heap is behind the shed.
        Composting is a hobby for some.
        """,
    ),
)  # fmt: skip

SLUG_POINT = _point(
    SLUGS,
    "Slugs are collected by hand at dusk, or kept out with a barrier.",
    "I collect the slugs by hand at dusk and keep them out with a copper band.",
    """
    After sunset I walk round with a torch and pick them off.
    A copper strip around the bed stops them from crawling in.
    I gather them in a bucket in the evening when they come out.
    A slug fence with a bent edge keeps them out.
    They hide under a board by day, so I lift it and carry them off.
    I pick them off by hand when it gets dark.
    A ring of copper tape round each pot is a border that they don't cross.
    With a lamp and a pair of gloves, every evening for a week.
    """,
    """
    I leave the slugs alone, they do no harm.
    Salt on the beds is the best way to be rid of them.
    Slugs come out at noon, so I look for them in the heat.
    You can't keep slugs out by anything.
    More lettuce for the slugs makes them go away.
    """,
    """
    Slugs are a subject that every gardener knows.
    The shop sells copper and fences and traps.
    """,
)

PITFALLS = (
    Pitfall(
        POISON,
        "You reach for poison first.",
        "Say what you would try before.",
        said=_lines(
            """
            I spray poison on everything as soon as I see an insect.
            The first thing I do is spray the strongest pesticide in the shop.
            Just spray chemicals over the whole garden and be done with it.
            Every week I spray a pesticide on all the leaves to be safe.
            Poison it all, that is the quickest way to have no insects.
            I'd spray insecticide over everything before even looking.
            """
        ),
    ),
)

FOLLOW_UPS = (
    FollowUp("ask-slugs", "How do you keep slugs away from the beds?", (), True, (SLUG_POINT,), ""),
    FollowUp("ask-sun", "Where do tomatoes grow best?", (SUN,), False, (replace(POINTS[2], id="where"),), ""),
)

BACKGROUND = _lines(
    """
    Okay, that is a good question, let me think about it for a moment.
    I would say it depends on what you want in the end.
    So first of all I want to say that I have done this for a while.
    That is what I would do, and I think it works well.
    Let me start with the thing that is most important to me.
    I hope that answers what you wanted to know.
    There is a lot more that one could say about this, of course.
    When I was a student I worked in a shop on Saturdays.
    My last team was small and we all helped each other every day.
    You have to look at the whole thing and not just at one part.
    I am not sure that I remember all of it, but here is what I know.
    The people I worked with were very good at what they did.
    We went to see a film in the evening and it was quite long.
    The train was late again, so I missed the start of the day.
    To sum it up, it is about doing the simple things every time.
    """
)

LEXICON = Lexicon(terms=(Term("drip-line", "drip line", forms=("drip hose",)),), digest="garden", background=BACKGROUND)
FOLDER = Folder(LEXICON)

QUESTION = Question(
    id="tomatoes",
    version=1,
    ask="How would you grow tomatoes in a kitchen garden, from the soil to the harvest?",
    short="Tomatoes",
    topic="gardening",
    type="technical",
    difficulty="easy",
    level="junior",
    technologies=(),
    assesses=(),
    why="",
    target_s=(60, 120),
    points=POINTS,
    follow_ups=FOLLOW_UPS,
    model_answer="",
    pitfalls=PITFALLS,
    rubric="test",
)
GROUND = Ground(QUESTION, LEXICON, "1")
RUBRIC = compile_rubric(QUESTION, LEXICON)


def learned(points: tuple[Point, ...] = POINTS, lexicon: Lexicon = LEXICON) -> Learned:
    """What the points and the garden's pitfall teach."""
    found = learn(points, PITFALLS, "", lexicon, Folder(lexicon))
    assert found is not None
    return found


LEARNED = learned()


def heard_in(text: str) -> Heard:
    """A typed answer as the garden's sayings hear it."""
    tokens = tokenise(text)
    return hear(LEARNED, tokens, FOLDER.fold(tokens), taken_back(tokens))


# Sentences that nobody wrote down as a saying
RIGHT = {
    WATER: "I soak the tomatoes thoroughly about twice a week, so the roots go far down into the soil.",
    MULCH: "Then I lay straw on the ground, which keeps it damp and keeps weeds from coming up.",
    SUN: "The tomatoes stand in the sunniest spot facing south, with six hours of sun at least.",
    ROTATE: "Every year they move to a different bed, because diseases stay behind in the old one.",
    COMPOST: "In spring I work plenty of ripe compost into the beds, and it feeds the plants slowly.",
}
WRONG = {
    WATER: "I sprinkle the tomatoes lightly every evening with a small splash of water.",
    MULCH: "I leave the earth bare between the plants, because straw dries the ground out.",
    SUN: "I put the tomatoes in deep shade behind the shed, because direct sun burns them.",
    ROTATE: "I plant the tomatoes in the same bed year after year, they like their old spot.",
    COMPOST: "Compost is useless and robs the soil, so I pour fertiliser from the bottle every day.",
}
POISONED = "Whenever I see an insect, the first thing I do is spray a strong pesticide over all of it."
TALK = " ".join(BACKGROUND[:4])
