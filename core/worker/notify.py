"""A message on the desktop, where the desktop takes any."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping

from core.jobs.states import State

_TOAST = r"""
param($title, $text)
[void][Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]
$kind = [Windows.UI.Notifications.ToastTemplateType]::ToastText02
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent($kind)
$sender = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
$lines = $toast.GetElementsByTagName('text')
[void]$lines.Item(0).AppendChild($toast.CreateTextNode($title))
[void]$lines.Item(1).AppendChild($toast.CreateTextNode($text))
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($sender).Show(
    [Windows.UI.Notifications.ToastNotification]::new($toast))
"""
_APPLE = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
_LONGEST = 20
"""Seconds that a message may take to appear."""


def notify(title: str, text: str) -> None:
    """Show a message; where there is no way to, or it fails, nothing happens."""
    command = notify_command(title, text)
    if command:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=_LONGEST, check=False)


def notify_command(title: str, text: str) -> list[str]:
    """As a list of arguments, so that no text is ever read as a command."""
    if sys.platform == "win32":
        shell = shutil.which("powershell")
        # What follows a script block becomes part of the script: words go in as quoted literals,
        # in which everything that PowerShell takes for a quote is doubled.
        words = " ".join("'" + re.sub("(['\u2018-\u201b])", r"\1\1", word) + "'"
                         for word in (title, text))
        return [shell, "-NoProfile", "-NonInteractive", "-Command",
                f"& {{{_TOAST}}} {words}"] if shell else []
    if osascript := shutil.which("osascript"):
        return [osascript, "-e", _APPLE, title, text]
    if send := shutil.which("notify-send"):
        return [send, "--app-name=Brushreel", "--", title, text]
    return []


def summary(ended: Mapping[State, int]) -> str:
    """What became of a queue's jobs, in a few words: 5 done, 1 failed."""
    done = ended.get(State.DONE, 0) + ended.get(State.DONE_WITH_WARNINGS, 0)
    parts = [f"{done} done"] if done else []
    for state in (State.FAILED, State.PAUSED):
        if ended.get(state):
            parts.append(f"{ended[state]} {state}")
    warned = ended.get(State.DONE_WITH_WARNINGS, 0)
    return ", ".join(parts) + (f" ({warned} with warnings)" if warned else "") + "."
