"""The last wall around one submission: namespaces of its own within the sandbox, and limits.

bubblewrap has made the hull: no network, a few read-only folders, no process of the machine to be seen. One hull serves
many submissions, because it takes most of a second to import NumPy, matplotlib and IPython anew; each is a fork in
namespaces of its own, so that nothing that it leaves (files, processes, sockets) meets the next.
"""

import ctypes
import os
import resource
import signal
from typing import Any

# Flags of unshare(2) and mount(2), from the kernel's headers.
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
CAPABILITIES = 41  # the kernel has so many
HEADER_VERSION_3 = 0x20080522  # of capset(2)

_libc = ctypes.CDLL(None, use_errno=True)


def hide_from_children() -> None:
    """Forbid others of the same user to look into this process or to change it (ptrace, /proc/PID/mem)."""
    _call(_libc.prctl, PR_SET_DUMPABLE, 0, 0, 0, 0)


def enter_namespaces() -> None:
    """Leave the hull's namespaces. The caller's next child is process 1 of the new ones, and when it ends, all end."""
    user, group = os.getuid(), os.getgid()
    _call(_libc.prctl, PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root and its maps can't be written
    _call(
        _libc.unshare,
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
    )
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w") as target:
            target.write(text)


def die_with_parent() -> None:
    """Let the kernel end this process when its parent ends."""
    _call(_libc.prctl, PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def furnish(home: str, largest: int) -> None:
    """Empty folders to write to, of so many bytes, in place of the hull's; and no more sight of any process."""
    _call(_libc.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    for folder in (home, "/tmp", "/dev/shm"):
        _mount_empty(folder, MS_NOSUID | MS_NODEV, f"size={largest},mode=700")
    _mount_empty("/proc", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=4k")


def drop_privileges() -> None:
    """Give up what made the namespaces: what a submission runs as may do nothing that any user may not."""
    for capability in range(CAPABILITIES):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that the kernel does not have fail
    header = (ctypes.c_uint32 * 2)(HEADER_VERSION_3, 0)
    _call(_libc.capset, header, (ctypes.c_uint32 * 6)())
    _call(_libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def limit(memory: int, cpu_seconds: int, file_bytes: int, processes: int, files: int) -> None:
    """Limits of the kernel's for this process and its children; they cannot be raised again."""
    for kind, number in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_NOFILE, files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (number, number))


def _mount_empty(folder: str, flags: int, options: str) -> None:
    _call(_libc.mount, b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode())


def _call(function: Any, *arguments: Any) -> None:
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}: {os.strerror(number)}")
