"""A network at work: the one place that talks to ONNX Runtime."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Semaphore
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from core.errors import (
    GpuOutOfMemory,
    ModelCorrupt,
    OutOfMemory,
    RenderError,
    UnsupportedModel,
)

if TYPE_CHECKING:
    import onnxruntime as ort



def _spelled(value: object) -> object:
    """Yes and no mean auto and off, as booleans and as a command line or a file writes them."""
    typed = value.strip().lower() if isinstance(value, str) else value
    if typed is True or typed == "true":
        return "auto"
    return "off" if typed is False or typed == "false" else value


UseGpu = Annotated[Literal["auto", "require", "off"], BeforeValidator(_spelled), Field(
    description="Where the network runs: on a GPU if one can, on a GPU or not at all, or on the "
    "processor.", json_schema_extra={"execution": True})]

PROVIDERS = MappingProxyType({
    "TensorrtExecutionProvider": "TensorRT", "CUDAExecutionProvider": "CUDA",
    "DmlExecutionProvider": "DirectML", "CoreMLExecutionProvider": "CoreML",
    "CPUExecutionProvider": "CPU"})
"""Best first. What ONNX Runtime lists need not work: a session is asked what it really got."""
CPU = "CPUExecutionProvider"

_FULL = ("failed to allocate memory", "out of memory", "bad_alloc", "bfcarena", "e_outofmemory",
         "not enough memory", "not enough gpu video memory")


class Session:
    """One network on one device; `run` may be called from any thread, `at_once` of them enter.

    `threads` is how many cores one run takes on a processor. `memory` limits what it may take of
    a GPU, in bytes. Raises ModelError where the network cannot be run at all, or, where a GPU is
    required, has none.
    """

    def __init__(self, content: bytes, *, use_gpu: UseGpu = "off", threads: int = 1,
                 at_once: int | None = None, memory: int | None = None) -> None:
        wanted = _wanted(use_gpu)
        self._session = _opened(content, wanted, threads, memory)
        # Else a failure on a GPU has everything done again on the processor, and nobody told.
        self._session.disable_fallback()
        self.provider: str = self._session.get_providers()[0]
        if use_gpu == "require" and self.provider == CPU:
            raise UnsupportedModel(
                "This network runs on no GPU here, and one is required.",
                "Set use_gpu to auto, or install a driver; the command doctor tells what is there.")
        if self.on_gpu:
            at_once = 1  # pictures queue for the device in any case; only their memory would add up
        self._turn: AbstractContextManager[Any] = \
            nullcontext() if at_once is None else Semaphore(at_once)

    @property
    def device(self) -> str:
        """What it runs on, as people call it."""
        return PROVIDERS.get(self.provider, self.provider)

    @property
    def on_gpu(self) -> bool:
        return self.provider != CPU

    def run(self, inputs: Mapping[str, np.ndarray], *outputs: str) -> list[np.ndarray]:
        """The outputs of those names, for all inputs by name.

        Raises GpuOutOfMemory or OutOfMemory, by where it runs, or RenderError where it fails.
        """
        with self._turn:
            found: list[np.ndarray] = guarded(lambda: self._run(inputs, outputs), "run", _failed,
                                              on_gpu=self.on_gpu)
            return found

    def _run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        if self.provider not in ("CUDAExecutionProvider", "TensorrtExecutionProvider"):
            return list(map(np.asarray, self._session.run(list(outputs), dict(inputs))))
        # Bound, the output is made on the device and copied once, when it is complete.
        binding = self._session.io_binding()
        for name, tensor in inputs.items():
            binding.bind_cpu_input(name, tensor)
        for name in outputs:
            binding.bind_output(name, "cuda")
        self._session.run_with_iobinding(binding)
        return list(map(np.asarray, binding.copy_outputs_to_cpu()))


def guarded(work: Callable[[], Any], doing: str, failed: Callable[[str, str], Exception], *,
            on_gpu: bool) -> Any:
    """`work()`, with what ONNX Runtime raises put as one of our own errors."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    try:
        return work()
    except MemoryError as error:
        raise _full(on_gpu) from error
    except (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf,
            state.NotImplemented, state.RuntimeException, state.EPFail, state.NoModel,
            state.EngineError, state.NotFound, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())
        if any(word in said.lower() for word in _FULL):
            raise _full(on_gpu) from error
        raise failed(doing, said) from error


def _full(on_gpu: bool) -> OutOfMemory:
    kind, place = (GpuOutOfMemory, "GPU memory") if on_gpu else (OutOfMemory, "memory")
    return kind(f"There is not enough {place} for the network at this picture size.",
                "Lower detail, or close other programs.")


def _failed(doing: str, said: str) -> RenderError:
    return RenderError(f"The network did not {doing}: {_short(said)}.", "Import it again.")


def _refused(doing: str, said: str) -> Exception:
    lower = said.lower()
    if "protobuf" in lower:
        return ModelCorrupt("This is not a complete ONNX file.",
                            "Fetch it again and compare its SHA-256.")
    return UnsupportedModel(f"ONNX Runtime does not {doing} this network: {_short(said)}.",
                            "Export it again with plain operators.")


def _short(said: str) -> str:
    """The end of a message, where ONNX Runtime says what is the matter."""
    last = said.rsplit(" : ", 1)[-1].strip().rstrip(".")
    return last if len(last) <= 160 else f"{last[:160].rsplit(' ', 1)[0]} ..."


def _opened(content: bytes, providers: Sequence[Any], threads: int, memory: int | None
            ) -> ort.InferenceSession:
    import onnxruntime as ort

    ort.disable_telemetry_events()  # Microsoft's builds for Windows send some otherwise
    options = ort.SessionOptions()
    options.log_severity_level = 4  # what matters of it is raised as well
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a third less memory, no slower; DirectML insists on it
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    chosen = [(name, _options(name, memory)) for name in providers]
    return guarded(lambda: ort.InferenceSession(content, options, providers=chosen), "open",
                   _refused, on_gpu=providers[0] != CPU)


def _wanted(use_gpu: UseGpu) -> list[str]:
    """Providers to ask for, best first; the processor last, so that something always runs."""
    import onnxruntime as ort

    if use_gpu == "off":
        return [CPU]
    listed = set(ort.get_available_providers())
    if importlib.util.find_spec("tensorrt") is None:
        listed.discard("TensorrtExecutionProvider")  # it is listed without its libraries, too
    if "CUDAExecutionProvider" in listed:
        ort.preload_dlls()  # CUDA and cuDNN from the wheels beside it
    return [name for name in PROVIDERS if name in listed]


def _options(provider: str, memory: int | None) -> dict[str, str]:
    if provider != "CUDAExecutionProvider":
        return {}
    # By default the arena doubles with every growth, and never gives anything back.
    limit = {} if memory is None else {"gpu_mem_limit": str(memory)}
    return {"arena_extend_strategy": "kSameAsRequested", "cudnn_conv_algo_search": "HEURISTIC",
            **limit}
