"""Downloads against a server on this machine, which breaks off, lies and goes away as told."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llmcourse.corpus import CharTokenizer, downloads, load
from llmcourse.corpus.downloads import FILES, DownloadError, RemoteFile, fetch
from llmcourse.errors import CourseError

CONTENT = bytes(range(256)) * 2000  # half a megabyte
CHUNK = downloads.CHUNK
SHAKESPEARE = Path(__file__).parents[3] / "shared" / "corpora" / "tinyshakespeare.txt"


class Server(http.server.ThreadingHTTPServer):
    """Serves `content` at every address. `break_after`: how many bytes it sends, per request, before it hangs up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CONTENT
        self.break_after: list[int] = []
        self.knows_ranges = True
        self.status = 200
        self.requests: list[tuple[str, str | None]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.knows_ranges else 0
        body = self.server.content[start:]
        status = self.server.status if self.server.status != 200 else (206 if start else 200)
        if start and not body:
            status = 416
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        limit = self.server.break_after.pop(0) if self.server.break_after else len(body)
        self.wfile.write(body[:limit])
        if limit < len(body):
            self.wfile.flush()
            self.connection.close()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr(downloads, "cache_folder", lambda: folder)
    monkeypatch.delenv("LLMCOURSE_MIRROR", raising=False)
    return folder


@pytest.fixture
def file(server) -> RemoteFile:
    return RemoteFile("numbers.bin", f"{server.address}/numbers.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def one_line(caught) -> str:
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, CourseError)
    return str(caught.value)


def test_a_file_is_fetched_once_and_then_found_in_the_cache(file, server, cache):
    assert fetch(file) == cache / "numbers.bin"
    assert fetch(file).read_bytes() == CONTENT
    assert server.requests == [("/numbers.bin", None)]
    assert [path.name for path in cache.iterdir()] == ["numbers.bin"]


def test_a_cached_file_needs_no_server(file, server, cache):
    fetch(file)
    server.status = 500
    assert fetch(file).read_bytes() == CONTENT


def test_a_cached_file_that_was_damaged_is_fetched_again(file, server, cache):
    fetch(file).write_bytes(b"damaged")
    assert fetch(file).read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_a_wrong_file_is_refused_and_not_kept(file, server, cache):
    server.content = b"x" + CONTENT[1:]
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    assert "is not the expected numbers.bin" in one_line(caught)
    assert not list(cache.iterdir())
    server.content = CONTENT
    assert fetch(file).read_bytes() == CONTENT


@pytest.mark.parametrize("length", [10, len(CONTENT) // 2])
def test_a_wrong_file_that_is_too_short_is_refused_too_and_does_not_block_the_next_try(file, server, cache, length):
    server.content = b"x" * length
    with pytest.raises(DownloadError, match=r"is not the expected numbers\.bin"):
        fetch(file)
    server.content = CONTENT
    assert fetch(file).read_bytes() == CONTENT


def test_a_broken_download_goes_on_where_it_stopped(file, server, cache):
    server.break_after = [10 * CHUNK, 5 * CHUNK]
    assert fetch(file).read_bytes() == CONTENT
    starts = [int((wanted or "bytes=0-").removeprefix("bytes=").rstrip("-")) for _, wanted in server.requests]
    assert starts == [0, 10 * CHUNK, 15 * CHUNK]


def test_a_server_that_gives_up_leaves_a_part_that_the_next_run_continues(file, server, cache):
    server.break_after = [10 * CHUNK, 0]
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    assert "broke off after 81,920 of 512,000 bytes: run this again to continue" in one_line(caught)
    assert (cache / "numbers.bin.part").read_bytes() == CONTENT[: 10 * CHUNK]
    server.requests.clear()
    assert fetch(file).read_bytes() == CONTENT
    assert server.requests == [("/numbers.bin", "bytes=81920-")]


def test_a_server_without_ranges_starts_over(file, server, cache):
    server.knows_ranges = False
    server.break_after = [10 * CHUNK, 5 * CHUNK]
    with pytest.raises(DownloadError, match="broke off"):
        fetch(file)
    assert fetch(file).read_bytes() == CONTENT


def test_a_part_of_another_file_is_found_out_and_forgotten(file, server, cache):
    cache.mkdir()
    (cache / "numbers.bin.part").write_bytes(b"x" * 1000)
    with pytest.raises(DownloadError, match="is not the expected"):
        fetch(file)
    assert fetch(file).read_bytes() == CONTENT


def test_without_a_server_one_line_says_what_to_do(file, server, cache):
    server.shutdown()
    server.server_close()
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    message = one_line(caught)
    assert message.startswith(f"cannot reach {file.url}: connect to the network and run this again")
    assert message.endswith("or set LLMCOURSE_MIRROR to a folder that holds numbers.bin")


def test_what_the_server_says_is_passed_on(file, server, cache):
    server.status = 404
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    assert "the server says 404 Not Found" in one_line(caught)


def test_a_cache_that_cannot_be_written_is_named(file, server, cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(DownloadError) as caught:
        fetch(file)
    assert f"cannot write to {cache}" in one_line(caught)


def test_a_mirror_url_is_asked_instead_of_the_first_home(file, server, cache, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_MIRROR", f"{server.address}/mirror/")
    assert fetch(replace(file, url="http://127.0.0.1:1/nobody")).read_bytes() == CONTENT
    assert server.requests == [("/mirror/numbers.bin", None)]


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_mirror_folder_is_used_in_place(file, server, cache, tmp_path, monkeypatch, prefix):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    monkeypatch.setenv("LLMCOURSE_MIRROR", f"{prefix}{mirror}")
    with pytest.raises(DownloadError, match=r"numbers\.bin is not there"):
        fetch(file)
    (mirror / "numbers.bin").write_bytes(b"wrong")
    with pytest.raises(DownloadError, match="is not the expected file"):
        fetch(file)
    (mirror / "numbers.bin").write_bytes(CONTENT)
    assert fetch(file) == mirror / "numbers.bin"
    assert server.requests == []


@pytest.mark.skipif(not SHAKESPEARE.is_file(), reason="the fetched corpora are not on this machine")
def test_tiny_shakespeare_from_a_server_that_breaks_off(server, cache, monkeypatch):
    server.content = SHAKESPEARE.read_bytes()
    server.break_after = [400_000]
    monkeypatch.setitem(FILES, "tinyshakespeare", replace(FILES["tinyshakespeare"], url=f"{server.address}/input.txt"))
    corpus = load("tinyshakespeare")
    assert "".join(corpus.train + corpus.validation + corpus.test).encode() == server.content
    assert len(corpus.train[0]) == 1_003_854  # the first 90%, as char-rnn and nanoGPT cut it
    tokenizer = corpus.tokenizer()
    assert isinstance(tokenizer, CharTokenizer)
    assert tokenizer.vocab_size == 3 + 65
    assert tokenizer.decode(tokenizer.encode(corpus.test[0])) == corpus.test[0]
    assert len(server.requests) == 2


@pytest.mark.skipif(not SHAKESPEARE.is_file(), reason="the fetched corpora are not on this machine")
def test_the_registry_describes_the_file_truly(cache, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_MIRROR", str(SHAKESPEARE.parent))
    path = fetch(FILES["tinyshakespeare"])
    assert path.stat().st_size == FILES["tinyshakespeare"].size
