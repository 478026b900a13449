"""What a worker has at hand: patience, lanes, keeping awake, telling the desktop."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from core.jobs import PREVIEW, JobProgress, Order, State
from core.recipe import Recipe
from core.worker import awake
from core.worker.apart import step_back
from core.worker.awake import Awake, battery_note, guard_command
from core.worker.lanes import Lanes, wants_gpu
from core.worker.notify import notify, notify_command, summary
from core.worker.watchdog import Patience, Watchdog
from scripts.latest import Latest


def at(frames: int, stage: str = "render") -> JobProgress:
    return JobProgress(stage, frames, 1000)


def test_the_watchdog_bites_what_hangs_and_no_sooner() -> None:
    dog = Watchdog(Patience(preparing=100, rendering=10, joining=50, times=20), begun=0.0)
    assert dog.hangs(JobProgress(), 99) is None
    assert dog.hangs(at(1), 99) is None
    assert dog.hangs(at(2), 100) is None
    assert dog.hangs(at(2), 119) is None  # 20 times the second that a frame took
    assert dog.hangs(at(2), 121) == 21


def test_its_patience_scales_with_what_a_frame_takes() -> None:
    dog = Watchdog(Patience(rendering=10, joining=50, times=20), begun=0.0)
    for frame in range(5):
        assert dog.hangs(at(frame), 100 + 60 * frame) is None  # a network on a processor, in 8K
    assert dog.hangs(at(4), 340 + 1199) is None
    assert dog.hangs(at(4), 340 + 1201) == 1201


def test_preparing_and_joining_have_a_patience_of_their_own() -> None:
    dog = Watchdog(Patience(preparing=100, rendering=10, joining=50, times=1), begun=0.0)
    assert dog.hangs(JobProgress(), 1) is None
    assert dog.hangs(JobProgress(), 102) == 101
    assert dog.hangs(at(9, "mux"), 200) is None
    assert dog.hangs(at(9, "mux"), 249) is None
    assert dog.hangs(at(9, "mux"), 251) == 51


def test_what_stood_still_through_no_fault_is_excused() -> None:
    dog = Watchdog(Patience(rendering=10), begun=0.0)
    dog.hangs(at(1), 1)
    dog.excuse(1000)
    assert dog.hangs(at(1), 1009) is None
    assert dog.hangs(at(1), 1011) == 11


def order(look: str, codec: str = "h264", kind: str = "render", **params: str) -> Order:
    recipe = Recipe.build({"layers": [{"style": look, "params": params}],
                           "output": {"codec": codec}})
    return Order(kind, "x", Path("x.mp4"), Path("v.mp4"), look, recipe.to_json())


def test_who_wants_the_gpu() -> None:
    assert not wants_gpu(order("pencil"))
    assert wants_gpu(order("pencil", "auto"))
    assert wants_gpu(order("pencil", "hevc_nvenc"))
    assert wants_gpu(Order("train", "x", Path("x.onnx")))
    assert not wants_gpu(order("pencil", "auto", "tune"))
    assert wants_gpu(order("paint", kind="tune"))
    assert wants_gpu(order("paint"))
    assert not wants_gpu(order("paint", use_gpu="off"))
    assert not wants_gpu(Order("render", "x", Path("x.mp4"), recipe_json="{}"))


def test_one_job_on_the_gpu_beside_others() -> None:
    on_gpu, on_cpu = order("pencil", "auto"), order("pencil")
    lanes = Lanes(gpus=2, cpu_jobs=2)
    job = SimpleNamespace
    assert lanes.has_room(job(order=on_gpu), [on_cpu, on_cpu])
    assert not lanes.has_room(job(order=on_gpu), [on_gpu])
    assert lanes.has_room(job(order=on_cpu), [on_gpu, on_cpu])
    assert not lanes.has_room(job(order=on_cpu), [on_cpu, on_cpu])
    assert not Lanes(gpus=0).has_room(job(order=on_cpu), [on_gpu])  # all are the processor's
    assert (lanes.most, Lanes().most) == (4, 2)


def test_a_preview_waits_for_no_render() -> None:
    job, preview = SimpleNamespace, order("pencil", kind=PREVIEW)
    on_gpu = order("pencil", "hevc_nvenc", kind=PREVIEW)
    for lanes in (Lanes(), Lanes(gpus=1)):
        assert lanes.has_room(job(order=preview), [order("pencil")])
        assert not lanes.has_room(job(order=preview), [preview])
        assert lanes.has_room(job(order=order("pencil")), [preview])
    assert not Lanes(gpus=1).has_room(job(order=on_gpu), [order("pencil", "auto")])
    assert Lanes().has_room(job(order=on_gpu), [order("pencil", "auto")])


def test_what_runs_in_the_background_lets_others_go_first() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    before = psutil.Process(process.pid).nice()
    step_back(process.pid)
    after = psutil.Process(process.pid).nice()
    process.communicate()
    step_back(process.pid)  # which has ended, and nothing is said
    assert after == (psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32"
                     else min(before + 5, 19))


def test_a_guard_holds_sleep_off_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                  ) -> None:
    """With a program in systemd-inhibit's place that runs what it is given, as that does."""
    program = tmp_path / "systemd-inhibit"
    program.write_text("#!/bin/sh\nfor word; do case $word in --*) shift;; *) break;; esac; done\n"
                       'exec "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("caffeinate"):
        pytest.skip("this is a Mac, which has caffeinate")
    with Awake() as guard:
        guard.hold()
        guard.hold()
        [held] = [child for child in psutil.Process().children()
                  if f"--pid={os.getpid()}" in " ".join(child.cmdline())]
        assert held.is_running()
        guard.release()
        assert not held.is_running()
        guard.release()
    if sys.platform != "win32":
        # Nothing is left holding the machine awake when whoever asked for it is killed.
        sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        keeper = subprocess.Popen(guard_command(sleeper.pid))
        sleeper.kill()
        sleeper.wait()
        assert keeper.wait(10) == 0


def test_without_such_a_program_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with Awake() as guard:
        guard.hold()
    notify("Brushreel", "Done.")


def test_a_battery_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for battery, said in ((None, ""), (SimpleNamespace(power_plugged=True, percent=80), ""),
                          (SimpleNamespace(power_plugged=None, percent=80), ""),
                          (SimpleNamespace(power_plugged=False, percent=42.4), "(42 %)")):
        monkeypatch.setattr(awake.psutil, "sensors_battery", lambda found=battery: found,
                            raising=False)
        assert said in battery_note()
        assert bool(battery_note()) == bool(said)


@pytest.mark.skipif(sys.platform != "linux", reason="notify-send is Linux's")
def test_the_desktop_is_told_in_arguments_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                ) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor word; do echo "$word" >> {tmp_path}/said; done\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    notify("Brushreel", "--5 'done'; $(rm)")
    assert (tmp_path / "said").read_text().splitlines() == [
        "--app-name=Brushreel", "--", "Brushreel", "--5 'done'; $(rm)"]
    program.write_text("#!/bin/sh\nexit 3\n")
    notify("Brushreel", "Done.")  # a desktop that refuses is no error


