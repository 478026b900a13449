"""Sounds made of sines and noise. Every function returns float64 (samples,) or (2, samples)."""

import numpy as np

SAMPLE_RATE = 48_000
_TAU = 2 * np.pi


def frequency(note: int) -> float:
    """Hertz of a MIDI note number in equal temperament."""
    return 440.0 * 2 ** ((note - 69) / 12)


def times(seconds: float) -> np.ndarray:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def swell(seconds: float, attack: float, release: float) -> np.ndarray:
    """An envelope that rises and falls like half a cosine."""
    time = times(seconds)
    rise, fall = time / attack, (seconds - time) / release
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(np.minimum(rise, fall), 0, 1))


def pad(note: int, seconds: float) -> np.ndarray:
    """Three slightly detuned voices spread from left to right, warm: few high partials."""
    time = times(seconds)
    sound = np.zeros((2, time.size))
    for cents, left in ((-6, 0.8), (0, 0.5), (7, 0.2)):
        pitch = frequency(note) * 2 ** (cents / 1200)
        drift = 0.02 * np.sin(_TAU * (0.21 + 0.01 * cents) * time + note)
        phase = _TAU * pitch * time + drift * pitch / 20
        voice = sum(np.sin(k * phase + k * cents) / k ** 2.1 for k in range(1, 7))
        sound += np.outer([np.sqrt(left), np.sqrt(1 - left)], voice)
    return sound * swell(seconds, 0.55, 0.75)


def pluck(note: int, seconds: float = 1.6) -> np.ndarray:
    """A soft struck string, between kalimba and electric piano."""
    time, pitch = times(seconds), frequency(note)
    partials = ((1, 1.0, 2.6), (2, 0.35, 4.5), (3, 0.16, 7.0), (4.02, 0.10, 11.0), (6.05, 0.05, 20))
    sound = sum(level * np.exp(-decay * time) * np.sin(_TAU * pitch * ratio * time)
                for ratio, level, decay in partials)
    return sound * _edges(time, seconds, 0.004)


def bell(note: int, seconds: float = 3.0) -> np.ndarray:
    """A distant bell: partials that are no multiples of each other."""
    time, pitch = times(seconds), frequency(note)
    partials = ((1, 1.0, 1.4), (2.76, 0.4, 2.4), (5.4, 0.15, 4.5), (8.93, 0.05, 8.0))
    sound = sum(level * np.exp(-decay * time) * np.sin(_TAU * pitch * ratio * time)
                for ratio, level, decay in partials)
    return sound * _edges(time, seconds, 0.006)


def bass(note: int, seconds: float) -> np.ndarray:
    time = times(seconds)
    phase = _TAU * frequency(note) * time
    sound = np.sin(phase) + 0.35 * np.sin(2 * phase) + 0.12 * np.sin(3 * phase)
    return sound * np.exp(-0.7 * time) * swell(seconds, 0.03, 0.25)


def beat(seconds: float = 0.5) -> np.ndarray:
    """A soft low drum: a sine that falls from 110 to 48 Hz."""
    time = times(seconds)
    phase = _TAU * (48 * time + (110 - 48) / 28 * (1 - np.exp(-28 * time)))
    return np.sin(phase) * np.exp(-8 * time) * _edges(time, seconds, 0.003)


def breath(seconds: float, random: np.random.Generator) -> np.ndarray:
    """Airy stereo noise that swells and stops: what leads into a cut."""
    time = times(seconds)
    noise = band(random.standard_normal((2, time.size)), 1_500, 7_000)
    return noise * (time / seconds) ** 3 * _edges(time, seconds, 0.012)


def reverberation(sound: np.ndarray, seconds: float, random: np.random.Generator) -> np.ndarray:
    """The answer of a large soft room to (2, samples); noise that decays, a little after."""
    time = times(seconds)
    answer = random.standard_normal((2, time.size)) * np.exp(-5.5 / seconds * time)
    answer = band(answer * np.minimum(time / 0.02, 1), 180, 4_200)
    answer = np.pad(answer, ((0, 0), (round(0.018 * SAMPLE_RATE), 0)))
    answer /= np.sqrt((answer ** 2).sum(axis=1, keepdims=True))
    size = 1 << (sound.shape[1] + answer.shape[1]).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(answer, size)
    return np.fft.irfft(spectrum, size)[:, :sound.shape[1]]


def band(sound: np.ndarray, low: float, high: float) -> np.ndarray:
    """What lies between two frequencies, with slopes of 12 dB per octave and no phase shift."""
    size = 1 << (2 * sound.shape[-1]).bit_length()
    pitch = np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 1e-6)
    gain = 1 / (1 + (low / pitch) ** 2) / (1 + (pitch / high) ** 2)
    return np.fft.irfft(np.fft.rfft(sound, size) * gain, size)[..., :sound.shape[-1]]


def _edges(time: np.ndarray, seconds: float, attack: float) -> np.ndarray:
    """Fades too short to be heard as such, so that nothing clicks."""
    return np.clip(np.minimum(time / attack, (seconds - time) / 0.05), 0, 1)
