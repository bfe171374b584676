"""A model comes whole, as published, or not at all; and what came once isn't fetched again."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kit.loopback_hub import REVISION, LoopbackHub
from tests.models.conftest import MICRO, WHISPER_FILES
from voiceprep import durable
from voiceprep.belongings import belongings
from voiceprep.config import Places
from voiceprep.errors import SetupMissing, StorageError, UsageError, VoiceprepError
from voiceprep.speech import fetching
from voiceprep.speech.begun import begun
from voiceprep.speech.catalogue import CATALOGUE, HubFile, Model
from voiceprep.speech.hub import FetchError, Hub, Limits
from voiceprep.speech.models import PREFERRED, kept, whisper_folders
from voiceprep.speech.records import complaints, record_of

QUICK = Limits(connect_s=2, idle_s=0.3, pause_s=0, tries=1)
Fetch = Callable[..., Path]


@pytest.fixture
def fetch(hub: LoopbackHub, tmp_path: Path) -> Fetch:
    """Fetches a model into the folder `models`, and keeps what was heard meanwhile."""

    def run(model: Model, limits: Limits = QUICK, free: int = 1 << 40) -> Path:
        hosts: list[str] = []
        run.arrived, run.hosts = [], hosts  # type: ignore[attr-defined]
        with Hub(hub.url, hosts.append, limits) as client:
            return fetching.fetch(model, tmp_path / "models", client, run.arrived.append, lambda _: free)  # type: ignore[attr-defined]

    return run


def weights(hub: LoopbackHub) -> bytes:
    return hub.files["model.bin"]


def nothing_there(models: Path) -> bool:
    return not list(kept(models)) and not (models / "whisper" / "micro.en").exists()


def test_a_whole_model_comes_with_a_record_of_what_it_was(
    hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path
) -> None:
    place = fetch(ears)
    assert list(whisper_folders(tmp_path / "models")) == [place]
    assert {p.name for p in place.iterdir()} == {*WHISPER_FILES, "fetched.json"}
    (model,) = kept(tmp_path / "models")
    record = record_of(model)
    assert record is not None and record.revision == REVISION
    assert {n: f.sha256 for n, f in record.files.items()} == {f.name: f.sha256 for f in ears.files}
    assert not list(complaints(model))
    assert sum(fetch.arrived) == ears.bytes and fetch.hosts == ["127.0.0.1", "localhost"]  # type: ignore[attr-defined]
    assert stat.S_IMODE((place / "model.bin").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert not (tmp_path / "models" / ".fetching").exists()


def test_what_came_before_the_line_broke_isnt_fetched_again(
    hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path
) -> None:
    hub.cut_after["model.bin"] = [700_000]
    with pytest.raises(FetchError, match=r"model\.bin wasn't fetched: the connection broke"):
        fetch(ears)
    assert nothing_there(tmp_path / "models")
    before = begun(tmp_path / "models")["micro.en"]
    place = fetch(ears)
    assert (place / "model.bin").read_bytes() == weights(hub)
    assert hub.sent == {f.name: f.size for f in ears.files}, "every byte was sent once"
    assert sum(fetch.arrived) == ears.bytes - before  # type: ignore[attr-defined]
    (*_, (name, wanted)) = hub.asked
    assert (name, wanted) == ("model.bin", "bytes=700000-")


def test_a_broken_line_is_tried_again_by_itself(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    hub.cut_after["model.bin"] = [300_000, 300_000]
    fetch(ears, replace(QUICK, tries=3))
    assert hub.sent["model.bin"] == len(weights(hub))


def test_a_server_without_ranges_sends_all_of_it_again(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    hub.ranges, hub.cut_after["model.bin"] = False, [700_000]
    place = fetch(ears, replace(QUICK, tries=2))
    assert (place / "model.bin").read_bytes() == weights(hub)
    assert hub.sent["model.bin"] == len(weights(hub)) + 700_000
    assert sum(fetch.arrived) == ears.bytes  # type: ignore[attr-defined]


def test_a_store_that_has_other_bytes_by_now_is_noticed(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    hub.linked, hub.cut_after["model.bin"] = False, [700_000]
    with pytest.raises(FetchError):
        fetch(ears)
    good = weights(hub)
    hub.files["model.bin"] = good[:-1] + b"x"
    with pytest.raises(FetchError, match="sha256 differs"):
        fetch(ears)
    hub.files["model.bin"] = good
    assert (fetch(ears) / "model.bin").read_bytes() == good, "the wrong bytes didn't stay"


def test_half_a_file_without_a_known_sha256_isnt_mixed_with_another(
    hub: LoopbackHub, fetch: Fetch, tmp_path: Path
) -> None:
    unpinned = hub.add("whisper", "micro.en", MICRO, WHISPER_FILES, pinned=False)
    hub.linked, hub.cut_after["model.bin"] = False, [700_000]
    with pytest.raises(FetchError):
        fetch(unpinned)
    hub.files["model.bin"] = other = bytes(len(weights(hub)))
    assert (fetch(unpinned) / "model.bin").read_bytes() == other
    (model,) = kept(tmp_path / "models")
    assert not list(complaints(model)), "recorded as it came first"


def test_another_revision_is_refused_while_going_on(
    hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path
) -> None:
    hub.cut_after["model.bin"] = [700_000]
    with pytest.raises(FetchError):
        fetch(ears)
    hub.revision = "f" * 40
    with pytest.raises(FetchError, match=r"another revision of model\.bin \(ffff"):
        fetch(ears)
    hub.revision = REVISION
    fetch(ears)
    assert hub.sent["model.bin"] == len(weights(hub)), "what was good of it stayed"


@pytest.mark.parametrize("linked", [True, False])
def test_altered_weights_are_refused_and_dont_stay(
    hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path, linked: bool
) -> None:
    good, hub.linked = weights(hub), linked
    hub.files["model.bin"] = b"?" + good[1:]
    with pytest.raises(FetchError, match="sha256 differs"):
        fetch(ears)
    assert nothing_there(tmp_path / "models")
    assert ("model.bin" in hub.sent) == (not linked), "what the hub says of it is believed before its bytes are"
    hub.files["model.bin"] = good
    fetch(ears)


@pytest.mark.parametrize("change", [-1, +1])
@pytest.mark.parametrize("linked", [True, False])
def test_a_truncated_or_grown_file_is_refused(
    hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path, change: int, linked: bool
) -> None:
    hub.linked = linked
    hub.files["model.bin"] = weights(hub)[:-1] if change < 0 else weights(hub) + b"x"
    with pytest.raises(FetchError, match="isn't the one that was published"):
        fetch(ears)
    assert nothing_there(tmp_path / "models")
    assert sum(fetch.arrived) == ears.bytes - ears.files[-1].size, "no byte of it was taken"  # type: ignore[attr-defined]


def test_a_silent_server_is_left_and_gone_on_with(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    hub.stall_after["model.bin"] = 81_920
    with pytest.raises(FetchError, match=r"nothing came for 0\.3 s"):
        fetch(ears)
    del hub.stall_after["model.bin"]
    fetch(ears)
    assert hub.sent["model.bin"] == len(weights(hub))


def test_a_dripping_server_meets_a_deadline(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    hub.drip["model.bin"] = 0.01
    with pytest.raises(FetchError, match="comes too slowly") as refused:
        fetch(ears, replace(QUICK, spare_s=0.2, least_bytes_per_s=1e9))
    assert "the same command goes on" in refused.value.hint


@pytest.mark.parametrize(
    ("status", "said"), [(404, "doesn't have config.json"), (401, "error 401"), (503, "error 503")]
)
def test_a_hub_that_wont_is_quoted_by_its_number(
    hub: LoopbackHub, ears: Model, fetch: Fetch, status: int, said: str
) -> None:
    hub.status["config.json"] = status
    with pytest.raises(FetchError, match=said):
        fetch(ears)


def test_too_little_space_is_said_before_anything_is_asked(hub: LoopbackHub, ears: Model, fetch: Fetch) -> None:
    with pytest.raises(StorageError, match=r"needs 1\.3 MB more, and the disk has 100\.0 MB free"):
        fetch(ears, free=100_000_000)
    assert not hub.asked


def test_a_model_without_its_tokenizer_never_becomes_one(hub: LoopbackHub, fetch: Fetch, tmp_path: Path) -> None:
    lacking = hub.add("whisper", "micro.en", MICRO, [n for n in WHISPER_FILES if n != "tokenizer.json"])
    with pytest.raises(SetupMissing, match=r"lacks tokenizer\.json"):
        fetch(lacking)
    assert nothing_there(tmp_path / "models")


@pytest.mark.parametrize("store", ["http://192.0.2.1/x", "http://user@localhost/x", "ftp://localhost/x", "file:///etc"])
def test_a_redirect_to_where_nobody_should_go_isnt_followed(
    hub: LoopbackHub, ears: Model, fetch: Fetch, store: str
) -> None:
    hub.elsewhere = store
    with pytest.raises(FetchError, match="isn't followed"):
        fetch(ears)
    assert fetch.hosts == ["127.0.0.1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["http://example.invalid", "ftp://127.0.0.1", "https://me:secret@example.invalid", ""])
def test_a_hub_must_be_https_or_on_this_machine(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Hub(url, lambda _: None)
    assert "secret" not in str(refused.value)


def test_wipe_knows_what_is_half_fetched(hub: LoopbackHub, ears: Model, fetch: Fetch, tmp_path: Path) -> None:
    hub.cut_after["model.bin"] = [700_000]
    with pytest.raises(FetchError):
        fetch(ears)
    found = belongings(Places(tmp_path, tmp_path / "cache"))
    assert [k.name for k in found.kinds] == ["models"] and not found.foreign
    assert found.kinds[0].bytes >= 700_000


def test_two_at_once_dont_write_into_each_other(ears: Model, fetch: Fetch, tmp_path: Path) -> None:
    durable.make_folder(tmp_path / "models" / ".fetching")
    with (
        durable.locked(tmp_path / "models" / ".fetching" / "micro.en.lock"),
        pytest.raises(FetchError, match=r"Another voiceprep is fetching micro\.en"),
    ):
        fetch(ears)


def test_what_lies_there_already_is_left_alone(ears: Model, fetch: Fetch, tmp_path: Path) -> None:
    own = tmp_path / "models" / "whisper" / "micro.en"
    own.mkdir(parents=True)
    (own / "notes.txt").write_text("mine")
    with pytest.raises(VoiceprepError, match="lies at"):
        fetch(ears)
    assert (own / "notes.txt").read_text() == "mine"


def test_the_catalogue_is_of_whole_models_pinned_to_a_revision() -> None:
    assert len({m.id for m in CATALOGUE}) == len(CATALOGUE)
    for model in CATALOGUE:
        names = {f.name for f in model.files}
        assert len(names) == len(model.files) and len(model.revision) == 40
        assert all(int(f.sha256, 16) and len(f.sha256) == 64 for f in model.files if f.sha256)
        assert max(model.files, key=size_of).sha256, "weights are never taken unseen"
        if model.kind == "whisper":
            assert {"model.bin", "config.json", "tokenizer.json"} < names
            assert names & {"vocabulary.txt", "vocabulary.json"}
        if model.kind == "piper":
            assert names == {f"{model.id}.onnx", f"{model.id}.onnx.json"}
    accents = {m.id[:5] for m in CATALOGUE if m.kind == "piper"}
    assert accents == {"en_US", "en_GB"}
    assert {m.id for m in CATALOGUE if m.kind == "whisper"} & set(PREFERRED)


def size_of(file: HubFile) -> int:
    return file.size
