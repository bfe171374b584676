"""A bank of two questions, written where a test wants it: small enough to read, whole enough to hold a session on."""

from __future__ import annotations

from pathlib import Path

TOPIC = """\
form: voiceprep-questions/1
topic: caches
questions:
  - id: why-cache
    version: 1
    ask: Why would you put a cache in front of a database, and what does it cost you?
    short: Why a cache
    type: technical
    difficulty: easy
    level: mid
    technologies: [redis]
    assesses: [Knows what a cache buys and what it costs.]
    why: A cache is the first thing people reach for, and its price is often forgotten.
    target_s: [30, 90]
    points:
      - id: faster-reads
        text: Reads come back faster, because memory answers before the disk does.
        say: Reads come back faster because they are answered from memory.
        core: true
        weight: 2
        kind: reason
        claims:
          - patterns: [(read|response|query) ... (faster|quick|quicker), lowers ... latency]
            plain: [it speeds things up]
      - id: less-load
        text: The database is asked less often.
        say: It takes load off the database.
        core: true
        claims:
          - patterns: [(takes|reduces|removes) ... load, database ... asked less]
      - id: stale-data
        text: What the cache holds can be out of date.
        say: The price is that the cached value can be stale.
        core: false
        kind: contrast
        claims:
          - patterns: [(cached|cache) ... (stale|outdated|out of date)]
        contradictions:
          - patterns: [cache ... never stale, cache is always current]
            correction: A cached value can be older than the one in the database.
    pitfalls:
      - id: cache-everything
        text: You would put everything in the cache.
        advice: Say what is worth caching and what isn't.
        claims:
          - patterns: [cache everything]
      - id: no-price
        text: You named no price.
        advice: Say what a cache costs as well.
        omits: [stale-data]
    follow_ups:
      - id: invalidate
        ask: How do you keep the cached values from being stale?
        probes: [stale-data, faster-reads]
        points:
          - id: expiry
            text: Values expire after a time, or are removed when the row is written.
            say: I give every value an expiry and remove it on write.
            core: true
            claims:
              - patterns: [(give|set) ... (expiry|time to live), remove ... on write]
        model_answer: I give every value a time to live, and on each write I remove the value that it changed.
      - id: lost-cache
        ask: What happens when the whole cache is lost at once?
        probes: []
        deepens: true
        points:
          - id: stampede
            text: Every read falls on the database at once.
            say: All reads hit the database at once, so I warm the cache slowly.
            core: true
            claims:
              - patterns: [reads ... (hit|fall on) ... database]
        model_answer: Every read falls on the database at once, so I limit how many may rebuild the same value.
    model_answer: >-
      Reads come back faster because they are answered from memory, and it takes load off the database. The price is
      that a cached value can be stale.
    tips: [Name the price without being asked.]
  - id: queue-or-call
    version: 1
    ask: When do you put work on a queue instead of calling the service directly?
    short: Queue or call
    type: technical
    difficulty: medium
    level: mid
    technologies: [rabbitmq]
    assesses: [Knows what decoupling buys.]
    why: Many teams add a queue without knowing what they gain.
    target_s: [30, 90]
    subjects:
      queue: [queue, broker]
      call: [direct call, synchronous call]
    points:
      - id: survives
        text: A queue keeps the work while the worker is down.
        say: The queue keeps the messages while the worker is down.
        core: true
        claims:
          - about: queue
            patterns: [(keeps|holds|stores) ... (work|messages|jobs)]
      - id: waits
        text: A direct call makes the caller wait.
        say: With a direct call the caller has to wait for the answer.
        core: true
        claims:
          - about: call
            patterns: [(caller|client) ... wait]
    model_answer: A queue keeps the work while the worker is down; with a direct call the caller has to wait for it.
"""

LEXICON = """\
form: voiceprep-lexicon/1
terms:
  - id: queue
    written: queue
    said: cue
    forms: [message queue]
    sounds:
      queue: [K Y UW]
opposites:
  - [faster, slower]
"""

ROUNDS = """\
form: voiceprep-rounds/1
rounds:
  - id: warm-up
    title: Warm-up
    about: Two short questions.
    questions: [why-cache, queue-or-call]
    follow_ups: 1
"""

TAGS = """\
form: voiceprep-tags/1
technologies: [redis, rabbitmq]
"""

FILES = {"caches.yaml": TOPIC, "lexicon.yaml": LEXICON, "rounds.yaml": ROUNDS, "tags.yaml": TAGS}

WHY_CACHE = "Why would you put a cache in front of a database, and what does it cost you?"
GOOD = (
    "Reads come back much faster because they are answered from memory, and it takes a lot of load off the database. "
    "The price is that the cached value can be stale."
)
HALF = (
    "It takes a lot of load off the database: we hold the values in memory in front of it, and that is often worth it."
)
INVALIDATE = "I give every value an expiry and I remove it on write."
QUEUE = "The queue keeps the messages while the worker is down. With a direct call the caller has to wait."


def write(folder: Path, **changed: str) -> Path:
    """The bank in `folder`; `changed` replaces files by their name without the suffix ("" leaves one out)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**FILES, **{f"{n}.yaml": t for n, t in changed.items()}}.items():
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def edited(old: str, new: str, text: str = TOPIC) -> str:
    """`text` with its only (or first) `old` replaced. The edit must bite."""
    assert old in text, old
    return text.replace(old, new, 1)


def place(needle: str, text: str = TOPIC) -> str:
    """ "line:column" of the first `needle`, counted independently of the loader."""
    at = text.index(needle)
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"
