"""Times of the day, as they are typed and shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.errors import InvalidParameter


def clock_time(text: str, now: datetime | None = None) -> float:
    """An argument type: the next time the clock shows HH:MM, or a date and time; since 1970."""
    now = now or datetime.now().astimezone()
    try:
        if len(text) <= 5:
            clock = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007
            then = datetime.combine(now.date(), clock).astimezone()
            return (then if then > now else then + timedelta(days=1)).timestamp()
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidParameter(f"'{text}' is no time of the day.",
                               "Write 22:30, or 2030-01-31T06:00.") from error


def shown_time(since: float) -> str:
    """Of today the clock alone, else with the date."""
    then, now = datetime.fromtimestamp(since).astimezone(), datetime.now().astimezone()
    return then.strftime("%H:%M" if then.date() == now.date() else "%Y-%m-%d %H:%M")
