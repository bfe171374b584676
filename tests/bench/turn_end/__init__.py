"""How long silence has to last before an answer is taken as done: `python -m tests.bench.turn_end dev|check|hinted`.

Answers with the pauses that people make in them, and a true end. A *false cut-off* is an answer that somebody was cut
off in, once or more; the *wait* is from its true end to the decision that it's done. Silence alone, at several lengths,
beside `core.patience`. `dev.jsonl` is made (`make`) and `told.jsonl` written by hand by who made the function;
`check.jsonl` was written by somebody who saw only the questions, and was opened when the function was final: 10.9 % of
64 cut off, p50 5.0 s. Then the longest hold went from 5 to 6 s, for pauses of 5.1 to 5.6 s there and one in dev: check
is no judge any more. In dev, half of the written answers got an ending by who knew what endings are looked for;
in check one in twenty has one. `hinted.jsonl` is by another hand that saw only the questions and the hint on the screen
(say "that's it" when you have finished; otherwise I wait); three in four follow it, in their own words, eight say it in
mid-answer with another meaning. It was opened once, when everything was final.
Last line: the figures as JSON.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
