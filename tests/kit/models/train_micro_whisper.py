"""Train the micro Whisper in ``micro_whisper/`` on synthetic speech of a closed set of sentences: by hand.

    python -m tests.kit.models.train_micro_whisper WORK --minutes 18

Needs torch, transformers, faster-whisper and soundfile, in an environment of its own (the project itself
never needs torch), and the program ``flite``. One thread of a CPU is enough. The result is WORK/model; copy
it over ``micro_whisper/`` when its figures please.

What makes so small a model work in so short a time: the set of sentences is closed and each word is one
token, the window is 5 s, not 30 s, and the cross-attention is guided to where flite says that each word
lies, which also gives word timestamps. The examples cover what a product feeds a recogniser: silence before
and after, gain, noise, a next sentence that begins in the same window, a prompt of earlier text, and only
silence.
"""

from __future__ import annotations

import argparse
import copy
import functools
import itertools
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from ctranslate2.converters.transformers import WhisperLoader
from ctranslate2.specs import whisper_spec
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import WhisperConfig, WhisperForConditionalGeneration

from tests.kit.models import measure_micro_whisper as measure
from tests.kit.models.whisper_folder import (
    EOT,
    MAX_TOKENS,
    MELS,
    NO_SPEECH,
    NO_TIMESTAMPS,
    SOT,
    START_OF_PREV,
    TIME_STEP,
    folder_bytes,
    token_id,
    word_tokenizer,
    write_folder,
)

Array = npt.NDArray[np.float32]

CHUNK_S = 5
FRAMES = 100 * CHUNK_S
POSITIONS = FRAMES // 2
SPEEDS = (0.87, 0.94, 1.0, 1.06, 1.14)
LAST_START_S = 1.0  # Whisper's max_initial_timestamp
BLUR_S = 0.06  # how softly the span of a word ends for the heads that shall look at it
STRAY = 0.03  # attention that is spread evenly; with none, the aligner divides 0 by 0 in CTranslate2
GUIDE_WEIGHT = 0.4
IGNORE = -100


@dataclass(frozen=True)
class Clip:
    """A spoken sentence, with the span of each word in seconds."""

    sentence: int
    voice: str
    audio: Array
    spans: tuple[tuple[float, float], ...]

    @property
    def start(self) -> float:
        return self.spans[0][0]

    @property
    def end(self) -> float:
        return self.spans[-1][1]


@dataclass(frozen=True)
class Window:
    """One window of audio and the text that belongs to it; no clip means silence."""

    features: Array
    clip: Clip | None
    shift: float
    next_start: float | None


@dataclass(frozen=True)
class Row:
    """A decoder sequence: inputs, labels (`IGNORE` for none) and where each position should look."""

    inputs: list[int]
    labels: list[int]
    spans: list[tuple[float, float] | None]


# --- speech ------------------------------------------------------------------------------------------------


def speak(job: tuple[int, str, float, Sequence[int], str]) -> Clip:
    """Make one clip."""
    sentence, voice, speed, counts, text = job
    audio, phones = measure.flite(text, voice, speed)
    return Clip(sentence, voice, audio, tuple(measure.word_spans(phones, counts)))


def speak_all(sentences: Sequence[str]) -> list[Clip]:
    """Every sentence by every voice at every speed."""
    counts = measure.phone_counts(sentences)
    jobs = [
        (i, voice, speed, [counts[w] for w in text.split()], text)
        for i, text in enumerate(sentences)
        for voice in measure.VOICES
        for speed in SPEEDS
    ]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(speak, jobs))


# --- windows -----------------------------------------------------------------------------------------------


