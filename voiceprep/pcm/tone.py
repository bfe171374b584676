"""A bell: one soft tone, for warnings that aren't spoken."""

from __future__ import annotations

import numpy as np

RATE = 16_000
LENGTH_S, PITCH_HZ, PEAK, FADE_S = 0.18, 880.0, 0.25, 0.02


def bell() -> bytes:
    """int16 mono samples at RATE."""
    at = np.arange(round(LENGTH_S * RATE)) / RATE
    swell = np.minimum(1.0, np.minimum(at, LENGTH_S - at) / FADE_S)
    return np.asarray(PEAK * 32767 * swell * np.sin(2 * np.pi * PITCH_HZ * at), np.int16).tobytes()
