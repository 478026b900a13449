"""demo: make the sample clip and render it, to see that everything works."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from core.errors import InputError
from core.render.options import RenderOptions
from scripts.arguments import PROGRAM
from scripts.batch import Job, run_batch
from scripts.failures import DONE
from scripts.looks import recipes_from
from scripts.report import print_json, report
from scripts.targets import OUTPUTS, made
from scripts.terminal import Step, note, progress_shown, say

HELP = "Make the sample clip and render it as a pencil drawing."

SAMPLE = "brushreel-sample.mp4"
STYLE = "pencil"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true",
                        help="render again though the result is there")
    parser.add_argument("--training-data", action="store_true",
                        help="fill trainer/data with photographs and pairs to train on, and stop")
    parser.add_argument("--clip", type=Path, metavar="DIR",
                        help="only make the sample clip, in this folder")
    parser.set_defaults(set=[], strength=None, keep_colors=None, mask=None, temporal=None,
                        deflicker=None)


def run(args: argparse.Namespace) -> int:
    if args.training_data:
        return _training_data(args)
    if args.clip is not None:
        return _clip_alone(args)
    [recipe] = recipes_from(args, STYLE)
    with made(OUTPUTS):
        clip = sample_clip(OUTPUTS)
        target = OUTPUTS / f"{clip.stem}_{STYLE}.mp4"
        if _is_whole(target) and not args.overwrite and not args.json:
            say(f"{target}\n  is there from an earlier demo; --overwrite renders it again.")
            code = 0
        else:
            options = RenderOptions(overwrite=True)
            code = report(run_batch([Job(clip, recipe, lambda: target)], options), args.json,
                          several=False)
    if code == 0:
        note(f"\nThe clip it was made from: {clip}\nThe same with your own: "
             f"{PROGRAM} render --in YOUR_CLIP --styles {STYLE}")
    return code


def _training_data(args: argparse.Namespace) -> int:
    from scripts import training_data

    folder = training_data.FOLDER
    with progress_shown("Filling trainer/data") as show:
        for step in training_data.fill(folder):
            show(step)
    if args.json:
        print_json({"data": str(folder)})
    else:
        say(f"{folder}\n  Train on it: {PROGRAM} train --data trainer/data --epochs 1 "
            "--export model.onnx")
    return DONE


def _clip_alone(args: argparse.Namespace) -> int:
    with made(args.clip):
        clip = sample_clip(args.clip)
    if args.json:
        print_json({"path": str(clip)})
    else:
        say(str(clip))
    return DONE


def sample_clip(folder: Path) -> Path:
    """The sample clip in `folder`, made there unless it is there already."""
    clip = folder / SAMPLE
    if not _is_whole(clip):
        with progress_shown(f"Making {SAMPLE}") as show:
            for step in make_clip(clip):
                show(step)
    return clip


def make_clip(clip: Path, repeats: int = 1) -> Iterator[Step]:
    """Draw and write the clip, `repeats` times over; half-way nothing stands under its name."""
    from core.io import VideoWriter
    from core.progress import Pace
    from scripts.sample import HEIGHT, RATE, SAMPLE_RATE, WIDTH, frames, score
    from scripts.sample.shots import FRAMES

    with VideoWriter(clip, WIDTH, HEIGHT, RATE, codec="h264", effort="speed",
                     sample_rate=SAMPLE_RATE) as writer:
        pace = Pace(FRAMES * repeats)
        sound, per_frame = score().T, SAMPLE_RATE / RATE
        again = chain.from_iterable(frames() for _ in range(repeats))
        for number, frame in enumerate(again):
            place = number % FRAMES
            writer.write_frame(frame)
            writer.write_sound(sound[round(place * per_frame):round((place + 1) * per_frame)])
            pace.step()
            yield Step("draw", pace.done, pace.total, pace.fps, pace.eta)


def _is_whole(path: Path) -> bool:
    """A file under its final name is complete; whether it is a video still tells the probe."""
    from core.io import VideoProbe

    try:
        return bool(VideoProbe.probe(path).frames)
    except InputError:
        return False
