"""Files from the internet: fetched once, checked, and kept in the user's cache folder.

A file has a known SHA-256 hash, so it does not matter where it comes from: its first home, a mirror, or a folder on
the teacher's memory stick. `LLMCOURSE_MIRROR` names such a folder or the URL of one. A download that breaks off is
continued where it stopped; a file with the wrong hash is never used.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pooch
import requests

from llmcourse.errors import CourseError
from llmcourse.progress import progress_bar

MIRROR_VARIABLE = "LLMCOURSE_MIRROR"
CHUNK = 8 * 1024  # what is lost at most when a download breaks off
TIMEOUT = (10, 60)  # seconds to connect, and without a byte


class DownloadError(CourseError):
    """A file could not be had; the message says what to do."""


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be fetched: its name in mirrors and in the cache, its first home, and how to know it."""

    name: str
    url: str
    sha256: str
    size: int  # in bytes


#: To offer another file, add it here; corpora.py makes documents of it.
FILES = {
    "tinyshakespeare": RemoteFile(
        name="tinyshakespeare.txt",
        url="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        size=1_115_394,
    ),
    **{
        f"sst2-{part}": RemoteFile(
            name=f"sst2-{part}.tsv",
            url=f"https://raw.githubusercontent.com/clairett/pytorch-sentiment-classification/master/data/SST2/{part}.tsv",
            sha256=sha256,
            size=size,
        )
        for part, sha256, size in (
            ("train", "ec192f833a64da08f475488a77b0d0b47db47acd0f458bd18433fc793b569920", 720_259),
            ("dev", "eddea6b39e601dd4e7a672b53cc40fdf6019fa80522f351206c24340ca5d9359", 92_057),
            ("test", "831169c7e2e429d6026e1bdbb542f33b636e3e596caad9602ebc953c205928b7", 188_749),
        )
    },
    "squad-dev-v1.1": RemoteFile(
        name="dev-v1.1.json",
        url="https://rajpurkar.github.io/SQuAD-explorer/dataset/dev-v1.1.json",
        sha256="95aa6a52d5d6a735563366753ca50492a658031da74f301ac5238b03966972c9",
        size=4_854_279,
    ),
    "squad-dev-v2.0": RemoteFile(
        name="dev-v2.0.json",
        url="https://rajpurkar.github.io/SQuAD-explorer/dataset/dev-v2.0.json",
        sha256="80a5225e94905956a6446d296ca1093975c4d3b3260f1d6c8f68bc2ab77182d8",
        size=4_370_528,
    ),
}


def cache_folder() -> Path:
    """Where downloads are kept: `llmcourse` in the user's cache folder (`~/.cache` on Linux)."""
    return Path(pooch.os_cache("llmcourse"))


def fetch(file: RemoteFile) -> Path:
    """The file on this machine, downloaded unless it is there already. Raises DownloadError, in one line."""
    mirror = os.environ.get(MIRROR_VARIABLE, "").strip()
    if mirror and not mirror.startswith(("http://", "https://")):
        return from_folder(file, Path(mirror.removeprefix("file://")).expanduser())
    url = f"{mirror.rstrip('/')}/{file.name}" if mirror else file.url
    pooch.get_logger().setLevel("WARNING")  # the progress bar says enough
    try:
        path = pooch.retrieve(
            url, known_hash=f"sha256:{file.sha256}", fname=file.name, path=cache_folder(), downloader=Resuming(file)
        )
    except requests.RequestException as error:
        raise explain(error, file, url) from None
    except OSError as error:
        raise DownloadError(f"cannot write to {cache_folder()}: {error.strerror or error}; make room there") from None
    except ValueError:  # from pooch: the hash is another
        raise DownloadError(
            f"what {url} sent is not the expected {file.name} (its SHA-256 hash differs), and was thrown away: "
            f"try again later, or set {MIRROR_VARIABLE} to a folder that holds the right one"
        ) from None
    return Path(path)


def from_folder(file: RemoteFile, folder: Path) -> Path:
    """The file in a mirror folder, used where it lies."""
    path = folder / file.name
    if not path.is_file():
        raise DownloadError(f"{MIRROR_VARIABLE} names {folder}, but {file.name} is not there: add it, or unset it")
    if pooch.file_hash(str(path)) != file.sha256:
        raise DownloadError(f"{path} is not the expected file (its SHA-256 hash differs): replace it")
    return path


class Resuming:
    """A downloader for pooch that continues a partial file instead of starting over.

    The partial file lies beside the cached one. When it is complete it goes to where pooch wants it; pooch checks the
    hash and gives it its name. So a partial file that turns out wrong is gone, and the next try starts afresh.
    """

    def __init__(self, file: RemoteFile):
        self.file = file

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        partial = partial_file(self.file)
        while True:
            before = size_of(partial)
            try:
                self.download(url, partial)
                break
            except requests.RequestException:
                if size_of(partial) <= before:  # as long as each try brings something, try again
                    raise
        os.replace(partial, output_file)

    def download(self, url: str, partial: Path) -> None:
        """Ask for the bytes that are missing, and append them."""
        have = size_of(partial)
        # "identity": an answer that is compressed on its way could not be continued at a byte of the file.
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            if response.status_code == 416:  # "nothing comes after that": the hash will tell whether we have it all
                return
            response.raise_for_status()
            continues = response.status_code == 206  # with 200 the server sends the whole, whatever we asked for
            with open(partial, "ab" if continues else "wb") as output:
                with progress_bar(self.file.size, self.file.name, "B", unit_scale=True, initial=output.tell()) as bar:
                    for chunk in response.iter_content(CHUNK):
                        output.write(chunk)
                        bar.update(len(chunk))
                if output.tell() < self.file.size:
                    raise requests.ConnectionError("the server stopped in the middle")


def partial_file(file: RemoteFile) -> Path:
    return cache_folder() / f"{file.name}.part"


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def explain(error: requests.RequestException, file: RemoteFile, url: str) -> DownloadError:
    """What went wrong on the way, and what to do about it."""
    or_mirror = f"or set {MIRROR_VARIABLE} to a folder that holds {file.name}"
    if error.response is not None:
        said = f"{error.response.status_code} {error.response.reason}".strip()
        return DownloadError(f"cannot download {url}: the server says {said}; try again later, {or_mirror}")
    have = size_of(partial_file(file))
    if have:
        return DownloadError(
            f"the download of {url} broke off after {have:,} of {file.size:,} bytes: "
            f"run this again to continue, {or_mirror}"
        )
    return DownloadError(f"cannot reach {url}: connect to the network and run this again, {or_mirror}")
