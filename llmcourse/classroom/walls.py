"""Walls around a process that the system itself keeps up: no network, and no files but its own.

Linux has both for ordinary users, where the machine's owner allows it: a network namespace without any card, and
Landlock (kernel 5.13), which narrows down what a process and its children may open. Other systems have nothing that one
process can ask for so simply. What cannot be had is said in one line, and the grading goes on without it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from llmcourse.classroom.limits import LINUX

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # for unshare(2)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock's system calls, the same on every processor
_PATH_BENEATH, _NO_NEW_PRIVILEGES = 1, 38

# Landlock's rights: the bits by version of the interface, and the groups that are given.
_BITS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}  # a newer version adds bits that nothing here needs to handle
_VERSION_WITH_TCP = 4
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_FOR_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE


def cut_off_network() -> str:
    """Leave this process, and those it starts, without a network. What is missing, in one line; "" when all is well."""
    if not LINUX:
        return "the network is not cut off: this system offers no simple way"
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_NETWORK) != 0:  # the machine's administrator may; others need a user namespace around it
        if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
            why = os.strerror(ctypes.get_errno())
            if refuse_tcp():
                return f"the network is cut off for TCP only: no namespaces here ({why})"
            return f"the network is not cut off: no namespaces here ({why})"
        for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with suppress(OSError):
                Path(f"/proc/self/{file}").write_text(line, encoding="ascii")
    _switch_on_loopback()
    return ""


def refuse_tcp() -> bool:
    """Let this process, and those it starts, open no TCP connection, not even to this machine. False: not here."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_CREATE_RULESET, None, 0, 1) < _VERSION_WITH_TCP:
        return False
    files, bind_and_connect = 0, 0b11
    return _restrict(libc, _new_rules(libc, files, bind_and_connect))


def _switch_on_loopback() -> None:
    """A program may still talk to itself: 127.0.0.1 is inside the wall."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        import fcntl

        get_flags, set_flags, up = 0x8913, 0x8914, 0x1
        request = struct.pack("16sh22x", b"lo", up)
        fcntl.ioctl(probe, get_flags, request)
        fcntl.ioctl(probe, set_flags, request)


def allow_files(read: Iterable[Path], write: Iterable[Path], look_up: Iterable[Path]) -> str:
    """Let this process, and those it starts, open nothing but these. What is missing, in one line; "" when all is well.

    Args:
        read: folders and files to read and to start programs from, with all that is below them.
        write: folders to do anything in.
        look_up: folders in which names may be listed, and no more: Python looks for modules there.
    """
    if not LINUX:
        return "other files of this account are not out of reach: this system offers no simple way"
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return "other files of this account are not out of reach: this Linux has no Landlock"
    handled = (1 << _BITS_BY_VERSION.get(version, 15)) - 1
    rules = _new_rules(libc, handled)
    for path in read:
        _allow(libc, rules, path, handled & (_EXECUTE | _READ_FILE | _READ_FOLDER))
    for path in write:
        _allow(libc, rules, path, handled)
    for path in look_up:
        _allow(libc, rules, path, _READ_FOLDER)
    if _restrict(libc, rules):
        return ""
    return f"other files of this account are not out of reach: {os.strerror(ctypes.get_errno())}"


def _new_rules(libc: ctypes.CDLL, *handled: int) -> int:
    """A set of rules that forbids these rights, until it is told where they are given."""
    attributes = struct.pack(f"{len(handled)}Q", *handled)
    return libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)


def _restrict(libc: ctypes.CDLL, rules: int) -> bool:
    """Submit to the rules, for good."""
    if rules < 0:
        return False
    try:
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return libc.syscall(_RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    with suppress(OSError):  # what is not there need not be allowed
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if path.is_dir() else rights & _FOR_A_FILE
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, handle), 0)
        finally:
            os.close(handle)
