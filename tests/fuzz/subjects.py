"""What is tried with a damaged file: each subject makes one and says which commands meet it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import av
import onnx

from core.pipeline import Pipeline
from core.recipe import Recipe
from tests.fuzz.mutations import damaged, damaged_json, damaged_text
from tests.fuzz.seeds import CLIP, MODEL

Command = Sequence[str | Path] | Callable[[], object]
CONTAINERS = ("mp4", "mkv", "mov", "webm")


@dataclass(frozen=True)
class Trial:
    """`commands` run one after the other; all of them must work if `source` is whole.

    `mutant` is the damaged file, `mended` tells that what is damaged is made anew.
    """

    mutant: Path
    commands: tuple[Command, ...]
    source: Path | None = None
    mended: bool = False


@dataclass(frozen=True)
class Place:
    """Where a case works: sound files, an empty folder, and what its choices come from."""

    seeds: Path
    folder: Path
    choose: random.Random

    @property
    def clip(self) -> Path:
        return self.seeds / CLIP

    def out(self) -> Path:
        return self.folder / "out" / f"result.{self.choose.choice(CONTAINERS)}"

    def mutant(self, seed: Path, damage: Callable[[bytes, random.Random], bytes] = damaged) -> Path:
        path = self.folder / seed.name
        path.write_bytes(damage(seed.read_bytes(), self.choose))
        return path

    def any(self, folder: str) -> Path:
        return self.choose.choice(sorted((self.seeds / folder).iterdir()))

    def render(self, source: Path, *more: str | Path, style: str = "") -> Command:
        style = style or self.choose.choice(("identity", "identity", "pencil"))
        return ["render", "--in", source, "--styles", style, "--out", self.out(), *more]

    def with_data(self) -> Path:
        """The case's own copy of the data folder."""
        return shutil.copytree(self.seeds / "data", self.folder / "data", dirs_exist_ok=True)


def media(place: Place) -> Trial:
    mutant = place.mutant(place.any("media"))
    container, *more = place.choose.choice((
        ["mp4"], ["mkv"], ["mov"], ["webm"], ["mp4", "--audio", "aac"], ["mkv", "--audio", "opus"],
        ["webm", "--audio", "opus"], ["mov", "--audio", "none"], ["mkv", "--codec", "ffv1"],
        ["mov", "--codec", "prores"], ["mp4", "--temporal", "flow"]))
    style = place.choose.choice(("identity", "identity", "pencil"))
    return Trial(mutant, (["render", "--in", mutant, "--styles", style, "--out",
                           place.folder / "out" / f"result.{container}", *more],), source=mutant)


def media_elsewhere(place: Place) -> Trial:
    """The other commands that read videos, of which a range may show nothing."""
    mutant = place.mutant(place.any("media"))
    out = place.folder / "out"
    commands: tuple[Command, ...] = (
        ["probe", mutant], ["scenes", mutant], ["verify", mutant],
        ["verify", place.clip, "--source", mutant], ["verify", mutant, "--source", place.clip],
        ["preview", "--in", mutant, "--style", "pencil", "--out", out / "preview.mp4"],
        ["preview", "--in", mutant, "--style", "pencil", "--frame", "0.2", "--out", out / "a.png"],
        ["metrics", place.clip, mutant, "--no-lpips"],
        ["render", "--like", mutant, "--in", place.clip, "--out", out / "like.mp4"],
        place.render(mutant, "--start", "0.1", "--end", "0.3"),
        ["queue", "add", "--in", mutant, "--styles", "pencil", "--out", place.folder / "out"])
    return Trial(mutant, (place.choose.choice(commands),))


def mask(place: Place) -> Trial:
    mutant = place.mutant(place.any("masks"))
    return Trial(mutant, (place.render(place.clip, "--mask", mutant, style="pencil"),))


def lut(place: Place) -> Trial:
    damage = place.choose.choice((damaged, damaged_text, damaged_text))
    mutant = place.mutant(place.any("luts"), damage)
    return Trial(mutant, (place.render(
        place.clip, "--set", f"cinematic.lut_path={mutant}", style="cinematic"),))


def painting(place: Place) -> Trial:
    mutant = place.mutant(place.any("pictures"))
    kind = place.choose.choice(("pencil", "pencil", "paint", "train"))
    if kind == "train":
        from trainer.dataset import read_content
        return Trial(mutant, (lambda: read_content(mutant.parent),))
    chosen = [f"paint.style_image={mutant}"] if kind == "paint" else [
        "pencil.use_texture=true", f"pencil.texture_path={mutant}"]
    return Trial(mutant, (place.render(place.clip, "--set", *chosen, style=kind),))


def recipe(place: Place) -> Trial:
    mutant = place.mutant(place.seeds / "recipe.json", damaged_json)
    return Trial(mutant, (["render", "--in", place.clip, "--recipe", mutant,
                           "--out", place.out()],))


