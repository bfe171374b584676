"""Make Whisper model folders for faster-whisper out of thin air: no download, no torch.

Two kinds, both complete folders (``model.bin``, ``config.json``, ``vocabulary.json``, ``tokenizer.json``,
``preprocessor_config.json``) that ``faster_whisper.WhisperModel(folder)`` loads like a real one:

* ``make_random``: random weights of the true size. The words it writes are noise (pronounceable made-up
  words), and it stops when it likes. For loading, plumbing and memory.
* ``make_scripted``: says its script whatever it hears, once per 30 s window. The last layer, in a narrow model the
  output projection, maps each token to its successor, so the decoder walks the script, writes an end timestamp and
  stops. Encoder, decoder and word alignment cost what the real model of that size costs. For latency, and for flows
  that need known words.

Neither can say anything about recognition quality.

    python -m tests.kit.models.whisper_folder OUT --size base --script "words it shall say"
    python -m tests.kit.models.whisper_folder OUT --size micro --seed 3
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ctranslate2.specs import whisper_spec
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

Array = npt.NDArray[np.float32]

MELS = 80
MAX_TOKENS = 448
MAX_SCRIPT = 220  # a window's prompt and its text share the 448 positions
TIME_STEP = 0.02
REPEAT_MARK = "\u241f"  # makes the n-th occurrence of a script word a token of its own; never decoded
NEVER = np.float32(-1e4)
TIED_FROM = 384
"""So wide a model has room for the names of two tokens in one row."""
SURE = 28.0
"""How far a token that follows is above all others, before the norm of half a row makes it 40."""

_LANGUAGE_CODES = """
en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt
la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc
ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
LANGUAGES = _LANGUAGE_CODES.split()
EOT, SOT, NO_TIMESTAMPS = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"
TRANSCRIBE, NO_SPEECH, START_OF_PREV = "<|transcribe|>", "<|nospeech|>", "<|startofprev|>"
TASK_TOKENS = ("<|translate|>", TRANSCRIBE, "<|startoflm|>", START_OF_PREV, NO_SPEECH, NO_TIMESTAMPS)


@dataclass(frozen=True)
class Size:
    """The dimensions of a Whisper model; the vocabulary is its whole number of tokens."""

    width: int
    layers: int
    heads: int
    vocabulary: int
    languages: int = len(LANGUAGES)


SIZES = {
    "micro": Size(16, 1, 2, 2400, languages=1),
    "tiny": Size(384, 4, 6, 51865),
    "base": Size(512, 6, 8, 51865),
    "small": Size(768, 12, 12, 51865),
}


def byte_alphabet() -> dict[int, str]:
    """The printable stand-in of each byte value that byte-level tokenizers use."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {b: chr(b) for b in printable} | {b: chr(256 + n) for n, b in enumerate(others)}


def timestamp_tokens(count: int) -> list[str]:
    """``<|0.00|>``, ``<|0.02|>``, ... as Whisper spells them."""
    return [f"<|{i * TIME_STEP:.2f}|>" for i in range(count)]


def special_tokens(languages: int) -> list[str]:
    """Whisper's special tokens in Whisper's order (without the timestamps)."""
    return [EOT, SOT, *(f"<|{code}|>" for code in LANGUAGES[:languages]), *TASK_TOKENS]


def word_tokenizer(words: Iterable[str], *, languages: int = 1, timestamps: int = 1501) -> Tokenizer:
    """A byte-level tokenizer of whole words: text outside its vocabulary falls back to single bytes."""
    alphabet = byte_alphabet()
    space = alphabet[ord(" ")]
    vocabulary = {alphabet[b]: b for b in range(256)}
    for word in words:
        head, mark, tail = word.partition(REPEAT_MARK)
        spelled = "".join(alphabet[b] for b in head.encode())
        vocabulary.setdefault(space + spelled + mark + tail, len(vocabulary))
    if languages > 1:
        vocabulary[""] = len(vocabulary)  # by this token CTranslate2 knows a multilingual model
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    unmark = decoders.Replace(Regex(REPEAT_MARK + r"\d+"), "")
    tokenizer.decoder = decoders.Sequence([unmark, decoders.ByteLevel()])
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special_tokens(languages)])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in timestamp_tokens(timestamps)])
    return tokenizer


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The number of a token that must exist."""
    number = tokenizer.token_to_id(token)
    if number is None:
        raise KeyError(token)
    return int(number)


