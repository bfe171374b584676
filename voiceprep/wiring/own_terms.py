"""What the candidate says of terms, kept and used: misheard words, and how the interviewer pronounces."""

from __future__ import annotations

from voiceprep.config import Places
from voiceprep.core import events as e
from voiceprep.core.clean import one_line
from voiceprep.core.lexicon import Lexicon
from voiceprep.core.own_terms import Addition, term_of
from voiceprep.core.speakable import pronunciations
from voiceprep.errors import UsageError, VoiceprepError


def heed(event: e.Disputed, lexicon: Lexicon, places: Places) -> str:
    """Keeps what was told to be misheard for later sessions, or takes it back; a sentence when that can't be done.
    `lexicon` is the bank's own. The session goes on as it was told, either way."""
    from voiceprep.bank import own_lexicon

    try:
        additions, _ = own_lexicon.read_additions(places.lexicon, lexicon)
        there = any(event.heard in a.heard and _about(a, event.said, lexicon) for a in additions)
        if event.claim and not there and not _known(event, lexicon):
            own_lexicon.add(places.lexicon, lexicon, Addition(event.said, heard=(event.heard,)), surely=True)
        elif not event.claim and there:
            left = own_lexicon.remove(places.lexicon, lexicon, event.said, (event.heard,))
            if left == Addition(event.said):
                own_lexicon.remove(places.lexicon, lexicon, event.said)
    except VoiceprepError as error:
        return f"It counts in this session only. {one_line(error.message, 300)} {error.hint}"
    return ""


def _about(addition: Addition, said: str, lexicon: Lexicon) -> bool:
    term = term_of(said, lexicon)
    return term_of(addition.written, lexicon) == term if term else addition.written.casefold() == said.casefold()


def _known(event: e.Disputed, lexicon: Lexicon) -> bool:
    term = term_of(event.said, lexicon)
    return term is not None and event.heard in term.heard


def pronounced(setting: str, lexicon: Lexicon) -> dict[str, str]:
    """The candidate's own pronunciations, by how a term is written. Raises UsageError for what isn't one."""
    chosen, (what, hint) = pronunciations(setting, lexicon)
    if what:
        raise UsageError(what, hint)
    return chosen
