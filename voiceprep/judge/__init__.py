"""The optional second opinion: asks a language model that the user configured, and believes only what it can prove.

The candidate's words go to that one server and nowhere else; whatever comes back ends in an Opinion whose every quote
is a span of the transcript, or in a NoOpinion with one sentence, within the deadline.
"""

from voiceprep.judge.second_opinion import SecondOpinion
from voiceprep.judge.server import Server

__all__ = ["SecondOpinion", "Server"]