def made_up_words() -> Iterator[str]:
    """Endless distinct pronounceable words, the same ones every time."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    for length in itertools.count(2):
        for parts in itertools.product(syllables, repeat=length):
            yield "".join(parts)


def write_folder(spec: Any, tokenizer: Tokenizer, out: Path, *, chunk_s: int = 30, quantization: str = "int8") -> Path:
    """Write the whole folder of a filled-in Whisper spec; the spec's alignment heads must be set already."""
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    spec.register_vocabulary([token for token, _ in vocabulary])
    languages = [tokenizer.token_to_id(f"<|{code}|>") for code in LANGUAGES]
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [token_id(tokenizer, EOT)]
    spec.config.lang_ids = [i for i in languages if i is not None]
    spec.validate()
    spec.optimize(quantization=quantization)
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    preprocessor = {
        "feature_extractor_type": "WhisperFeatureExtractor",
        "processor_class": "WhisperProcessor",
        "feature_size": MELS,
        "sampling_rate": 16000,
        "hop_length": 160,
        "n_fft": 400,
        "padding_value": 0.0,
        "chunk_length": chunk_s,
        "n_samples": 16000 * chunk_s,
        "nb_max_frames": 100 * chunk_s,
    }
    text = json.dumps(preprocessor, indent=2) + "\n"
    (out / "preprocessor_config.json").write_text(text, encoding="utf-8")
    return out