def test_windows_words_are_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    script = notify_command("It's", "‘5’ done")[-1]
    assert script.endswith("} 'It''s' '‘‘5’’ done'")


def test_the_sum_of_a_queue() -> None:
    assert summary({State.DONE: 4, State.DONE_WITH_WARNINGS: 1, State.FAILED: 2}) == (
        "5 done, 2 failed (1 with warnings).")
    assert summary({State.PAUSED: 1}) == "1 paused."


def test_the_latest_picture_is_small_whole_and_seldom(tmp_path: Path) -> None:
    import cv2

    path, asked = tmp_path / "latest.jpg", []
    latest = Latest(path)

    def picture(level: int, depth: type = np.uint8) -> np.ndarray:
        asked.append(level)
        image = np.full((540, 1920, 3), level, depth)
        image[..., 2] = 0  # no blue
        return image

    latest(lambda: picture(200))
    latest(lambda: picture(10))
    assert asked == [200]
    shown = cv2.imread(str(path))
    assert shown.shape == (180, 640, 3)
    assert np.abs(shown[90, 300].astype(int) - (0, 200, 200)).max() < 6  # OpenCV reads BGR
    latest._made = time.monotonic() - 2
    latest(lambda: picture(100 << 8, np.uint16))
    assert abs(int(cv2.imread(str(path))[90, 300, 2]) - 100) < 6
    assert [file.name for file in tmp_path.iterdir()] == ["latest.jpg"]
    Latest(tmp_path / "gone" / "latest.jpg")(lambda: picture(1))  # a place that is lost is no error
