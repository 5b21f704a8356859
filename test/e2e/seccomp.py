# SPDX-License-Identifier: MIT
"""
A filter of system calls as a container has one (seccomp(2)), by which io_uring_setup(2) fails. The
processor's table of system calls is that of x86_64 or aarch64, in which the call has one number.
"""
import ctypes
import os
import struct

import pytest

# linux/prctl.h, linux/seccomp.h
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
RET_ALLOW, RET_ERRNO = 0x7FFF0000, 0x00050000
# linux/bpf_common.h: load a word, jump if equal, return. struct seccomp_data: int nr; u32 arch
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
NUMBER_AT, ARCH_AT = 0, 4
# linux/audit.h
ARCHS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
IO_URING_SETUP = 425

MACHINE = os.uname().machine
needs_seccomp = pytest.mark.skipif(os.uname().sysname != "Linux" or MACHINE not in ARCHS,
                                   reason=f"the numbers of {MACHINE} are not known here")


class Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refusing_io_uring(error):
    """A preexec_fn that makes io_uring_setup fail with this errno, for good."""
    instructions = b"".join(struct.pack("HBBI", *instruction) for instruction in [
        (LOAD_WORD, 0, 0, ARCH_AT),
        (JUMP_IF_EQUAL, 0, 3, ARCHS[MACHINE]),
        (LOAD_WORD, 0, 0, NUMBER_AT),
        (JUMP_IF_EQUAL, 0, 1, IO_URING_SETUP),
        (RETURN, 0, 0, RET_ERRNO | error),
        (RETURN, 0, 0, RET_ALLOW),
    ])
    program = Program(len(instructions) // 8, instructions)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    number = ctypes.c_ulong

    def refuse():
        if (prctl(PR_SET_NO_NEW_PRIVS, number(1), number(0), number(0), number(0)) != 0 or
                prctl(PR_SET_SECCOMP, number(SECCOMP_MODE_FILTER), ctypes.byref(program)) != 0):
            raise OSError(ctypes.get_errno(), "prctl")
    return refuse
