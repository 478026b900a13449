"""What comes along with the picture: sound, subtitles, data, attachments, cover art."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error

from core.io.codecs import MUXERS
from core.io.containers import first_packet
from core.io.copying import CopyTrack, KnownTrack, Track
from core.io.encodedtrack import EncodedTrack
from core.io.kept import Kept
from core.io.labels import label_of
from core.io.probe import is_cover, main_video
from core.io.sound import (
    check_channels,
    encoded_stream,
    has_room,
    is_known,
    is_raw,
    stand_in,
)
from core.io.subtitles import as_text, text_codec

if TYPE_CHECKING:
    from core.io.mux import MuxJob

AUDIO_CHOICES = ("copy", "aac", "opus", "flac", "none")

Tracks = dict[int, Track]
"""By the stream's index in the source."""


def accepts(container: str, stream: av.stream.Stream) -> bool:
    """Whether the container takes this stream as it is; asks the muxer itself."""
    if container == "webm" and stream.type == "attachment":
        return False  # the muxer takes it and writes nothing
    with tempfile.TemporaryDirectory() as folder:
        try:
            with av.open(str(Path(folder) / "trial"), "w", format=MUXERS[container]) as trial:
                trial.add_stream_from_template(stream, opaque=True)
                trial.start_encoding()
        except (av.error.FFmpegError, ValueError):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Move:
    """Streams on their way from one file into another."""

    source: av.container.InputContainer
    target: av.container.OutputContainer
    job: MuxJob
    report: Kept
    dry: bool

    @property
    def container(self) -> str:
        return self.job.container

    def track(self, stream: av.stream.Stream) -> Track | None:
        """A new stream of the target and how it is filled; None where it is left out."""
        if isinstance(stream, av.AudioStream):
            return self._sound(stream)
        if isinstance(stream, av.VideoStream) and is_cover(stream):
            self._cover(stream)
            return None
        if accepts(self.container, stream):
            return self._copied(stream)
        if stream.type == "subtitle":
            return self._converted(stream)
        self._left_out(stream)
        return None

    def _sound(self, stream: av.AudioStream) -> Track | None:
        if self.job.audio == "none":
            return None
        as_it_is = accepts(self.container, stream)
        if self.job.audio == "copy" and as_it_is and not (
                is_raw(stream) and self.container in ("mp4", "mov")):
            return self._copied(stream)
        codec = self._codec_for(stream, as_it_is)
        if codec is None:
            self._left_out(stream)
            return None
        if self.job.audio == "copy" and not as_it_is:
            self.report.warnings.append(
                f"The {label_of(stream)} cannot be kept as it is in {self.container}; it is "
                f"encoded as {codec}.")
        return self._encoded(stream, codec)

    def _codec_for(self, stream: av.AudioStream, as_it_is: bool) -> str | None:
        """What a track is encoded in that is not copied; None where there is nothing for it."""
        if not is_known(stream):
            return None
        if self.job.audio != "copy":
            check_channels(self.job.audio, stream, label_of(stream))
            return self.job.audio
        # The same samples, but for gaps: MP4 and MOV would close them up.
        codec = stream.codec_context.name if as_it_is else stand_in(self.container, stream)
        return codec if has_room(codec, self.container, stream.codec_context.layout) else None

    def _encoded(self, stream: av.AudioStream, codec: str) -> Track:
        made = encoded_stream(stream, self.target, codec)
        self._tag(made, stream)
        same = codec == stream.codec_context.name
        self.report.kept.append(label_of(stream) + ("" if same else f", encoded as {codec}"))
        places = made.codec_context.layout
        if places.nb_channels < stream.codec_context.channels:
            self.report.warnings.append(
                f"The {stream.codec_context.channels} channels of the {label_of(stream)} are "
                f"mixed down to {places.name}, the most that {codec} holds.")
        return EncodedTrack(label_of(stream), stream, made, self.job.offset, self.job.range,
                            self.report, self.job.end)

    def _copied(self, stream: av.stream.Stream) -> Track:
        made = self.target.add_stream_from_template(stream, opaque=True)
        self.report.kept.append(label_of(stream))
        self._tag(made, stream)
        return CopyTrack(label_of(stream), made, self.job.offset, self.job.range)

    def _cover(self, stream: av.VideoStream) -> None:
        # MP4 has room for a cover only where it has none for tags of the user's own and ours.
        packet = None
        if self.container == "mkv":
            packet = first_packet(self.job.source, stream.index)
        if packet is None:
            self._left_out(stream)
            return
        codec = stream.codec_context.name
        name, kind = ("cover.jpg", "jpeg") if codec == "mjpeg" else (f"cover.{codec}", codec)
        self.target.add_attachment(name, f"image/{kind}", bytes(packet))
        self.report.kept.append(label_of(stream))

    def _converted(self, stream: av.stream.Stream) -> Track | None:
        codec = text_codec(stream, self.container)
        if codec is None:
            self._left_out(stream)
            return None
        if self.dry:
            self._remark_on_text(stream, codec)
            return None
        with as_text(self.job.source, stream.index, self.container) as words:
            if words is None:
                self.report.warnings.append(
                    f"The {label_of(stream)} has no words that can be read and is left out.")
                return None
            self._remark_on_text(stream, codec)
            origin, packets = words
            made = self.target.add_stream_from_template(origin, opaque=True)
            self._tag(made, stream)
            return KnownTrack(label_of(stream), made, self.job.offset, self.job.range, packets)

    def _remark_on_text(self, stream: av.stream.Stream, codec: str) -> None:
        self.report.kept.append(f"{label_of(stream)}, converted to {codec}")
        if stream.codec_context.name in ("ass", "ssa"):
            self.report.warnings.append(
                f"The {label_of(stream)} is converted to {codec}, which has no layout.")

    def _left_out(self, stream: av.stream.Stream) -> None:
        if isinstance(stream, av.AudioStream) and not is_known(stream):
            self.report.warnings.append(
                f"The {label_of(stream)} cannot be decoded and is left out, as {self.container} "
                "does not take it as it is.")
            return
        holder = "mov" if stream.type == "data" else "mkv"
        advice = "" if self.container == holder else f"; {holder} holds most of its kind"
        self.report.warnings.append(f"The {label_of(stream)} cannot be held by {self.container} "
                                    f"and is left out{advice}.")

    def _tag(self, made: av.stream.Stream, stream: av.stream.Stream) -> None:
        made.metadata.update(stream_tags(stream))
        if self.container == "mov" and "language" in made.metadata:
            language = made.metadata["language"]
            made.metadata["language"] = _IN_MOV.get(language, language)
        made.disposition = stream.disposition


