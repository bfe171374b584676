"""Numbers, symbols and names out of letters, written so that every synthesiser says them as people do.

Plain numbers stay digits: all voices read them. Letters are joined by dots, "A.P.I": bare ones are read as words ("a").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_Put = str | Callable[[re.Match[str]], str]

_UNITS = {
    "ns": "nanosecond", "µs": "microsecond", "us": "microsecond", "ms": "millisecond", "s": "second", "sec": "second",
    "min": "minute", "h": "hour", "hr": "hour", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte",
    "TB": "terabyte", "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte",
    "kbps": "kilobit per second", "Mbps": "megabit per second", "Gbps": "gigabit per second", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "km": "kilometre", "kg": "kilogram",
}  # fmt: skip
_PER = "ns|ms|sec|min|hr|s|h|second|minute|hour|day|week|month|year|user|request|node"
_MONEY = {"$": "dollar", "€": "euro", "£": "pound"}
_SHORT = {"k": "thousand", "K": "thousand", "M": "million", "B": "billion", "bn": "billion"}
_SHORTENED = {
    "e.g.": "for example", "i.e.": "that is", "vs.": "versus", "vs": "versus", "etc.": "and so on",
    "approx.": "approximately", "w/o": "without", "w/": "with", "k8s": "Kubernetes", "nginx": "engine X",
    "SaaS": "sass", "PaaS": "pass", "IaaS": "I.A.A.S", "NaN": "not a number", "DevOps": "dev ops",
    "DevSecOps": "dev sec ops",
    "RESTful": "restful", "1/2": "one half", "C++": "C plus plus", "C#": "C sharp", "F#": "F sharp", ".NET": "dot net",
}  # fmt: skip
_SYMBOLS = {
    ">=": " greater than or equal to ", "≥": " greater than or equal to ", "<=": " less than or equal to ",
    "≤": " less than or equal to ", "!=": " not equal to ", "≠": " not equal to ", "===": " equals ", "==": " equals ",
    "=>": " to ", "->": " to ", "→": " to ", "<-": " from ", "←": " from ", "<": " less than ", ">": " greater than ",
    "&&": " and ", "&": " and ", "||": " or ", "=": " equals ", "+": " plus ", "≈": " about ", "@": " at ",
    "%": " percent ", "×": " times ", "÷": " divided by ", "±": " plus or minus ", "∞": " infinity ",
    "°": " degrees ", "…": "... ", "—": ", ", "–": ", ",
}  # fmt: skip
_AS_WORDS = frozenset(
    "ADD ALL AND ARE BUT CAP DO DRY END FOR GET HAS IF IN IS JIT KEY LAN LOG MAX MIN MUST NET NEW NO NOT NOW OF OLD ON "
    "ONE OR PIN PUT RAM ROW RUN SET SIM SUM THE TO TOP TWO USE WAN WE YES YOU".split()
)
"""Capitals of up to three letters that are words; longer ones with a vowel are taken for words."""
_AS_LETTERS = frozenset("IEEE IETF OIDC UUID AES256".split())

_YEAR = r"(?:19|20)\d\d"
_BEFORE_YEAR = "[iI]n|[sS]ince|[oO]f|[bB]y|[fF]rom|[uU]ntil|[bB]efore|[aA]fter|year|spring|summer|autumn|winter"
_NUMBER = r"\d+(?:[.,]\d+)*"


def letters(name: str) -> str:
    """Single letters in it that stand together, joined: "graph Q L" is "graph Q.L"."""
    return re.sub(r"\b[A-Z](?: [A-Z])+\b", lambda m: m[0].replace(" ", "."), name)


def aloud(text: str) -> str:
    """`text` in words, plain numbers and such punctuation as is heard as a pause. Any text; one line comes back."""
    for power, said in (("²", "^2"), ("³", "^3")):
        text = text.replace(power, said)
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    text = "".join(c if c.isalnum() or c in " .,?!:;'()-" or unicodedata.category(c)[0] == "M" else " " for c in text)
    text = re.sub(r"\(\s*\)", " ", text)
    text = re.sub(r"\s+([.,?!:;)])", r"\1", re.sub(r"(?:, ?){2,}", ", ", text))
    return " ".join(text.split()).strip(", ")


def _unit(m: re.Match[str]) -> str:
    said = _UNITS[m[2]]
    one, rest, more = said.partition(" per")
    plural = "" if m[1] == "1" or one.endswith("hertz") else "s"
    return f"{m[1]} {one}{plural}{rest}{more}"


def _money(m: re.Match[str]) -> str:
    many = m[3] or m[2] != "1"
    size = f" {_SHORT[m[3]]}" if m[3] else ""
    return f"{m[2]}{size} {_MONEY[m[1]]}{'s' if many else ''}"


def _year(m: re.Match[str]) -> str:
    century, rest = m[2][:2], m[2][2:]
    if century == "20" and rest < "10":
        return m[0]
    return f"{m[1]}{century} {'hundred' if rest == '00' else f'oh {rest[1]}' if rest[0] == '0' else rest}"


def _address(m: re.Match[str]) -> str:
    """Of an address the host and where it leads; what stands behind a question mark is for machines."""
    whole = m[0].rstrip(".,;:!?)")
    said = re.sub(r"^\w+://|[?#].*$", "", whole).strip("/")
    return " " + said.replace("/", " slash ").replace(".", " dot ") + " " + m[0][len(whole) :]


def _capitals(m: re.Match[str]) -> str:
    name, plural = m[1], m[2] or ""
    as_word = name in _AS_WORDS or (len(name) > 3 and name not in _AS_LETTERS and re.search("[AEIOUY]", name))
    if as_word:
        return name.lower() + plural
    return ".".join(name) + ("'s" if plural else "")


def _choice(of: dict[str, str]) -> str:
    return "|".join(re.escape(key) for key in sorted(of, key=len, reverse=True))


def _rules(*rules: tuple[str, _Put]) -> tuple[tuple[re.Pattern[str], _Put], ...]:
    return tuple((re.compile(pattern), put) for pattern, put in rules)


# In this order: each leaves the rest of the text to those after it.
_RULES = _rules(
    (r"[‘’]", "'"),
    (r"[\u2010-\u2012\u2212]", "-"),
    (r"\b\w+://\S+", _address),
    (rf"(?<!\w)(?:{_choice(_SHORTENED)})(?!\w)", lambda m: _SHORTENED[m[0]]),
    (r"(?<!\S)/(?=\w)", " slash "),  # a path: GET /users/42
    (r"(?<=slash )[\w/{}:.-]+", lambda m: m[0].replace("/", " slash ")),
    (r"\bIPv(?=\d)", "I.P version "),
    (r"\b[vV](?=\d)", "version "),
    (r"\bp(?=\d\d)", "P "),
    (rf"([$€£]) ?({_NUMBER})(?:(k|K|M|B|bn)\b)?", _money),
    (rf"({_NUMBER}) ?([€£])", lambda m: f"{m[1]} {_MONEY[m[2]]}{'' if m[1] == '1' else 's'}"),
    (rf"({_NUMBER})(k|K|M|B|bn)\b", lambda m: f"{m[1]} {_SHORT[m[2]]}"),
    (rf"(\b(?:{_BEFORE_YEAR}) )({_YEAR})"
     r"(?![\w%,.-]*\d|[\w%]| (?:[a-z]+s|%|MB|GB|ms)\b)", _year),
    # "500s" are answers, "the 90s" and "1990s" were years.
    (r"(\bthe |early |late |[yY]our |my |his |her )?\b(?!\d*00s|\d{4})(\d+)s\b",
     lambda m: m[0] if m[1] else f"{m[2]} second{'' if m[2] == '1' else 's'}"),
    (rf"({_NUMBER})[  ]?(?!(?<=\d)s)({_choice(_UNITS)})\b(?!')", _unit),
    (rf"(?<=\w) ?/ ?({_PER})\b", lambda m: f" per {_unit_named(m[1])}"),
    (rf"\b({_NUMBER}) ?[x×] ?(?=\d)", r"\1 by "),
    (rf"\b({_NUMBER}) ?[x×](?!\w)", r"\1 times"),
    (rf"(?<![\w-])({_NUMBER}) ?[-–—] ?(?={_NUMBER})(?!\d+-\d)", r"\1 to "),
    (r"(?<![\w)-])-(?=\d)", "minus "),
    (r"(?<!\w)~ ?(?=\d)", "about "),
    (r"(?<!\w)#(?=\d)", "number "),
    (r"(?<![\d.])\.(?=\d)", "0."),
    (r"\b([A-Za-z]\w*)\(s\)", r"\1s"),
    (r"\b([A-Za-z]\w*)\(([^()]*)\)", lambda m: f"{m[1]} of {m[2]}" if m[2].strip() else m[1]),
    (r"\^2(?!\d)", " squared"),
    (r"\^3(?!\d)", " cubed"),
    (r"\^", " to the power of "),
    (r"(?<=[A-Za-z0-9][A-Za-z0-9_-])\.(?=[A-Za-z]{2})", " dot "),
    (r"(?<= dot )[b-df-hj-np-tv-z]{2,4}\b|(?<= dot )py\b", lambda m: ".".join(m[0].upper())),
    (r"(?<=\w[a-z])(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z]+\b)", " "),
    (r"(?<=[A-Z])(?=[A-Z][a-z]{2})", " "),
    (r"(?<![\w.])([A-Z]{1,5})-?(?=\d)", lambda m: ".".join(m[1]) + " "),
    (r"(?<![\w.])([A-Z]{2,})('?s)?(?![\w])(?!\.[A-Z])", _capitals),
    (r"(?<!\S)\*(?!\S)", "star"),
    (r"\.{4,}", "..."),
    (r"(?<=\d)-(?=\d)", " "),
    (r"(?<=\s)-+(?=\s)", ", "),
    (_choice(_SYMBOLS), lambda m: _SYMBOLS[m[0]]),
)  # fmt: skip


def _unit_named(short: str) -> str:
    return _UNITS.get(short, short)