def embedded_recipe(place: Place) -> Trial:
    """In the tags of a video."""
    mutant = place.folder / "like.mp4"
    with av.open(str(place.seeds / "styled.mp4")) as source:
        text = damaged_json(source.metadata["brushreel"].encode(), place.choose)
        with av.open(str(mutant), "w", options={"movflags": "use_metadata_tags"}) as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            target.metadata["brushreel"] = text.decode("utf-8", "ignore").replace("\0", "")
            for packet in source.demux(source.streams.video[0]):
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
    return Trial(mutant, (["render", "--like", mutant, "--in", place.clip, "--out", place.out()],
                          ["verify", mutant, "--source", place.clip]))


def network(place: Place) -> Trial:
    def damage(content: bytes, choose: random.Random) -> bytes:
        return damaged(content, choose) if choose.random() < 0.4 else _other_graph(content, choose)

    mutant = place.mutant(place.seeds / f"{MODEL}.onnx", damage)
    if place.choose.random() < 0.2:
        mutant.with_suffix(".json").write_bytes(damaged_json(_card(place).read_bytes(),
                                                             place.choose))
    return Trial(mutant, (place.choose.choice((
        ["models", "import", mutant, "--name", "other"],
        place.render(place.clip, "--set", f"neural.model_path={mutant}", style="neural"))),))


