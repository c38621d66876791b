"""Packages from npm, of which the site and its tests take one file each: fetched once by npm itself, then checked.

They are kept in the user's cache, so that a second build asks nobody.
"""

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cs_utils.datasets.download import cache_folder


class NotAtHand(OSError):
    """A package is not here and cannot be fetched; the message says what to do."""


@dataclass(frozen=True)
class Package:
    """A package in one version.

    Attributes
    ----------
    name, version : str
    sha256 : str
        The checksum of its archive, as hexadecimal digits.
    """

    name: str
    version: str
    sha256: str

    @property
    def archive(self) -> Path:
        """Where its archive is, or will be, in the cache."""
        return cache_folder() / f"{self.name}-{self.version}.tgz"

    @property
    def is_at_hand(self) -> bool:
        """Whether it is in the cache, or npm is here to fetch it."""
        return self.archive.is_file() or shutil.which("npm") is not None

    def read(self, name: str) -> bytes:
        """Return one of its files, such as ``es5/tex-svg.js``.

        Raises
        ------
        NotAtHand
            If the package is not in the cache, and npm is missing or cannot fetch it.
        """
        if not self.archive.is_file() or not self._is(self.archive):
            self._fetch()
        with tarfile.open(self.archive, "r:gz") as tar:
            source = tar.extractfile(f"package/{name}")
            if source is None:
                raise NotAtHand(f"{self.archive} holds no file {name}")
            return source.read()

    def _is(self, path: Path) -> bool:
        return hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256

    def _fetch(self) -> None:
        wanted = f"{self.name}@{self.version}"
        by_hand = (
            f"Install Node.js, which brings npm; or run `npm pack {wanted}` on another machine and put the file "
            f"{self.archive.name} into {self.archive.parent}."
        )
        npm = shutil.which("npm")
        if npm is None:
            raise NotAtHand(f"{wanted} is needed once from npm, which is not on this machine. {by_hand}")
        self.archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.archive.parent) as folder:
            command = [npm, "pack", wanted, "--silent"]
            result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
            fetched = Path(folder) / self.archive.name
            if result.returncode or not fetched.is_file():
                raise NotAtHand(f"npm could not fetch {wanted}. {by_hand}\nnpm says: {result.stderr.strip()[-500:]}")
            if not self._is(fetched):
                raise NotAtHand(f"What npm fetched as {wanted} does not have the checksum {self.sha256}. {by_hand}")
            fetched.replace(self.archive)
