"""Everything a user can mend, as an exception with one sentence for what happened and one for what to do."""

from __future__ import annotations


class VoiceprepError(Exception):
    """Something a user can mend.

    `message` says what happened, `hint` what to do about it; both are one sentence, shown without a traceback.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(VoiceprepError):
    """The command line asks for something that doesn't exist or doesn't fit together."""

    exit_code = 2


class SetupMissing(VoiceprepError):
    """A library, a model or a voice that this command needs is not on this machine."""

    exit_code = 3


class NoAudioSource(VoiceprepError):
    """A run without a screen was given nothing to listen to."""

    exit_code = 4


class BankError(VoiceprepError):
    """A bank file is refused; the message carries every located problem."""


class AudioFileError(VoiceprepError):
    """A sound file can't be read."""


class DeviceError(VoiceprepError):
    """A microphone or a speaker is missing, refused, unplugged, silent, or hung."""


class EngineError(VoiceprepError):
    """A recogniser or a voice failed, hung or died."""


class StorageError(VoiceprepError):
    """The disk refused: full, read-only, or not there."""


class SessionError(VoiceprepError):
    """A session's folder is missing, damaged, newer than this program, or in use."""