def _other_graph(content: bytes, choose: random.Random) -> bytes:
    """An ONNX file that can be read and says something else."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    kind = choose.randrange(7)
    node = choose.choice(graph.node)
    if kind == 0:
        node.op_type = choose.choice(("Conv", "Loop", "If", "Resize", "Reshape", "ConstantOfShape",
                                      "Expand", "Tile", "Nothing", ""))
    elif kind == 1 and node.attribute:
        attribute = choose.choice(node.attribute)
        attribute.type = choose.randrange(14)
        attribute.ints[:] = [choose.choice((-1, 0, 1, 2**31, 2**62))] * choose.randrange(5)
    elif kind == 2 and graph.initializer:
        tensor = choose.choice(graph.initializer)
        tensor.dims[:] = [choose.choice((-1, 0, 1, 3, 2**20, 2**40)) for _ in tensor.dims]
    elif kind == 3:
        value = choose.choice([*graph.input, *graph.output])
        for dim in value.type.tensor_type.shape.dim:
            dim.dim_value = choose.choice((-1, 0, 1, 3, 4, 7, 2**20, 2**40))
    elif kind == 4:
        del graph.node[choose.randrange(len(graph.node))]
    elif kind == 5:
        node.input[:] = [choose.choice([name for each in graph.node for name in each.output])]
    else:
        choose.choice([*graph.input, *graph.output]).type.tensor_type.elem_type = choose.randrange(
            24)
    return model.SerializeToString()


def _card(place: Place) -> Path:
    return place.seeds / "data" / "models" / MODEL / "1" / f"{MODEL}.json"


def card(place: Place) -> Trial:
    home = place.with_data() / "models" / MODEL
    seed = place.choose.choice((home / "history.json", home / "1" / f"{MODEL}.json"))
    seed.write_bytes(damaged_json(seed.read_bytes(), place.choose))
    return Trial(seed, (["models", "list"], ["models", "info", MODEL],
                        place.render(place.clip, style=f"neural:{MODEL}")))


def preset(place: Place) -> Trial:
    look = place.choose.choice(("pencil", "cinematic"))
    seed = place.with_data() / "presets" / f"{look}.toml"
    seed.write_bytes(damaged_text(seed.read_bytes(), place.choose))
    return Trial(seed, (["presets", "list"], place.render(place.clip, style=f"{look}:mine"),
                        ["presets", "save", f"{look}:another", "--set", f"{look}.{_SETTING[look]}"]
                        ))


_SETTING: Mapping[str, str] = {"pencil": "blur_sigma=12", "cinematic": "grain=0.1"}


def settings(place: Place) -> Trial:
    seed = place.with_data() / "settings.toml"
    seed.write_bytes(damaged_text(seed.read_bytes(), place.choose))
    return Trial(seed, (place.render(place.clip),), source=place.clip)


def ratings(place: Place) -> Trial:
    """As they were exported."""
    seed = place.seeds / f"ratings.{place.choose.choice(('json', 'csv'))}"
    mutant = place.mutant(seed, damaged_json if seed.suffix == ".json" else damaged_text)
    return Trial(mutant, (["feedback", "import", mutant], ["feedback", "list"]))


def stored_ratings(place: Place) -> Trial:
    home = place.with_data()
    seed = place.choose.choice((home / "feedback" / "feedback.json",
                                home / "feedback" / "feedback.json.spare",
                                home / "quality" / "renders.jsonl"))
    damage = damaged_text if seed.suffix == ".jsonl" else damaged_json
    seed.write_bytes(damage(seed.read_bytes(), place.choose))
    if place.choose.random() < 0.2:
        (home / "feedback" / "feedback.damaged.json").write_bytes(
            damaged_json(b'[{"what": "a", "why": "b", "when": "c", "content": {}}]', place.choose))
    return Trial(seed, (["feedback", "list"], ["feedback", "quality"],
                        ["feedback", "export", place.folder / "out" / "again.csv"]))


def queue(place: Place) -> Trial:
    seed = place.with_data() / "queue.db"
    if place.choose.random() < 0.4:
        seed.write_bytes(damaged(seed.read_bytes(), place.choose))
    else:
        _other_row(seed, place.choose)
    add = ["queue", "add", "--in", place.clip, "--styles", "identity", "--out",
           place.folder / "out" / "job.mp4"]
    return Trial(seed, (["queue", "list"], ["queue", "show", "1"], ["queue", "resume", "2"],
                        ["queue", "move", "2", "--top"], add,
                        ["queue", "cancel", "all"], ["queue", "clear", "all"]))


def _other_row(path: Path, choose: random.Random) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(jobs)")]
        column = choose.choice([*columns, "job_order", "job_order", "job_order", "progress"])
        [old] = connection.execute(f"SELECT {column} FROM jobs WHERE id = 1").fetchone()
        if isinstance(old, str) and old[:1] in ("{", "["):
            new = damaged_json(old.encode(), choose).decode("utf-8", "ignore")
        else:
            new = choose.choice((None, "", "x", -1, 2**62, 1e300, b"\xff\0", "running", [old][0]))
        try:
            connection.execute(f"UPDATE jobs SET {column} = ? WHERE id = 1", (new,))
        except sqlite3.IntegrityError:
            connection.execute("PRAGMA user_version = 77")


def work_folder(place: Place) -> Trial:
    """Of a render that was interrupted: whatever is wrong with it is drawn again."""
    source, target = place.seeds / "long.mp4", place.folder / "out" / "result.mkv"
    style = Recipe.build({"layers": [{"style": "identity"}]})

    def pipeline() -> Pipeline:
        return Pipeline(input_path=source, output_path=target, recipe=style, chunk_duration=1)

    target.parent.mkdir(exist_ok=True)
    with closing(pipeline().run()) as steps:
        for step in steps:
            if step.kept:
                break
    left = sorted(path for path in target.parent.rglob("*") if path.is_file())
    mutant = place.choose.choice(left)
    damage = damaged_json if mutant.suffix == ".json" else damaged
    try:
        mutant.write_bytes(damage(mutant.read_bytes(), place.choose))
    except ValueError:
        mutant.write_bytes(damaged(mutant.read_bytes(), place.choose))
    return Trial(mutant, (lambda: [*pipeline().run()],), source=source, mended=True)


def training(place: Place) -> Trial:
    from trainer.settings import TrainingSettings

    seed = place.folder / "training.toml"
    seed.write_bytes(damaged_text(
        b"width = 8\nblocks = 3\nsize = 128\nlearning_rate = 1e-3\nseed = 4\nprecision = 'auto'\n",
        place.choose))
    return Trial(seed, (lambda: TrainingSettings.load(seed, {}),))


def anything(place: Place) -> Trial:
    """A file of one kind where another is expected."""
    sound = [path for path in sorted(place.seeds.rglob("*"))
             if path.is_file() and path.suffix not in (".lock", ".opening")]
    mutant = place.folder / place.choose.choice(
        ("video.mp4", "lut.cube", "recipe.json", "net.onnx", "paint.png", "ratings.csv", "x.mkv"))
    mutant.write_bytes(place.choose.choice(sound).read_bytes())
    return Trial(mutant, (place.choose.choice((
        place.render(mutant), place.render(place.clip, "--mask", mutant, style="pencil"),
        place.render(place.clip, "--set", f"cinematic.lut_path={mutant}", style="cinematic"),
        ["render", "--in", place.clip, "--recipe", mutant, "--out", place.out()],
        ["render", "--in", place.clip, "--like", mutant, "--out", place.out()],
        ["models", "import", mutant, "--name", "other"], ["feedback", "import", mutant],
        place.render(place.clip, "--set", f"pencil.texture_path={mutant}",
                     "pencil.use_texture=true", style="pencil"))),))


SUBJECTS: Mapping[Callable[[Place], Trial], int] = {
    media: 50, media_elsewhere: 14, mask: 4, lut: 4, painting: 4, recipe: 4, embedded_recipe: 2,
    network: 5, card: 3, preset: 3, settings: 1, ratings: 2, stored_ratings: 3, queue: 5,
    work_folder: 3, training: 1, anything: 3}
"""With how often each is tried."""


def trial(number: int, seeds: Path, folder: Path) -> tuple[str, Trial]:
    """Case `number`, always the same: its subject's name and what is to be done."""
    choose = random.Random(number)
    subject = choose.choices([*SUBJECTS], [*SUBJECTS.values()])[0]
    return subject.__name__, subject(Place(seeds, folder, choose))
