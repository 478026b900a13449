"""What the media route gives out, and all that it must not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app.media import MediaLibrary, PictureStore, routes
from app.serving import GUARD
from core.errors import InputError
from tests.app.asking import Answer, ask

SECRET = b"nobody may read this"


@pytest.fixture
def library(tmp_path: Path) -> MediaLibrary:
    (tmp_path / "open").mkdir()
    (tmp_path / "shut").mkdir()
    (tmp_path / "open" / "clip.mp4").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "shut" / "secret.mp4").write_bytes(SECRET)
    found = MediaLibrary()
    found.allow(tmp_path / "open")
    return found


@pytest.fixture
def pictures() -> PictureStore:
    return PictureStore(room=1000)


@pytest.fixture
def site(library: MediaLibrary, pictures: PictureStore) -> Iterator[Starlette]:
    yield Starlette(routes=routes(library, pictures), middleware=[Middleware(*GUARD)])


def test_a_shared_video_comes_whole_and_in_ranges(site: Starlette, library: MediaLibrary,
                                                  tmp_path: Path) -> None:
    address = library.share(tmp_path / "open" / "clip.mp4")
    whole = ask(site, address)
    assert (whole.status, len(whole.body)) == (200, 10240)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = ask(site, address, {"range": "bytes=256-511"})
    assert (part.status, part.body) == (206, bytes(range(256)))
    assert part.headers["content-range"] == "bytes 256-511/10240"
    assert ask(site, address, {"range": "bytes=99999-"}).status == 416


def test_an_id_says_nothing_of_its_file_and_differs_between_servers(
        library: MediaLibrary, tmp_path: Path) -> None:
    path = tmp_path / "open" / "clip.mp4"
    other = MediaLibrary()
    other.allow(path.parent)
    assert library.share(path) == library.share(path) != other.share(path)


def test_what_lies_outside_is_not_shared(library: MediaLibrary, tmp_path: Path) -> None:
    for path in (tmp_path / "shut" / "secret.mp4", tmp_path / "open" / ".." / "shut" / "secret.mp4",
                 tmp_path / "open", tmp_path / "open" / "absent.mp4"):
        with pytest.raises(InputError):
            library.share(path)


def test_a_link_that_leads_out_is_not_followed(site: Starlette, library: MediaLibrary,
                                               tmp_path: Path) -> None:
    link = tmp_path / "open" / "link.mp4"
    link.symlink_to(tmp_path / "shut" / "secret.mp4")
    with pytest.raises(InputError):
        library.share(link)
    # A file that was fine when it was shared, and a link to elsewhere when it is asked for.
    address = library.share(tmp_path / "open" / "clip.mp4")
    (tmp_path / "open" / "clip.mp4").unlink()
    (tmp_path / "open" / "clip.mp4").symlink_to(tmp_path / "shut" / "secret.mp4")
    assert _refused(ask(site, address))


@pytest.mark.parametrize("path", [
    "/video/../shut/secret.mp4", "/video/..%2fshut%2fsecret.mp4", "/video/%2e%2e/shut/secret.mp4",
    "/video/..%5cshut%5csecret.mp4", "/video/%252e%252e%252fsecret.mp4", "/video//etc/passwd",
    "/video/%2fetc%2fpasswd", "/video/secret.mp4", "/video/" + "0" * 32, "/video/" + "0" * 31,
    "/video/%00", "/video/", "/video", "/picture/..%2fclip.mp4", "/picture/" + "f" * 32])
def test_paths_lead_nowhere(site: Starlette, library: MediaLibrary, tmp_path: Path, path: str
                            ) -> None:
    library.share(tmp_path / "open" / "clip.mp4")
    assert _refused(ask(site, path))


def test_nothing_is_written_or_listed(site: Starlette, library: MediaLibrary, tmp_path: Path
                                      ) -> None:
    address = library.share(tmp_path / "open" / "clip.mp4")
    for method in ("POST", "PUT", "DELETE"):
        assert ask(site, address, method=method).status == 405


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.2:8501"])
def test_other_hosts_are_refused(site: Starlette, library: MediaLibrary, tmp_path: Path, host: str
                                 ) -> None:
    """A page elsewhere whose name is made to point here must not get at anything."""
    address = library.share(tmp_path / "open" / "clip.mp4")
    assert ask(site, address, {"host": host}).status == 400


def test_pictures_are_kept_within_their_room(site: Starlette, pictures: PictureStore) -> None:
    first = pictures.put(b"a" * 600)
    assert ask(site, first).body == b"a" * 600
    assert pictures.put(b"a" * 600) == first
    second = pictures.put(b"b" * 600)
    assert _refused(ask(site, first))
    assert ask(site, second).headers["content-type"] == "image/jpeg"


def _refused(answer: Answer) -> bool:
    return answer.status in (404, 400) and SECRET not in answer.body
