"""The models that can be fetched, each pinned to one revision of its repository. Plain data.

A sha256 stands here only where the hub publishes one (of the files that git keeps outside: weights, mostly) or where
the file's is known beyond doubt. Others are recorded on the first fetch, and `models list` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["whisper", "piper", "minilm"]


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository by its path there; `size` in bytes, `sha256` None where none is published."""

    path: str
    size: int
    sha256: str | None = None

    @property
    def name(self) -> str:
        """What it's called on disk."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Model:
    """One model; its files lie in `<models>/<kind>/<id>/`."""

    id: str
    kind: Kind
    purpose: str
    licence: str
    repository: str
    revision: str
    files: tuple[HubFile, ...]

    @property
    def bytes(self) -> int:
        return sum(f.size for f in self.files)

    @property
    def pinned(self) -> bool:
        """Whether every file's sha256 is known before it's fetched."""
        return all(f.sha256 for f in self.files)


_TOKENIZER = "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"
_VOCABULARY = "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"
_VOICES = "rhasspy/piper-voices"
_VOICES_REVISION = "c10ece1aade47bb51c153c893d14e5bf8e5b7117"


def _english(size: str, purpose: str, revision: str, config: HubFile, weights: HubFile) -> Model:
    """An English Whisper of SYSTRAN's: all of them share one tokenizer."""
    shared = (HubFile("tokenizer.json", 2_128_466, _TOKENIZER), HubFile("vocabulary.txt", 422_309, _VOCABULARY))
    # The weights come last: what a repository lacks is found out before they are waited for.
    files = (config, *shared, weights)
    return Model(size, "whisper", purpose, "MIT", f"Systran/faster-whisper-{size}", revision, files)


def _voice(name: str, purpose: str, licence: str, model: tuple[int, str], settings: tuple[int, str | None]) -> Model:
    region, speaker, quality = name.split("-")
    path = f"en/{region}/{speaker}/{quality}/{name}.onnx"
    files = (HubFile(f"{path}.json", *settings), HubFile(path, *model))
    return Model(name, "piper", purpose, licence, _VOICES, _VOICES_REVISION, files)


CATALOGUE: tuple[Model, ...] = (
    _english(
        "tiny.en",
        "ears: the smallest",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        HubFile("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        HubFile("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
    ),
    _english(
        "base.en",
        "ears: one to begin with",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        HubFile("config.json", 2_227, "f3bc3821e9fc76a27bae538e11ae5b677dcdd352b4600429ce7951d398569aeb"),
        HubFile("model.bin", 145_216_508, "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"),
    ),
    _english(
        "small.en",
        "ears: larger, slower",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        HubFile("config.json", 2_657, "666a9605530ac1f61fa8177f3702b4dacec9966749e42610839fcc32661d5fae"),
        HubFile("model.bin", 483_545_366, "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"),
    ),
    Model(
        "distil-small.en",
        "whisper",
        "ears: small.en with fewer layers",
        "MIT",
        "Systran/faster-distil-whisper-small.en",
        "ef77d90526ccd62cde3808ee70626a01e5cf83e4",
        (
            HubFile("config.json", 2_812),
            HubFile("preprocessor_config.json", 339),
            HubFile("tokenizer.json", 2_405_466),
            HubFile("vocabulary.json", 825_480),
            HubFile("model.bin", 332_308_257, "1187de3982cdcf962a2fb8f797e429fb4651b875b18fe9ce50b58b52fc9072b7"),
        ),
    ),
    _english(
        "medium.en",
        "ears: for fast machines",
        "a29b04bd15381511a9af671baec01072039215e3",
        HubFile("config.json", 2_643, "4a1848ebabe7938d9797c15a2e8e4ce1d36e6fd4a43d096ae5955257c67c7962"),
        HubFile("model.bin", 1_527_904_330, "11b220779aea4c6f3ce9d2549c8a95ea869ed84066864b999531ef53e594fe5b"),
    ),
    Model(
        "large-v3-turbo",
        "whisper",
        "ears: for fast machines",
        "MIT",
        "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        (
            HubFile("config.json", 2_263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
            HubFile(
                "preprocessor_config.json", 340, "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711"
            ),
            HubFile("tokenizer.json", 2_710_337, "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd"),
            HubFile("vocabulary.json", 1_068_114, "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1"),
            HubFile("model.bin", 1_617_884_929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"),
        ),
    ),
    _voice(
        "en_US-joe-medium",
        "voice: US, man",
        "CC0",
        (63_201_294, "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"),
        (4_794, "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"),
    ),
    _voice(
        "en_US-norman-medium",
        "voice: US, man",
        "public domain",
        (63_531_379, "b9739443232a80a59c7d18810dd856899bf16a7964725f5ab81ea49b1351cb71"),
        (4_968, "6c2db7f558a4a8deb9fe822583c1c5105f6c4e834dd0f9de8ad17a888ee9fe1d"),
    ),
    _voice(
        "en_US-kathleen-low",
        "voice: US, woman, 16 kHz",
        "CC0",
        (63_104_526, "87adf17f5326bc0782282147a8b9788406236245f0f9b0e68dacb651bc1de8b6"),
        (4_169, None),
    ),
    _voice(
        "en_US-lessac-medium",
        "voice: US, woman",
        "research only",
        (63_201_294, "5efe09e69902187827af646e1a6e9d269dee769f9877d17b16b1b46eeaaf019f"),
        (4_885, "efe19c417bed055f2d69908248c6ba650fa135bc868b0e6abb3da181dab690a0"),
    ),
    _voice(
        "en_GB-cori-medium",
        "voice: British, woman",
        "public domain",
        (63_531_379, "1899f98e5fb8310154f3c2973f4b8a929ba7245e722b3d3a85680b833d95f10d"),
        (4_966, "e262c16d7f192f69d4edd6b4ef8a5915379e67495fcc402f1ab15eeb33da3d36"),
    ),
    _voice(
        "en_GB-alba-medium",
        "voice: Scottish, woman",
        "CC BY 4.0",
        (63_201_294, "401369c4a81d09fdd86c32c5c864440811dbdcc66466cde2d64f7133a66ad03b"),
        (4_888, "aa965a2f02ecced632c2694e1fc72bbff6d65f265fab567ca945918c73dd89f4"),
    ),
    Model(
        "all-MiniLM-L6-v2",
        "minilm",
        "likeness of sentences: not used yet",
        "Apache-2.0",
        "sentence-transformers/all-MiniLM-L6-v2",
        "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        (
            HubFile("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            HubFile("onnx/model.onnx", 90_405_214, "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452"),
        ),
    ),
)


def known(model_id: str) -> Model | None:
    """The model of that id."""
    return next((m for m in CATALOGUE if m.id == model_id), None)