def folder_bytes(folder: Path) -> int:
    """The size on disk of the files in a folder."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())


class _Filler:
    """Fills a Whisper spec of a given size with small random weights."""

    def __init__(self, size: Size, seed: int, scale: float = 0.01) -> None:
        self.size = size
        self.scale = np.float32(scale)
        self.rng = np.random.default_rng(seed)

    def weights(self, *shape: int) -> Array:
        return self.rng.standard_normal(shape, dtype=np.float32) * self.scale

    def linear(self, spec: Any, rows: int, columns: int) -> None:
        spec.weight, spec.bias = self.weights(rows, columns), self.weights(rows)

    def norm(self, spec: Any) -> None:
        width = self.size.width
        spec.gamma, spec.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def attention(self, spec: Any, rows: Sequence[int]) -> None:
        self.norm(spec.layer_norm)
        for linear, count in zip(spec.linear, rows, strict=True):
            self.linear(linear, count, self.size.width)

    def layer(self, spec: Any, *, decoder: bool) -> None:
        width = self.size.width
        self.attention(spec.self_attention, (3 * width, width))
        if decoder:
            self.attention(spec.attention, (width, 2 * width, width))
        self.norm(spec.ffn.layer_norm)
        self.linear(spec.ffn.linear_0, 4 * width, width)
        self.linear(spec.ffn.linear_1, width, 4 * width)

    def whole(self) -> Any:
        """A spec with everything but the decoder's embeddings and projection."""
        size, width = self.size, self.size.width
        spec = whisper_spec.WhisperSpec(size.layers, size.heads, size.layers, size.heads)
        spec.encoder.conv1.weight, spec.encoder.conv1.bias = self.weights(width, MELS, 3), self.weights(width)
        spec.encoder.conv2.weight, spec.encoder.conv2.bias = (
            self.weights(width, width, 3),
            self.weights(width),
        )
        spec.encoder.position_encodings.encodings = self.weights(1500, width)
        spec.decoder.position_encodings.encodings = self.weights(MAX_TOKENS, width)
        for side, is_decoder in ((spec.encoder, False), (spec.decoder, True)):
            self.norm(side.layer_norm)
            for layer in side.layer:
                self.layer(layer, decoder=is_decoder)
        spec.decoder.scale_embeddings = False
        spec.config.alignment_heads = [
            (layer, head) for layer in range(size.layers // 2, size.layers) for head in range(2)
        ]
        return spec


def _tokenizer(size: Size, first_words: Sequence[str] = ()) -> Tokenizer:
    """The size's tokenizer: the first words, then made-up ones until the vocabulary is full."""
    room = size.vocabulary - 256 - len(special_tokens(size.languages)) - 1501 - (size.languages > 1)
    taken = set(first_words)
    rest = (word for word in made_up_words() if word not in taken)
    words = [*first_words, *itertools.islice(rest, room - len(first_words))]
    return word_tokenizer(words, languages=size.languages)


def _only_text(tokenizer: Tokenizer) -> Array:
    """A projection bias that rules out all but words, timestamps and the end."""
    end = token_id(tokenizer, EOT)
    bias = np.zeros(tokenizer.get_vocab_size(), np.float32)
    bias[:256] = NEVER
    if tokenizer.id_to_token(end - 1) == "":
        bias[end - 1] = NEVER
    bias[end + 1 : token_id(tokenizer, NO_TIMESTAMPS) + 1] = NEVER
    return bias


def make_random(out: Path, size: str, seed: int = 0) -> Path:
    """Write a model of the given size with random weights into `out`: real cost, noise for text."""
    dimensions = SIZES[size]
    tokenizer = _tokenizer(dimensions)
    filler = _Filler(dimensions, seed, scale=0.05)
    spec = filler.whole()
    vocabulary = tokenizer.get_vocab_size()
    spec.decoder.embeddings.weight = filler.weights(vocabulary, dimensions.width)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight  # tied, as in the real models
    spec.decoder.projection.bias = _only_text(tokenizer)
    return write_folder(spec, tokenizer, out)


def _distinct(script: Sequence[str]) -> list[str]:
    """The script's words with repeats marked, so that each place in it is a token of its own."""
    seen: dict[str, int] = {}
    marked = []
    for word in script:
        seen[word] = seen.get(word, 0) + 1
        marked.append(word if seen[word] == 1 else f"{word}{REPEAT_MARK}{seen[word]}")
    return marked


def _chain(tokenizer: Tokenizer, words: Sequence[str]) -> list[tuple[int, int]]:
    """Which token follows which: from every kind of start through the script to the end."""
    space = byte_alphabet()[ord(" ")]
    alphabet = byte_alphabet()
    ids = []
    for word in words:
        head, mark, tail = word.partition(REPEAT_MARK)
        spelled = "".join(alphabet[b] for b in head.encode())
        ids.append(token_id(tokenizer, space + spelled + mark + tail))
    first_time = token_id(tokenizer, "<|0.00|>")
    last_time = token_id(tokenizer, "<|30.00|>")
    starts = [token_id(tokenizer, t) for t in (SOT, TRANSCRIBE)]
    chain = [(start, first_time) for start in starts]
    chain.append((starts[0], token_id(tokenizer, "<|en|>")))  # for language detection: it is English
    chain += [(token_id(tokenizer, NO_TIMESTAMPS), ids[0]), (first_time, ids[0])]
    chain += [*itertools.pairwise(ids), (ids[-1], last_time), (last_time, token_id(tokenizer, EOT))]
    return chain


def make_scripted(out: Path, size: str, script: Sequence[str]) -> Path:
    """Write a model of the given size into `out` that says `script` (words) in every 30 s window."""
    if not script or len(script) > MAX_SCRIPT:
        raise ValueError(f"a script has 1 to {MAX_SCRIPT} words, not {len(script)}")
    if any(not word or word.split() != [word] for word in script):
        raise ValueError("each item of the script must be one word without blanks")
    dimensions = SIZES[size]
    words = _distinct(script)
    tokenizer = _tokenizer(dimensions, words)
    filler = _Filler(dimensions, seed=0)
    spec = filler.whole()
    chain = _chain(tokenizer, words)
    if dimensions.width >= TIED_FROM:
        _tied(spec, filler, tokenizer.get_vocab_size(), chain)
    else:
        _untied(spec, filler, tokenizer.get_vocab_size(), chain)
    spec.decoder.projection.bias = _only_text(tokenizer)
    return write_folder(spec, tokenizer, out)


def _untied(spec: Any, filler: _Filler, vocabulary: int, chain: Sequence[tuple[int, int]]) -> None:
    """A projection whose row of a token is the embedding of the one before it: works in a narrow model, too."""
    width = filler.size.width
    embeddings = _unit_rows(filler, vocabulary, width)
    projection = filler.weights(vocabulary, width) * np.float32(0.1)
    for token, following in chain:
        projection[following] += embeddings[token] * np.float32(40.0 / width)
    spec.decoder.embeddings.weight, spec.decoder.projection.weight = embeddings, projection


def _tied(spec: Any, filler: _Filler, vocabulary: int, chain: Sequence[tuple[int, int]]) -> None:
    """One matrix for both, as the real models have it, which is a quarter of base's memory. A token's row is its own
    name and the name of its follower; the last layer puts the follower's name where the projection looks for names."""
    half, end = filler.size.width // 2, chain[-1][1]
    names = _unit_rows(filler, vocabulary, half)
    names[:, -1] = 0.0
    # After a token that nothing follows all others are as likely (no name has anything in this place), but the end is
    # a little more so: once the script's own text is whole, a beam's other texts end as soon as real ones would.
    followers = np.zeros_like(names)
    followers[:, -1] = np.sqrt(half)
    followers += np.float32(0.15) * names[end]
    for token in {token for token, _ in chain}:
        followers[token] = sum(names[following] for before, following in chain if before == token)
    embeddings = np.concatenate([names, followers], axis=1)
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = embeddings
    eye, none = np.eye(half, dtype=np.float32), np.zeros((half, half), np.float32)
    moved = np.block([[-eye, eye], [none, -eye]])
    ffn = spec.decoder.layer[-1].ffn
    # gelu(x) - gelu(-x) = x: with both signs in the hidden layer the last layer is a linear one.
    hidden = np.zeros_like(ffn.linear_0.weight)
    hidden[: 2 * half], hidden[2 * half : 4 * half] = moved, -moved
    back = np.zeros_like(ffn.linear_1.weight)
    back[:, : 2 * half], back[:, 2 * half : 4 * half] = np.eye(2 * half), -np.eye(2 * half)
    ffn.linear_0.weight, ffn.linear_1.weight = hidden, back
    # The projection can't have a scale of its own.
    spec.decoder.layer_norm.gamma = np.full(2 * half, SURE / half, np.float32)


def _unit_rows(filler: _Filler, count: int, width: int) -> Array:
    """Random rows of one length, so that a token's own wins by far, also in a narrow model."""
    rows = filler.rng.standard_normal((count, width), dtype=np.float32)
    return rows * (np.float32(np.sqrt(width)) / np.linalg.norm(rows, axis=1, keepdims=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path, help="the folder to write")
    parser.add_argument("--size", choices=sorted(SIZES), default="base")
    parser.add_argument("--script", help="what it shall say; without one the weights are random")
    parser.add_argument("--seed", type=int, default=0, help="for random weights")
    options = parser.parse_args(arguments)
    if options.script:
        make_scripted(options.out, options.size, options.script.split())
    else:
        make_random(options.out, options.size, options.seed)
    print(f"{options.out}: {folder_bytes(options.out) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
