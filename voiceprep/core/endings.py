"""How the last words of an answer end: said to be the end, perhaps an end, a whole clause, or in the middle of one.

Read without case or punctuation, which quick recognition gets wrong where it matters here: at the last word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from voiceprep.core.disfluency import FILLERS
from voiceprep.core.transcript import Word
from voiceprep.core.words import tokenise

Ending = Literal["said", "rounded", "whole", "open"]
"""`said`: "that's it"; `rounded`: "so that's why ...", "in short ..."; `whole`: nothing is missing; `open`: more must
come."""

TAIL = 40
"""Words from the end in which an ending is looked for."""
ORDINALS_FROM = 150
"""Words back to where "first" still asks for a second."""

_SOFT = (
    r"(?: (?:i think|i guess|i suppose|i would say|i believe|really|basically|honestly|to be honest|pretty much|"
    r"more or less|roughly|mostly|yeah|yes|so|okay|ok|right|now|right now|for now|for me|from me|(?:from|on) my side|"
    r"actually|there|then|sorry|thanks|thank you|in my (?:opinion|view)|as far as i \w+(?: \w+)?|"
    r"off the top of my head|at the moment|too|anyway))*$"
)
"""What may come after an ending and change nothing about it."""
_ADVERBS = (
    r"(?:(?:about|mainly|pretty much|basically|more or less|really|roughly|mostly|kind of|sort of|probably|i think|"
    r"essentially|i guess|just|also|in a nutshell|for me|then|so|actually|all in all) )*"
)
_IS = r"(?:that|this) (?:is|was|would be|will be|should be|might be)"
_WE = r"(?: (?:that )?(?:i|we) (?:\w+ ){0,5}\w+)?"
_SAID = tuple(
    re.compile(rf"(?:^| )(?:{pattern}){_SOFT}")
    for pattern in (
        # that's it
        rf"{_IS} {_ADVERBS}(?:it|all|everything|enough|me done|that)(?: for (?:that|this|it|me|now)(?: \w+)?"
        r"| (?:on|about|to) (?:that|this|it)| that (?:comes|came|springs) to mind| there is to it"
        r"| (?:that )?(?:i|we) (?:\w+ )?(?:know|have|had|got|can|could|would|remember|wanted|did|do|think|say)"
        r"(?: \w+){0,4})?",
        r"(?:all|nothing|not much|not a lot) (?:else |more )?(?:there is |that is )?to it",
        # that's how I'd do it
        rf"{_IS} {_ADVERBS}how (?:i|we) (?:would|will|do|did (?:it|that)|usually|normally|typically|generally|try|"
        rf"tend|think|see|understand|approach|approached|handle|handled|solve|solved|look|go)(?: \w+){{0,8}}",
        rf"{_IS} {_ADVERBS}what (?:i|we) (?:would (?:do|say|go|pick|try)|know|remember|can say|could say|think|do|"
        rf"have got)"
        r"(?: \w+){0,6}",
        rf"{_IS} {_ADVERBS}the way (?:i|we) \w+(?: \w+){{0,9}}",
        # that's my take on it
        rf"{_IS} {_ADVERBS}(?:most of )?my (?:\w+ )?(?:answer|take|approach|view|opinion|understanding|thinking|idea|"
        rf"picture|summary|overview|story|plan|process|strategy|lesson|point|routine)(?: (?:of|on|about|to|for|from)"
        rf"(?: \w+){{1,5}})?{_WE}",
        rf"{_IS} {_ADVERBS}the (?:(?:short|whole|basic|general|main|rough|overall|full|long) )?(?:answer|gist|idea|"
        rf"picture|"
        r"summary|overview|story|version|essence|core|thing|lesson|bottom line)(?: (?:of|on|about|to|behind)"
        r"(?: \w+){1,4})?",
        rf"{_IS} {_ADVERBS}(?:my|the) (?:\w+est|most \w+|main) (?:one|story|problem|case|bug|thing|project|time){_WE}",
        rf"(?:those|these) (?:are|were|would be) {_ADVERBS}(?:the|my) (?:\w+ ){{0,3}}(?:things|points|ones|steps|"
        rf"reasons|"
        rf"differences|ideas){_WE}(?: for me)?",
        # that covers it
        r"(?:that|this|those|these|hope|hopefully)(?: should| would| kind of| pretty much| about| basically| will)? "
        r"(?:covers?|answers?|sums?) (?:it|that|this|the|your|most|everything|all|my)(?: (?!that )\w+){0,4}",
        r"(?:does|did|would) (?:that|this|it) (?:make sense|answer|help)(?: \w+){0,4}",
        r"(?:if|hope|hopefully|think|guess)(?: \w+)? (?:makes|made|make) (?:any )?sense",
        # I'd leave it there
        r"(?:i am|we are|that is me) (?:done|finished|through)(?: (?:with|here)(?: \w+){0,2})?",
        r"(?:i|we) (?:will|would|can|could|am going to|should|might) (?:just )?(?:leave|stop|end|finish|pause|wrap)"
        r"(?: it| that| up| things)*(?: (?:at|with) (?:that|this|it)| here| there)?",
        r"(?:let me|let us) (?:stop|leave it|finish|end|pause|wrap up|wrap it up)(?: (?:at that|here|there|"
        r"with that))?",
        # I don't know any more
        r"(?:nothing|not|anything) (?:much )?(?:comes to mind|to add|to say)",
        r"(?:nothing|not|anything) (?:much )?(?:else|more|further) (?:comes to mind|to add|to say|(?:that )?(?:i|we) "
        r"(?:can|could|would|know|want|have)(?: \w+){0,5})",
        r"(?:can|do|could|did|would)(?: really)? not (?:really )?(?:think of|know|remember|recall|have|say|tell you|"
        r"add|"
        r"got|get)(?: (?!and |but |so )\w+){0,3} (?:more|else|further|beyond that|deeper)(?: (?!and |but |"
        r"so )\w+){0,9}",
        r"not (?:really |quite |so )?sure (?:about |of |what |whether )?(?:there is )?(?:the rest|else|anything else|"
        r"more|"
        r"beyond|what else)(?: \w+){0,4}",
        r"not (?:really |quite )?(?:know|remember|recall)(?: about)?(?: the)? (?:rest|beyond that|details)",
        r"(?:have|need) to look (?:\w+ ){0,3}up",
        r"beyond that i (?:\w+ ){0,8}\w+",
        # happy to go deeper
        r"(?:happy|glad|love) to (?:go|dig|expand|elaborate|talk|say|explain)(?: \w+){0,7}",
        r"i (?:can|could) (?:go|dig)(?: \w+){0,3} (?:detail|details|deeper|further)(?: if you (?:want|like))?",
        r"let me know(?: \w+){0,2} (?:if|whether|what)(?: \w+){0,7}",
        r"(?:the )?rest (?:is|are) (?:just |mostly |only )?details?",
        r"end of (?:the )?story|that was that|case closed|there you (?:go|have it)",
    )
)
"""Ways of saying that the answer is over. Contractions are read in full: "that's" is "that is"."""
_ROUNDED = tuple(
    re.compile(rf"(?:^| )(?:{pattern})$")
    for pattern in (
        rf"(?:so|and|and so|yeah|anyway|but|again) {_IS} {_ADVERBS}(?:how|what|why|where|when|the)(?: \w+){{1,14}}",
        r"(?:in short|in summary|to sum up|to summari[sz]e|summing up|overall|all in all|in the end|bottom line|"
        r"at the end of the day|long story short|in conclusion|to conclude|in a nutshell|in a word|to wrap up|"
        r"so for me|"
        r"so generally|so in general|what (?:i|we) (?:learned|learnt|took|take|would take))(?: \w+){3,16}",
        r"(?:so|but|and|well|okay|anyway|or) yeah|lesson learned|(?:it|that)(?: really| all| just| always)? depends",
        r"(?:never|not) (?:had|happened|seen|saw|did|done|see|happen)(?: \w+){0,4} (?:again|since|since then|"
        r"ever since)",
    )
)
"""What often rounds an answer off, and is also said in the middle."""

_NEVER_LAST = frozenset(
    "a an the my your our their its every each some no and or but because if when while whereas although though unless "
    "since until whether than as so of for from into at between through during per via with without about like "
    "i we they he she is are was were am be would should will must might may "
    "to not very really just basically actually maybe perhaps probably also even only quite more most less another "
    "other such which who whose what where how why let say said means mean plus versus including called named "
    "first firstly secondly second then well sort kind "
    "using towards onto upon against within "
    "depends depending get gets got".split()
)
_JOINING = frozenset("and but so because or if when which like then".split())
_OPEN_PHRASES = re.compile(
    r"(?:for example|for instance|such as|let us say|you know|i mean|kind of|sort of|a lot of|one of|in order to|"
    r"the thing is|the problem is|the question is|what else|another thing|one thing|one more thing|the other thing|"
    r"on the one hand|on the other hand|and then|and also|let me (?:think|see)|how do i say|what is it called|"
    r"as well as|"
    r"rather than|instead of|because of|due to|based on|next to|more than|less than|at least|up to|out of|"
    r"depend on|depends on|in case|as soon as|in terms of|when it comes to|first of all|first thing|by the way|"
    r"most important|which means|that means|meaning|so that|"
    r"the (?:first|second|third|next|last|other|same|main|biggest|most|whole|only|real|big))$"
)
_SECOND = re.compile(
    r"\b(?:second|secondly|two|then|next|after that|another|also|the other|finally|last|lastly|plus|besides|"
    r"afterwards)\b"
)
_COUNTED = re.compile(
    r"\b(?:first of all|firstly|the first (?:one|thing|reason|point|part|step)|number one|for one thing|"
    r"on the one hand)\b"
)
"""What asks for a second of its kind, and what may be one."""


def ending_of(words: Sequence[Word]) -> Ending:
    """How the answer ends after these words. Fillers at the end mean that more is to come."""
    tail = words[-TAIL:]
    if not tail or _plain(tail[-1].text) in FILLERS or tail[-1].text.rstrip().endswith(("...", "\u2026", ",", "-")):
        return "open"
    texts = _texts(tail)
    line = " ".join(texts)
    if texts[-1] in _JOINING or _OPEN_PHRASES.search(line):
        return "open"
    if any(pattern.search(line) for pattern in _SAID):
        return "said"
    if texts[-1] in _NEVER_LAST or _counting(words):
        return "open"
    if any(pattern.search(line) for pattern in _ROUNDED):
        return "rounded"
    return "whole"


def _counting(words: Sequence[Word]) -> bool:
    """Whether somebody who said "first of all" hasn't come to a second."""
    line = " ".join(_texts(words[-ORDINALS_FROM:]))
    counted = list(_COUNTED.finditer(line))
    return bool(counted) and _SECOND.search(line, counted[-1].end()) is None


def _texts(words: Sequence[Word]) -> list[str]:
    return [t.text for t in tokenise(" ".join(word.text for word in words)) if t.text not in FILLERS]


def _plain(text: str) -> str:
    return text.lower().strip(".,!?;:\u2026- ")
