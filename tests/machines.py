"""Machines of one's own, as far as the kernel can pretend them: each with a network address and folders of its own.

Each is a pair of network and mount namespaces, joined to the others by a bridge in the first one. They are gone when
the process that holds them open ends; nothing of this machine's own network is touched.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

NETWORK = "10.77.0"
LIFETIME = "900"  # seconds; should the tests be killed, all is gone after that


class Machine:
    """A machine with the address 10.77.0.NUMBER; the folders in `hidden` are another's, and empty here."""

    def __init__(self, number: int, hidden: list[Path]) -> None:
        self.address = f"{NETWORK}.{number}"
        self.holder = subprocess.Popen(["unshare", "--net", "--mount", "sleep", LIFETIME])
        self.started: list[subprocess.Popen] = []
        ours, namespace = os.stat("/proc/self/ns/net").st_ino, Path(f"/proc/{self.holder.pid}/ns/net")
        while namespace.stat().st_ino == ours:  # `unshare` has not got there yet
            time.sleep(0.01)
        self.run("ip", "link", "set", "lo", "up")
        for folder in hidden:
            self.run("mount", "-t", "tmpfs", "none", str(folder))

    def _enter(self) -> list[str]:
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--mount"]

    def run(self, *command: str) -> None:
        """Run a command there, to its end."""
        subprocess.run([*self._enter(), *command], check=True, capture_output=True)

    def start(self, folder: Path, *command: str, **environment: str) -> subprocess.Popen:
        """Start a command there, in a folder; what it says is added to `said.txt` beside the folder."""
        line = [*self._enter(), "sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
        with folder.with_suffix(".said.txt").open("ab") as said:
            process = subprocess.Popen(line, env=os.environ | environment, stdout=said, stderr=subprocess.STDOUT)
        self.started.append(process)
        return process

    def plug_in(self, switch: "Machine") -> None:
        """Connect this machine to the bridge of another, or make that bridge."""
        if self is switch:
            self.run("ip", "link", "add", "net0", "type", "bridge")
        else:
            port = f"port{self.holder.pid}"
            peer = ["type", "veth", "peer", "name", "net0", "netns", str(self.holder.pid)]
            switch.run("ip", "link", "add", port, *peer)
            switch.run("ip", "link", "set", port, "master", "net0", "up")
        self.run("ip", "address", "add", f"{self.address}/24", "dev", "net0")
        self.run("ip", "link", "set", "net0", "up")

    def close(self) -> None:
        for process in [*self.started, self.holder]:
            process.kill()
            process.wait()


def connected(folders: list[Path]) -> list[Machine]:
    """Return connected machines, one per folder, each of which does not see the others' folders; or skip the test."""
    missing = [tool for tool in ("unshare", "nsenter", "ip", "mount") if shutil.which(tool) is None]
    if os.name != "posix" or missing:
        pytest.skip(f"there is no {missing} here")
    if os.geteuid() != 0:
        pytest.skip("only root may connect network namespaces")
    made: list[Machine] = []
    try:
        for number, own in enumerate(folders, 1):
            made.append(Machine(number, [folder for folder in folders if folder != own]))
            made[-1].plug_in(made[0])
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        for machine in made:
            machine.close()
        pytest.skip(f"no network namespaces here: {error} {getattr(error, 'stderr', '')}")
    return made
