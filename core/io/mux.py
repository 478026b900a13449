"""Joining chunks, under the source's own timestamps, with everything else the source holds."""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from core.durable import sync
from core.errors import FrameMismatch
from core.io.codecs import MUXERS
from core.io.containers import open_fully, open_input, open_output, reading, time_base_of, writing
from core.io.copying import Track
from core.io.decoder import has_hidden_alpha
from core.io.demux import Demuxer
from core.io.encoders import VideoSpec
from core.io.header import copy_container, muxer_options
from core.io.kept import Kept
from core.io.orientation import without_stretch
from core.io.outliers import put_back
from core.io.packetwriter import PacketWriter
from core.io.probe import main_video
from core.io.span import Range
from core.io.ticks import countable
from core.io.timecode import advanced, tagged
from core.io.tracks import Tracks, add_tracks, stream_tags


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """An encoded chunk with the true times of its pictures, in ticks of the source's time base.

    `pts` and `durations` are in presentation order, `order` names the picture in each packet.
    """

    path: Path
    pts: np.ndarray
    durations: np.ndarray
    order: np.ndarray


@dataclass(frozen=True, slots=True)
class MuxJob:
    """What goes into one output file."""

    source: Path
    target: Path
    container: str
    spec: VideoSpec
    chunks: Sequence[ChunkFile]
    time_base: Fraction
    offset: Fraction = Fraction(0)
    """Seconds added to every timestamp."""
    audio: str = "copy"
    range: Range = Range()
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def end(self) -> Fraction:
        """When the last picture ends, in seconds on the source's clock."""
        return max((int(chunk.pts[-1] + chunk.durations[-1]) * self.time_base
                    for chunk in self.chunks), default=Fraction(0))


def mux(job: MuxJob) -> Generator[int, None, Kept]:
    """Write `job.target`; the file is complete and on the disk when this returns.

    Yields now and then how many pictures are written. Raises DiskFull or EncodeFailed.
    """
    job, said = countable(job)
    report, pictures = Kept(warnings=said), 0
    with open_fully(job.source) as source, open_input(job.chunks[0].path) as first:
        target = open_output(job.target, MUXERS[job.container], options=muxer_options(job, source))
        with writing(job.target), target:
            video = _video_stream(target, job, source, first, report)
            tracks = add_tracks(source, target, job, report)
            copy_container(source, target, job, report)
            target.start_encoding()
            packets = heapq.merge(
                _video_packets(job, video), _other_packets(job, source, tracks, report),
                *map(_known_packets, tracks.values()), key=lambda item: item[0])
            writer = PacketWriter(target, {
                track.target.index: track.label for track in tracks.values()})
            for _, packet in packets:
                pictures += packet.stream is video
                writer.write(packet)
                if packet.stream is video and pictures % 32 == 0:
                    yield pictures
            writer.close()
        report.warnings += writer.warnings()
        sync(job.target)
    return report


def _video_stream(target: av.container.OutputContainer, job: MuxJob,
                  source: av.container.InputContainer, first: av.container.InputContainer,
                  report: Kept) -> av.VideoStream:
    template = first.streams.video[0]
    origin = main_video(source, job.source)
    stream = target.add_stream_from_template(template, opaque=True)
    context = stream.codec_context
    stream.time_base = job.time_base
    context.framerate = job.spec.rate  # without it Matroska leaves all durations out
    context.sample_aspect_ratio = job.spec.sar
    context.field_order = job.spec.field_order
    tags = job.spec.tags
    context.colorspace, context.color_range = tags.matrix, tags.range
    context.color_primaries, context.color_trc = tags.primaries, tags.transfer
    if job.spec.codec.startswith("hevc") and job.container in ("mp4", "mov"):
        context.codec_tag = "hvc1"  # the tag that Apple's players ask for
    matrix = job.spec.display_matrix
    if matrix is not None and job.container in ("mkv", "webm"):
        matrix = without_stretch(matrix)
        if matrix is None:
            report.warnings.append(f"{job.container} cannot hold the display matrix of the source, "
                                   "which does more than turn it; mp4 and mov can.")
    stream.set_display_matrix(matrix)
    stream.metadata.update(stream_tags(origin))
    if has_hidden_alpha(template):
        if job.container in ("mkv", "webm"):
            stream.metadata["alpha_mode"] = "1"
        else:
            report.warnings.append(f"{job.container} cannot hold the transparency of "
                                   f"{job.spec.codec}, which is left out; webm and mkv can.")
    timecode = _timecode(job, source)
    if timecode:
        stream.metadata["timecode"] = timecode
    stream.disposition = origin.disposition
    return stream


