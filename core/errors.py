"""Every error Brushreel raises on purpose, in one tree.

BrushreelError(message, hint)
├── InputError                      what was given cannot be used
│   ├── UnreadableVideo             the file is missing, damaged, or no video
│   ├── UnsupportedVideo            a video, but of a kind we cannot render
│   ├── UnreadableLut
│   └── UnreadableImage
├── InvalidParameter (ValueError)   a value out of its range or of the wrong kind
├── UnknownStyle (LookupError)
├── ModelError
│   ├── ModelMissing
│   ├── ModelCorrupt
│   └── UnsupportedModel
├── RenderError                     the render itself failed
│   ├── EncodeFailed
│   ├── OutOfMemory
│   │   └── GpuOutOfMemory          a GPU's; a network may yet run in smaller pieces, or elsewhere
│   ├── DiskFull                    resumable once there is room
│   └── FrameMismatch               frames out differ from frames in
├── CheckpointError
├── JobError
├── TrainingError
└── InternalError                   nobody foresaw it: a fault of ours (core/edge.py)

The message is one sentence saying what is wrong, the hint one sentence saying what to do.
"""


class BrushreelError(Exception):
    """Base of the tree; `message` says what is wrong, `hint` what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class InputError(BrushreelError):
    pass


class UnreadableVideo(InputError):
    pass


class UnsupportedVideo(InputError):
    pass


class UnreadableLut(InputError):
    pass


class UnreadableImage(InputError):
    pass


class InvalidParameter(BrushreelError, ValueError):
    pass


class UnknownStyle(BrushreelError, LookupError):
    pass


class ModelError(BrushreelError):
    pass


class ModelMissing(ModelError):
    pass


class ModelCorrupt(ModelError):
    pass


class UnsupportedModel(ModelError):
    pass


class RenderError(BrushreelError):
    pass


class EncodeFailed(RenderError):
    pass


class OutOfMemory(RenderError):
    pass


class GpuOutOfMemory(OutOfMemory):
    pass


class DiskFull(RenderError):
    pass


class FrameMismatch(RenderError):
    pass


class CheckpointError(BrushreelError):
    pass


class JobError(BrushreelError):
    pass


class TrainingError(BrushreelError):
    pass


class InternalError(BrushreelError):
    pass
