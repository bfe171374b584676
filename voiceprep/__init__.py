"""voiceprep: a voice mock interview on the candidate's own laptop, in the terminal."""

__version__ = "0.1.0"