def _timecode(job: MuxJob, source: av.container.InputContainer) -> str:
    """The timecode of the first picture, which in a range is not that of the file."""
    timecode = tagged([*(stream.metadata for stream in source.streams), source.metadata])
    if not timecode or job.range.start is None:
        return timecode
    video = main_video(source, job.source)
    begins = (video.start_time or 0) * time_base_of(video)
    # The range may begin within a picture; whole milliseconds may tell a little less than it.
    inside = min(job.spec.rate / 1000, Fraction(1, 2))
    skipped = math.floor((job.range.start - begins) * job.spec.rate + inside)
    return advanced(timecode, skipped, job.spec.rate)


def _video_packets(job: MuxJob, stream: av.VideoStream
                   ) -> Iterator[tuple[Fraction, av.Packet]]:
    """Every packet of every chunk under its final timestamps.

    The k-th packet's decoding time is the k-th smallest presentation time of the whole output,
    moved back by the most that any packet comes before its turn.
    """
    shift = round(job.offset / job.time_base)
    times = np.concatenate([chunk.pts for chunk in job.chunks]) + shift
    lead = max(int((chunk.pts - chunk.pts[chunk.order]).max()) for chunk in job.chunks)
    position = 0
    for chunk in job.chunks:
        pts = chunk.pts + shift
        reckoned = chunk is job.chunks[-1] and job.container in ("mp4", "mov")
        with open_input(chunk.path) as container, reading(chunk.path):
            packets = (packet for packet in container.demux(video=0) if packet.size)
            count = 0
            for number, packet in zip(chunk.order, packets, strict=False):
                count += 1
                # MP4 reckons the end from the last packet, whichever picture it holds.
                of = -1 if reckoned and count == len(chunk.order) else number
                packet.stream = stream
                packet.time_base = job.time_base
                packet.pts = int(pts[number])
                packet.dts = int(times[position]) - lead
                packet.duration = int(chunk.durations[of])
                position += 1
                yield packet.dts * job.time_base, packet
        if count != len(chunk.pts):
            raise FrameMismatch(f"{chunk.path.name} holds {count} pictures, not {len(chunk.pts)}.",
                                "Run the same command again; the chunk will be redone.")


def _other_packets(job: MuxJob, source: av.container.InputContainer, tracks: Tracks,
                   report: Kept) -> Iterator[tuple[Fraction, av.Packet]]:
    """Packets of the streams that come along, moved by the offset, in the order of the file."""
    if not tracks:
        return
    latest = Fraction(-10**9)
    with reading(job.source):
        with open_input(job.source) as plain:
            leading = len(plain.streams)  # on the clock that the pictures were read by
        demuxer = Demuxer(source, *(source.streams[index] for index in tracks), leading=leading)
        for packet in put_back(demuxer, report):
            for ready in tracks[packet.stream_index].feed(packet):
                latest = max(latest, _when(ready, latest))
                yield latest, ready
    if demuxer.grown:
        report.warnings.append("A stream that appears late in the source was left out.")
    for track in tracks.values():
        for ready in track.flush():
            yield max(latest, _when(ready, latest)), ready


def _known_packets(track: Track) -> Iterator[tuple[Fraction, av.Packet]]:
    for packet in track.ready():
        yield _when(packet, Fraction(0)), packet


def _when(packet: av.Packet, otherwise: Fraction) -> Fraction:
    time = packet.dts if packet.dts is not None else packet.pts
    return otherwise if time is None else time * packet.time_base