class WindowMaker:
    """Makes windows as a product would hear them."""

    def __init__(self, clips: Sequence[Clip], seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.clips = clips
        self.by_voice = {voice: [c for c in clips if c.voice == voice] for voice in measure.VOICES}
        self.extract = FeatureExtractor()

    def silence(self, seconds: float) -> Array:
        return np.zeros(max(0, round(seconds * measure.RATE)), np.float32)

    def noise(self, audio: Array) -> Array:
        """The audio at some gain, in two thirds of the cases with a noise floor."""
        audio = audio * np.float32(self.rng.uniform(0.05, 1.0))
        if self.rng.random() < 0.67:
            level = np.float32(10 ** self.rng.uniform(-4.5, -2.3))
            audio = audio + level * self.rng.standard_normal(len(audio), dtype=np.float32)
        return audio

    def features(self, audio: Array) -> Array:
        """The log-mel window as faster-whisper makes it: the last frame dropped, padded with zeros."""
        frames = self.extract(audio)[:, :-1][:, :FRAMES]
        window = np.zeros((MELS, FRAMES), np.float32)
        window[:, : frames.shape[1]] = frames
        return window

    def make(self) -> Window:
        """A window: mostly one sentence, sometimes with the next one behind it, sometimes silence."""
        kind = self.rng.random()
        if kind < 0.08:
            audio = self.noise(self.silence(self.rng.uniform(0.3, CHUNK_S)))
            return Window(self.features(audio), None, 0.0, None)
        clip = self.clips[int(self.rng.integers(len(self.clips)))]
        # the clip itself begins and ends with about 0.2 s of silence
        room = CHUNK_S - 0.05 - clip.end
        lead = min(self.rng.uniform(-clip.start, 1.0), room)
        audio = clip.audio
        cut = 0 if lead >= 0 else round(-lead * measure.RATE)
        keep = len(audio) if kind > 0.3 else round((clip.end + 0.03) * measure.RATE)
        pieces = [self.silence(lead), audio[cut:keep], self.silence(self.rng.uniform(0.0, 1.0))]
        next_start = None
        if kind > 0.75:
            following = self.by_voice[clip.voice][self.rng.integers(len(self.by_voice[clip.voice]))]
            start = sum(map(len, pieces)) / measure.RATE + following.start
            pieces.append(following.audio)
            next_start = start if start < CHUNK_S - 0.3 else None
            if next_start is None and start < CHUNK_S + 0.1:  # too little of it to tell: leave it out
                pieces.pop()
        return Window(self.features(self.noise(np.concatenate(pieces))), clip, lead, next_start)


# --- sequences ---------------------------------------------------------------------------------------------


class RowMaker:
    """Turns a window into a decoder sequence."""

    def __init__(self, sentences: Sequence[str], tokenizer: Tokenizer, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.token = functools.partial(token_id, tokenizer)
        self.texts = [tokenizer.encode(" " + sentence).ids for sentence in sentences]
        self.first_time = self.token("<|0.00|>")

    def time(self, seconds: float) -> int:
        return self.first_time + round(min(max(seconds, 0.0), CHUNK_S) / TIME_STEP)

    def prompt(self) -> list[int]:
        """What may stand before the text: mostly nothing, else earlier sentences or unknown words."""
        if self.rng.random() < 0.75:
            return []
        tokens = [self.token(START_OF_PREV)]
        for _ in range(self.rng.integers(1, 4)):
            if self.rng.random() < 0.3:
                tokens += [int(b) for b in self.rng.integers(0, 256, self.rng.integers(2, 20))]
            else:
                text = self.texts[self.rng.integers(len(self.texts))]
                tokens += [self.time(0.0), *text, self.time(self.rng.uniform(1.5, CHUNK_S))]
        return tokens

    def make(self, window: Window) -> Row:
        end, sot = self.token(EOT), self.token(SOT)
        clip = window.clip
        if clip is None:
            return Row([sot, self.first_time], [self.token(NO_SPEECH), end], [None, None])
        text = self.texts[clip.sentence]
        spans = [(a + window.shift, b + window.shift) for a, b in clip.spans]
        after = (spans[-1][1], min(spans[-1][1] + 0.3, CHUNK_S))
        looks: list[tuple[float, float] | None] = [*spans, after]
        if self.rng.random() < 0.3:  # the sequence by which faster-whisper aligns words
            inputs = [sot, self.token(NO_TIMESTAMPS), *text]
            return Row(inputs, [IGNORE, *text, end], [None, *looks])
        begin = self.time(min(spans[0][0], LAST_START_S))
        closing = [self.time(spans[-1][1])]
        if window.next_start is not None:
            closing.append(self.time(window.next_start))
        prompt = self.prompt()
        inputs = [*prompt, sot, begin, *text, *closing]
        labels = [*[IGNORE] * len(prompt), begin, *text, *closing, end]
        places = [*[None] * (len(prompt) + 1), *looks, *[None] * len(closing)]
        return Row(inputs, labels, places)


def batch_of(rows: Sequence[Row], pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Inputs, labels and how much attention each encoder position should get (all zero: no matter)."""
    longest = max(len(row.inputs) for row in rows)
    inputs = torch.full((len(rows), longest), pad)
    labels = torch.full((len(rows), longest), IGNORE)
    looks = torch.zeros(len(rows), longest, POSITIONS)
    at = (torch.arange(POSITIONS) + 0.5) * TIME_STEP
    for i, row in enumerate(rows):
        inputs[i, : len(row.inputs)] = torch.tensor(row.inputs)
        labels[i, : len(row.labels)] = torch.tensor(row.labels)
        for j, span in enumerate(row.spans):
            if span is not None:
                distance = (span[0] - at).clamp(min=0) + (at - span[1]).clamp(min=0)
                near = torch.exp(-((distance / BLUR_S) ** 2))
                looks[i, j] = (1 - STRAY) * near / near.sum() + STRAY / POSITIONS
    return inputs, labels, looks


def divergence(attention: torch.Tensor, looks: torch.Tensor) -> torch.Tensor:
    """How far a layer's heads look from where they should, per guided position."""
    wanted = looks[:, None]
    parts = torch.xlogy(wanted, wanted) - wanted * torch.log(attention + 1e-9)
    return parts.sum(-1).mean(1).sum() / (looks.sum(-1) > 0).sum()


# --- model -------------------------------------------------------------------------------------------------


def make_model(tokenizer: Tokenizer, width: int) -> Any:
    """A Whisper with two layers on each side."""
    end = token_id(tokenizer, EOT)
    config = WhisperConfig(
        vocab_size=tokenizer.get_vocab_size(),
        num_mel_bins=MELS,
        d_model=width,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=2 * width,
        decoder_ffn_dim=2 * width,
        max_source_positions=POSITIONS,
        max_target_positions=MAX_TOKENS,
        decoder_start_token_id=token_id(tokenizer, SOT),
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        dropout=0.05,
        attn_implementation="eager",
    )
    return WhisperForConditionalGeneration(config)


def convert(model: Any, tokenizer: Tokenizer, out: Path) -> Path:
    """Write the torch model as a folder for faster-whisper."""
    model = copy.deepcopy(model).eval()  # the quantiser overwrites the arrays that it is handed
    config, loader = model.config, WhisperLoader()
    layers, heads = config.decoder_layers, config.decoder_attention_heads
    spec = whisper_spec.WhisperSpec(config.encoder_layers, config.encoder_attention_heads, config.decoder_layers, heads)
    with torch.no_grad():
        loader.set_encoder(spec.encoder, model.model.encoder)
        loader.set_decoder(spec.decoder, model.model.decoder)
        loader.set_linear(spec.decoder.projection, model.proj_out)
    spec.config.alignment_heads = [(layer, head) for layer in range(layers) for head in range(heads)]
    return write_folder(spec, tokenizer, out, chunk_s=CHUNK_S)


class Trainer:
    """The training loop, with a pool of windows that is renewed all the time."""

    def __init__(self, sentences: Sequence[str], clips: Sequence[Clip], width: int, pool: int) -> None:
        words = sorted({word for sentence in sentences for word in sentence.split()})
        self.tokenizer = word_tokenizer(words, timestamps=POSITIONS + 1)
        self.model = make_model(self.tokenizer, width)
        self.windows = WindowMaker(clips)
        self.rows = RowMaker(sentences, self.tokenizer)
        self.pool = [self.windows.make() for _ in range(pool)]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.0, weight_decay=0.01)
        self.rng = np.random.default_rng(2)

    def batch(self, size: int, fresh: int) -> list[Window]:
        for place in self.rng.integers(0, len(self.pool), fresh):
            self.pool[place] = self.windows.make()
        return [self.pool[i] for i in self.rng.integers(0, len(self.pool), size)]

    def step(self, rate: float, size: int = 32, fresh: int = 3) -> tuple[float, float]:
        """One step; returns the two losses: text and guidance."""
        windows = self.batch(size, fresh)
        end = token_id(self.tokenizer, EOT)
        inputs, labels, looks = batch_of([self.rows.make(window) for window in windows], end)
        features = torch.from_numpy(np.stack([window.features for window in windows]))
        out = self.model(input_features=features, decoder_input_ids=inputs, output_attentions=True)
        text = cross_entropy(out.logits.transpose(1, 2), labels, ignore_index=IGNORE)
        guide = torch.stack([divergence(layer, looks) for layer in out.cross_attentions]).mean()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        (text + GUIDE_WEIGHT * guide).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return text.item(), guide.item()

    def save(self, out: Path) -> Path:
        return convert(self.model, self.tokenizer, out)


def schedule(minutes: float, peak: float) -> Iterator[tuple[int, float, float]]:
    """Step, minutes gone and learning rate: a short warm-up, then a cosine down to almost nothing."""
    begin = time.monotonic()
    for step in itertools.count():
        gone = (time.monotonic() - begin) / 60
        if gone >= minutes:
            return
        cosine = 0.5 * (1 + np.cos(np.pi * gone / minutes))
        yield step, gone, peak * min(1.0, (step + 1) / 60) * (0.02 + 0.98 * cosine)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("work", type=Path, help="the model goes to WORK/model")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--pool", type=int, default=3000, help="windows held in memory (160 kB each)")
    parser.add_argument("--rate", type=float, default=2e-3, help="the peak learning rate")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    options.work.mkdir(parents=True, exist_ok=True)
    sentences = measure.read_sentences()
    begin = time.monotonic()
    clips = speak_all(sentences)
    longest = max(clip.end - clip.start for clip in clips)
    trainer = Trainer(sentences, clips, options.width, options.pool)
    trainer.model.train()
    parameters = sum(p.numel() for p in trainer.model.parameters())
    print(f"{len(clips)} clips, the longest {longest:.2f} s; {parameters} parameters; "
          f"ready after {time.monotonic() - begin:.0f} s", flush=True)  # fmt: skip
    shown = -1
    for step, gone, rate in schedule(options.minutes, options.rate):
        text, guide = trainer.step(rate)
        if int(gone / 2) > shown:
            shown = int(gone / 2)
            folder = trainer.save(options.work / "model")
            exact = measure.count_exact(folder, "slt") if step else 0
            print(f"{gone:.1f} min, step {step}: text {text:.3f}, guidance {guide:.3f}, slt {exact} exact",
                  flush=True)  # fmt: skip
    folder = trainer.save(options.work / "model")
    print(f"{folder}: {folder_bytes(folder) / 1e6:.2f} MB")
    measure.report(folder)


if __name__ == "__main__":
    main()
