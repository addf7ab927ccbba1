"""What the packages are made for: Lambda's Python on Amazon Linux 2023, x86_64."""

import sys
from collections.abc import Mapping

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
"""Of the interpreter that builds: it compiles the code, and compiled code fits one version alone."""
MACHINE = "x86_64"
GLIBC = 34
"""Minor version of glibc 2 in Amazon Linux 2023, Lambda's system for Python 3.12 and later
(docs.aws.amazon.com/linux/al2023/ug/glibc-gcc-and-binutils.html)."""
OLDEST_GLIBC = 5
"""Of manylinux1 (PEP 513), the oldest wheels there are."""
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
"""Older names of the same platforms (PEP 600)."""
OLDEST = (3, 12)
"""Lambda runs Python 3.11 on Amazon Linux 2, whose glibc 2.26 is too old for numpy's and Pillow's wheels
(docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html)."""
ROOT = "/var/task"
"""Where Lambda unpacks a package."""


def runtime() -> str:
    """Lambda's name of the Python that the packages are made for, such as python3.13."""
    return f"python{VERSION}"


def remark(version: tuple[int, int] = sys.version_info[:2]) -> str | None:
    """Why packages that this Python builds run in tests only; None where Lambda runs them."""
    if version >= OLDEST:
        return None
    wanted = ".".join(map(str, OLDEST))
    return (
        f"These packages are for Python {VERSION} and for tests: Lambda's {VERSION} has glibc 2.26, and the"
        f" wheels of numpy and Pillow need 2.27. To deploy, install with Python {wanted} or newer:"
        " make clean packages PYTHON=..."
    )


def platforms() -> list[str]:
    """The wheel platforms that run there, the newest first."""
    found = []
    for minor in range(GLIBC, OLDEST_GLIBC - 1, -1):
        found.append(f"manylinux_2_{minor}_{MACHINE}")
        if minor in LEGACY:
            found.append(f"{LEGACY[minor]}_{MACHINE}")
    return found


def environment() -> Mapping[str, str]:
    """What requirements' markers are judged by (PEP 508)."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{VERSION}.0",
        "os_name": "posix",
        "platform_machine": MACHINE,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{VERSION}.0",
        "python_version": VERSION,
        "sys_platform": "linux",
    }
