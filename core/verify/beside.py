"""What lies beside picture and sound: words, chapters, files, tags, data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from core.io.inspection import Inspection, Track
from core.io.words import Line, words_of
from core.verify.finding import Finding, absent, converted, dropped, kept, wrong
from core.verify.matching import language_of, paired, title_of
from core.verify.pair import Pair

_PICTURES = ("hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub")


def subtitles(pair: Pair) -> Iterator[Finding]:
    """Each line of words at its time."""
    theirs = pair.source.of_kind("subtitle")
    if not theirs:
        yield absent("no subtitles") if not pair.output.of_kind("subtitle") else wrong(
            "There are subtitles that the source does not have.")
    for was, now in paired(theirs, pair.output.of_kind("subtitle")):
        yield from _subtitle(was, now, pair)


def _subtitle(was: Track, now: Track | None, pair: Pair) -> Iterator[Finding]:
    if now is None:
        yield dropped(f"{was.codec} {was.label} is missing", (was.label, "left out"))
        return
    if (language_of(was), title_of(was)) != (language_of(now), title_of(now)):
        yield wrong(f"{was.label} is now tagged {language_of(now)} '{title_of(now)}'")
    if was.codec in _PICTURES:
        yield kept(f"{was.label} {was.codec}") if was.codec == now.codec else wrong(
            f"{was.label} is {now.codec} instead of {was.codec}")
        return
    yield _said_when(was, now, pair)
    if was.codec != now.codec:
        yield converted(f"{was.label} as {now.codec}", (was.label, f"converted to {now.codec}"),
                        (was.label, now.codec))


def _said_when(was: Track, now: Track, pair: Pair) -> Finding:
    """Whether the same words stand at all times; those between any two changes are compared."""
    theirs = [line.moved(pair.offset) for line in words_of(pair.source.path, was.index)
              if _is_inside(line, pair)]
    ours = words_of(pair.output.path, now.index)
    moments = sorted({time for line in (*theirs, *ours) for time in (line.start, line.end)})
    for start, end in pairwise(moments):
        if end - start < 0.02:
            continue
        middle = (start + end) / 2
        wanted, there = _standing(theirs, middle), _standing(ours, middle)
        if wanted != there and _until(pair, middle):
            detail = (f"{was.label}: at {middle - pair.offset:.2f} s stands "
                      f"{' / '.join(sorted(there)) or 'nothing'} instead of "
                      f"{' / '.join(sorted(wanted)) or 'nothing'}")
            return converted(detail, (was.label, "overlap"), ("overlap",))
    return kept(f"{was.label}, {len(theirs)} lines")


def _until(pair: Pair, time: float) -> bool:
    return pair.end is None or time < pair.end + pair.offset


def _is_inside(line: Line, pair: Pair) -> bool:
    return line.end > pair.start - 1e-6 if pair.span.start is not None else True


def _standing(lines: list[Line], time: float) -> set[str]:
    return {part for line in lines if line.start <= time < line.end
            for part in line.text.splitlines() if part.strip()}


def chapters(pair: Pair) -> Iterator[Finding]:
    """Every chapter that begins inside, under its name."""
    theirs = [(max(float(start), _begin(pair)) + pair.offset, title)
              for start, end, title in pair.source.chapters
              if (pair.span.start is None or end > pair.start)
              and (pair.end is None or start < pair.end)]
    ours = [(float(start), title) for start, _, title in pair.output.chapters]
    if not theirs and not ours:
        yield absent("no chapters")
    elif len(theirs) != len(ours):
        yield wrong(f"{len(ours)} chapters instead of {len(theirs)}")
    elif any(abs(was - now) > 0.0021 or before != after
             for (was, before), (now, after) in zip(theirs, ours, strict=True)):
        yield wrong(f"The chapters are {ours} instead of {theirs}")
    else:
        yield kept(f"{len(ours)} chapters")


def _begin(pair: Pair) -> float:
    return pair.start if pair.span.start is not None else float("-inf")


def attachments(pair: Pair) -> Iterator[Finding]:
    """Files and cover art that the source carries."""
    theirs = pair.source.of_kind("attachment", "cover")
    there = {track.payload for track in pair.output.of_kind("attachment", "cover")}
    if not theirs:
        yield absent("no attachments")
    for track in theirs:
        if track.payload in there:
            yield kept(track.label)
        else:
            yield dropped(f"{track.kind} {track.label} is missing", (track.label, "left out"))


_MADE_BY_MUXERS = ("major_brand", "minor_version", "compatible_brands", "encoder", "brushreel",
                   "duration", "timecode", "creation_time", "handler_name", "vendor_id", "language",
                   "title", "name", "alpha_mode", "number_of_", "bps", "_statistics", "filename",
                   "mimetype", "rotate", "handler_vendor_id", "stereo_mode")


def metadata(pair: Pair) -> Iterator[Finding]:
    """The tags of the file and of its picture, and the timecode."""
    ours = {key.lower(): value for key, value in pair.output.tags.items()}
    lost = {key: value for key, value in pair.source.tags.items()
            if key.lower() not in ("major_brand", "minor_version", "compatible_brands", "encoder")
            and not _held(ours, key, value)}
    if lost:
        key, value = next(iter(lost.items()))
        yield wrong(f"{len(lost)} tags are missing or changed, such as {key}={value[:40]!r}")
    theirs = [track for track in (pair.source.packets, *pair.source.of_kind("audio"))
              if language_of(track) != "und" or title_of(track)]
    yield kept(f"{len(pair.source.tags)} tags, {len(theirs)} named tracks")
    yield from _picture_tags(pair)
    yield from _timecode(pair)


def _held(tags: Mapping[str, str], key: str, value: str) -> bool:
    found = tags.get(key.lower())
    return found is not None and (found.strip() == value.strip()
                                  or _moment(found) == _moment(value))


def _moment(value: str) -> str:
    """A creation time as far as whole seconds, which is what some containers hold."""
    return value.replace(" ", "T").split(".")[0].rstrip("Z")


def _picture_tags(pair: Pair) -> Iterator[Finding]:
    was, now = pair.source.packets, pair.output.packets
    if language_of(was) != language_of(now):
        yield wrong(f"The picture's language is {language_of(now)}, not {language_of(was)}")
    if title_of(was) and title_of(was) != title_of(now):
        yield wrong(f"The picture's title is '{title_of(now)}', not '{title_of(was)}'")


def _timecode(pair: Pair) -> Iterator[Finding]:
    was, now = timecode_of(pair.source), timecode_of(pair.output)
    if not was or pair.span.start:
        return
    if was.replace(";", ":") == now.replace(";", ":"):
        yield kept(f"timecode {now}")
    else:
        yield wrong(f"The timecode is {now or 'missing'} instead of {was}")


def timecode_of(file: Inspection) -> str:
    places = [file.tags, file.stream_tags, *(track.tags for track in file.tracks)]
    return next((value for tags in places for key, value in tags.items()
                 if key.lower() == "timecode"), "")


def data(pair: Pair) -> Iterator[Finding]:
    """Data tracks and further pictures."""
    theirs = [track for track in pair.source.of_kind("data", "video", "unknown")
              if len(track.digests) and "timecode" not in track.tags]
    if pair.source.chapters:  # QuickTime keeps their titles in such a track
        theirs = [track for track in theirs if len(track.digests) != len(pair.source.chapters)]
    digests = {int(digest) for track in pair.output.tracks for digest in track.digests}
    if not theirs:
        yield absent("no data")
    for track in theirs:
        if {int(digest) for digest in track.digests} & digests:
            yield kept(f"{track.kind} {track.label}")
        else:
            yield dropped(f"{track.kind} {track.label} is missing", (track.label, "left out"))
