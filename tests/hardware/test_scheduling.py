"""No encoder puts this process before everything else on the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.io.codecs import CODECS

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="root on Linux alone may go first")
ENCODE = """
import os, sys
from fractions import Fraction
from pathlib import Path
from core.io.encode import Encoder
from core.io.encoders import VideoSpec, really_opens
from core.io.picture import Picture

def ordinary():
    return all(os.sched_getscheduler(int(thread.name)) == os.SCHED_OTHER
               for thread in Path("/proc/self/task").iterdir())

codec, file, muxer = sys.argv[1:]
spec = VideoSpec(codec, "yuv422p10le" if codec == "prores" else "yuv420p", 320, 240, Fraction(25))
assert ordinary()
assert really_opens(spec)
assert ordinary(), "trying it"
encoder = Encoder(Path(file), spec, muxer)
for _ in range(3):
    encoder.write(Picture.blank(320, 240, spec.planar))
    assert ordinary(), "writing with it"
encoder.close()
assert ordinary(), "closing it"
"""


@pytest.mark.parametrize("codec", [name for name, codec in CODECS.items() if not codec.software])
def test_every_thread_stays_as_it_was(codec: str, tmp_path: Path) -> None:
    """In a process of its own, as others are unharmed by the encoder that is opened there."""
    place = str(tmp_path / "film.mkv")
    done = subprocess.run([sys.executable, "-c", ENCODE, codec, place, "matroska"],
                          capture_output=True, text=True, check=False, timeout=60,
                          env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])})
    assert done.returncode == 0, done.stderr
