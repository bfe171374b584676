"""espeak-ng through its shared library from the package index: robotic, small, always there."""

from __future__ import annotations

import ctypes

from voiceprep.errors import SetupMissing

_RETRIEVAL = 1
_UTF8 = 1
_RATE_PARAMETER = 1
WORDS_PER_MINUTE = 165
VOICES = {
    "en-us": "en-us",
    "en-gb": "en",
    "en-gb-x-rp": "en-gb-x-rp",
    "en-gb-scotland": "en-gb-scotland",
    "en-029": "en-029",
}
"""The English ones, and what the library calls them. The first is the usual one."""


class Espeak:
    """Speaks into memory. One per process: the library keeps global state."""

    def __init__(self, voice: str = "en-us", words_per_minute: int = WORDS_PER_MINUTE) -> None:
        try:
            import espeakng_loader

            library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError) as error:
            raise SetupMissing(
                f"The espeak-ng library can't be loaded ({error}).",
                "Install it again: pip install --force-reinstall espeakng-loader.",
            ) from error
        self._library = library
        self.rate = library.espeak_Initialize(_RETRIEVAL, 200, data.encode(), 0)
        if self.rate <= 0:
            raise SetupMissing(
                "espeak-ng found no voice data.", "Install it again: pip install --force-reinstall espeakng-loader."
            )
        if library.espeak_SetVoiceByName(VOICES.get(voice, voice).encode()) != 0:
            raise SetupMissing(f"espeak-ng has no voice {voice!r}.", "Choose another voice, for example en-us.")
        library.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)
        self._samples: list[bytes] = []
        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = callback(self._take)  # kept: the library holds only a pointer
        library.espeak_SetSynthCallback(self._callback)

    def _take(self, samples: object, count: int, events: object) -> int:
        if count > 0 and samples:
            self._samples.append(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    def speak(self, text: str) -> tuple[bytes, int]:
        """(int16 mono samples, rate)."""
        self._samples.clear()
        data = text.encode("utf-8") + b"\0"
        flags = _UTF8
        if self._library.espeak_Synth(data, len(data), 0, 0, 0, flags, None, None) != 0:
            raise RuntimeError("espeak_Synth refused the text")
        self._library.espeak_Synchronize()
        return b"".join(self._samples), self.rate
