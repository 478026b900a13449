"""Where the frozen networks' weights are looked for, and what passes for them."""

import functools
import hashlib
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError, ModelCorrupt, ModelMissing
from core.models import backbones
from core.models.backbones import (
    HEADS,
    KNOWN,
    SQUEEZENET,
    VGG,
    find,
    find_or_fetch,
    find_or_fetch_all,
    take,
)
from core.models.weights import Weights

CONTENT = b"weights" * 99


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No backbone lies anywhere but where a test puts it."""
    monkeypatch.setenv("BRUSHREEL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(backbones, "FOLDER", tmp_path / "models")
    return tmp_path


def published(folder: Path, content: bytes = CONTENT) -> tuple[Weights, ...]:
    """A form that lies nowhere, and one with an address that answers."""
    (folder / "site").write_bytes(content)
    digest = hashlib.sha256(CONTENT).hexdigest()
    return Weights("local.pth", digest), Weights("public.pth", digest[:8],
                                                 (folder / "site").as_uri())


@pytest.mark.parametrize("forms", [VGG, SQUEEZENET])
def test_a_known_file_is_found_in_a_given_folder(forms, shared: Path) -> None:
    found = find(forms, shared / "nn" / "backbones")
    assert found == shared / "nn" / "backbones" / forms[0].name


def test_the_heads_of_lpips_come_with_its_package() -> None:
    pytest.importorskip("torch")  # comes with the same requirements
    assert find(HEADS).name == "squeeze.pth"


@pytest.mark.parametrize("forms", KNOWN.values())
def test_the_last_form_can_be_fetched(forms) -> None:
    assert forms[-1].url.startswith("https://")
    assert len(forms[-1].sha256) == 64


def test_places_are_searched_in_order(empty: Path) -> None:
    forms = published(empty)
    for place in ("data/backbones", "models", "given"):
        (empty / place).mkdir(parents=True)
        (empty / place / "local.pth").write_bytes(CONTENT)
        assert find(forms, empty / "given") == empty / place / "local.pth"


def test_nothing_is_fetched_by_looking(empty: Path) -> None:
    with pytest.raises(ModelMissing, match=r"public\.pth"):
        find(published(empty))
    assert not (empty / "data").exists()


def test_what_is_nowhere_is_fetched_once(empty: Path) -> None:
    forms = published(empty)
    fetched = find_or_fetch(forms)
    assert fetched == empty / "data" / "backbones" / "public.pth"
    (empty / "site").unlink()
    assert find_or_fetch(forms) == fetched == find(forms)
    assert [path.name for path in fetched.parent.iterdir()] == ["public.pth"]


def test_another_file_at_the_address_is_refused(empty: Path) -> None:
    with pytest.raises(ModelCorrupt, match="another file"):
        find_or_fetch(published(empty, b"a page that says sorry"))
    assert not (empty / "data" / "backbones").exists()


def test_an_address_that_does_not_answer_is_a_sentence(empty: Path) -> None:
    forms = published(empty)
    (empty / "site").unlink()
    with pytest.raises(ModelMissing, match="cannot be fetched"):
        find_or_fetch(forms)


def test_a_damaged_file_is_named(empty: Path, shared: Path) -> None:
    (empty / "given").mkdir()
    damaged = empty / "given" / VGG[0].name
    shutil.copy(shared / "nn" / "backbones" / VGG[0].name, damaged)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match=r"vgg_normalised_conv3_1\.pth is not the file"):
        find(VGG, empty / "given")


class _Site(http.server.BaseHTTPRequestHandler):
    """Hangs up after `CONTENT[:100]` the first time; knows ranges if it is told to."""

    ranges, asked = True, []

    def do_GET(self) -> None:
        begin = int((self.headers["Range"] or "bytes=0-")[6:-1]) if self.ranges else 0
        self.asked.append(self.headers["Range"])
        if begin >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        self.wfile.write(CONTENT[begin:] if len(self.asked) > 1 else CONTENT[:100])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[http.server.HTTPServer]:
    handler = type("Site", (_Site,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=functools.partial(server.serve_forever, 0.01))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("ranges", [True, False])
def test_what_was_cut_off_is_gone_on_with(ranges: bool, empty: Path,
                                          site: http.server.HTTPServer) -> None:
    site.RequestHandlerClass.ranges = ranges
    forms = (Weights("public.pth", hashlib.sha256(CONTENT).hexdigest(),
                     f"http://127.0.0.1:{site.server_port}/public.pth"),)
    with pytest.raises(ModelMissing, match="cannot be fetched"):
        find_or_fetch(forms)
    begun = empty / "data" / "backbones" / "public.pth.partial"
    assert begun.read_bytes() == CONTENT[:100]
    assert find_or_fetch(forms).read_bytes() == CONTENT
    assert site.RequestHandlerClass.asked == [None, "bytes=100-"]
    assert not begun.exists()


@pytest.mark.parametrize("begun", [b"x" * 50, CONTENT, CONTENT + b"more"])
def test_what_was_begun_of_something_else_is_fetched_whole(
        begun: bytes, empty: Path, site: http.server.HTTPServer) -> None:
    site.RequestHandlerClass.asked.append("an earlier one")
    forms = (Weights("public.pth", hashlib.sha256(CONTENT).hexdigest(),
                     f"http://127.0.0.1:{site.server_port}/public.pth"),)
    folder = empty / "data" / "backbones"
    folder.mkdir(parents=True)
    (folder / "public.pth.partial").write_bytes(begun)
    assert find_or_fetch(forms).read_bytes() == CONTENT


def test_all_that_cannot_be_fetched_is_said_at_once(empty: Path) -> None:
    one, other = published(empty), (Weights("second.pth", "00", (empty / "none").as_uri()),)
    (empty / "site").unlink()
    with pytest.raises(ModelMissing) as caught:
        find_or_fetch_all((one, other))
    assert "public.pth and second.pth are not here and cannot be fetched" in caught.value.message
    assert str(empty / "data" / "backbones") in caught.value.hint


def test_files_that_the_user_has_are_taken_whatever_they_are_called(
        empty: Path, shared: Path) -> None:
    theirs = empty / "theirs"
    theirs.mkdir()
    for number, path in enumerate(sorted((shared / "nn" / "backbones").glob("*.pth"))):
        shutil.copy(path, theirs / f"{number}.bin")
    (theirs / "other.pth").write_bytes(CONTENT)
    assert len(take(theirs)) == 3
    for forms in KNOWN.values():
        assert find(forms).parent == empty / "data" / "backbones"


def test_a_file_without_weights_is_refused(empty: Path) -> None:
    (empty / "other.pth").write_bytes(CONTENT)
    for given, words in ((empty / "other.pth", "none of the weights"), (empty / "no", "not there")):
        with pytest.raises(InputError, match=words) as caught:
            take(given)
        assert HEADS[-1].name in caught.value.hint