_IN_MOV = {"deu": "ger", "nld": "dut", "ell": "gre", "isl": "ice", "zho": "chi", "sqi": "alb",
           "mkd": "mac", "hye": "arm", "kat": "geo", "bod": "tib", "mya": "bur", "msa": "may",
           "cym": "wel", "eus": "baq", "fre": "fra", "rum": "ron", "cze": "ces", "slo": "slk"}
"""Languages with two codes in ISO 639-2 of which QuickTime has a number for one only."""


def add_tracks(source: av.container.InputContainer, target: av.container.OutputContainer,
               job: MuxJob, report: Kept, *, dry: bool = False) -> Tracks:
    """A stream in `target` for each one of `source` that comes along, and how to fill it.

    A `dry` run does without the text that has to be converted, which is read from end to end.
    """
    move = _Move(source, target, job, report, dry)
    main = main_video(source, job.source)
    tracks = {stream.index: move.track(stream) for stream in source.streams
              if stream.index != main.index and not _made_anew(stream, source)}
    return {index: track for index, track in tracks.items() if track is not None}


_ABOUT_THE_ENCODING = ("encoder", "duration", "bps", "number_of_", "_statistics", "alpha_mode")


def stream_tags(stream: av.stream.Stream) -> dict[str, str]:
    """A stream's tags, less those that describe how the source was encoded."""
    return {key: value for key, value in stream.metadata.items()
            if not key.lower().startswith(_ABOUT_THE_ENCODING)}


def _made_anew(stream: av.stream.Stream, source: av.container.InputContainer) -> bool:
    """Streams the muxer writes by itself: timecode from its tag, chapter titles from chapters."""
    if stream.type != "data":
        return False
    return "timecode" in stream.metadata or bool(
        source.chapters() and "mov" in source.format.name and stream.frames ==
        len(source.chapters()))
