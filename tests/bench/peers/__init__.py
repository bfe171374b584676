"""Ours beside peers, in one run: see `__main__`."""

QUESTION = "sql-or-nosql"
"""What is asked; it has follow-ups."""
NEXT = "rest-or-graphql"
"""What is asked when no follow-up was earned."""
WORDS_PER_S = 2.5
"""How fast the made model hears everybody speak, pauses included."""
