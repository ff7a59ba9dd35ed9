"""The sandbox of a worker, which can only compute and use its open file descriptors.

The kernel limits memory, files and core dumps. A seccomp filter allows the system calls that a computation needs and
answers EPERM to all others, so that a worker opens no socket and no file and starts no process. The sandbox requires no
privilege and no library. If the platform lacks a part of it, `enter` reports this, and the server logs it at start.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from contextlib import suppress
from pathlib import Path

# The system calls that a computation needs, with their numbers on each architecture
# (linux/arch/x86/entry/syscalls/syscall_64.tbl; linux/include/uapi/asm-generic/unistd.h for aarch64).
_X86_64 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "writev": 20, "sched_yield": 24, "mremap": 25,
    "madvise": 28, "nanosleep": 35, "getitimer": 36, "setitimer": 38, "getpid": 39, "exit": 60, "gettimeofday": 96,
    "getrusage": 98, "sigaltstack": 131, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204,
    "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231, "getrandom": 318,
    "membarrier": 324, "rseq": 334,
}  # fmt: skip
_AARCH64 = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "lseek": 62, "mmap": 222, "mprotect": 226, "munmap": 215,
    "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "writev": 66, "sched_yield": 124,
    "mremap": 216, "madvise": 233, "nanosleep": 101, "getitimer": 102, "setitimer": 103, "getpid": 172, "exit": 93,
    "gettimeofday": 169, "getrusage": 165, "sigaltstack": 132, "gettid": 178, "futex": 98, "sched_getaffinity": 123,
    "restart_syscall": 128, "clock_gettime": 113, "clock_nanosleep": 115, "exit_group": 94, "getrandom": 278,
    "membarrier": 283, "rseq": 293,
}  # fmt: skip
SYSTEM_CALLS = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2

PARTS = ("memory", "files", "calls")
WITHOUT_PART = {
    "fork": "no fork: each worker loads the graph itself, so that replacing one takes longer",
    "memory": "no address-space limit: the memory of a query is not limited",
    "files": "no file-size limit: the kernel does not prevent writing to files",
    "calls": "no seccomp: the kernel does not block connections and files; only the query guard rejects SERVICE",
    "timer": "no interval timer: the web process, not the kernel, enforces the time limit",
}
"""The weakness if a part of the isolation is missing."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def enter(memory: int) -> list[str]:
    """Restricts this process permanently, and returns the PARTS in force. memory: bytes beyond its current memory."""
    in_force = []
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        in_force.append("files")
        limit = _address_space() + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        if sys.platform == "linux":
            in_force.append("memory")
    if _filter_calls():
        in_force.append("calls")
    return in_force


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def seccomp_filter(architecture: int, numbers: list[int]) -> bytes:
    """The filter as BPF (seccomp(2)): it allows these numbers on this architecture, returns EPERM for all others, and
    kills a process that uses the numbers of another architecture."""
    instruction = struct.Struct("=HBBI")
    count = len(numbers)
    lines = [
        instruction.pack(_LOAD, 0, 0, 4),
        instruction.pack(_JUMP_EQUAL, 1, 0, architecture),
        instruction.pack(_RETURN, 0, 0, _KILL),
        instruction.pack(_LOAD, 0, 0, 0),
    ]
    lines += [instruction.pack(_JUMP_EQUAL, count - index, 0, number) for index, number in enumerate(numbers)]
    lines += [instruction.pack(_RETURN, 0, 0, _EPERM), instruction.pack(_RETURN, 0, 0, _ALLOW)]
    return b"".join(lines)


def _filter_calls() -> bool:
    if sys.platform != "linux" or platform.machine() not in SYSTEM_CALLS or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    architecture, table = SYSTEM_CALLS[platform.machine()]
    code = seccomp_filter(architecture, sorted(table.values()))
    holder = ctypes.create_string_buffer(code, len(code))
    prog = _Program(len(code) // 8, ctypes.cast(holder, ctypes.c_char_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    if libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(prog), 0, 0) != 0:
        return False
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except PermissionError:
        return True
    return False
