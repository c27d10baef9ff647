"""Speech: flite says a text, audioop brings it into the session's format. Everything is made once and kept."""
import asyncio
import audioop
import io
import os
import tempfile
import wave

BYTES_PER_MS = {"audio/pcmu": 8, "audio/pcma": 8, "audio/pcm": 48}
RATE = {"audio/pcmu": 8000, "audio/pcma": 8000, "audio/pcm": 24000}

# half-band low-pass, 15 taps: keeps what is above 4 kHz from folding into the telephone band
HALF_BAND = {0: 0.5, 1: 0.3056, 3: -0.0719, 5: 0.0215, 7: -0.0052}


def shifted(pcm, samples):
    """The same sound, later (or earlier, if negative) by a number of samples; the length stays."""
    zeros = b"\0\0" * abs(samples)
    return zeros + pcm[:len(pcm) - len(zeros)] if samples >= 0 else pcm[len(zeros):] + zeros


def low_pass(pcm):
    """Below a quarter of the sample rate; a FIR by whole-buffer additions, because Python loops are slow."""
    out = audioop.mul(pcm, 2, HALF_BAND[0])
    for tap in (1, 3, 5, 7):
        for side in (tap, -tap):
            out = audioop.add(out, audioop.mul(shifted(pcm, side), 2, HALF_BAND[tap]), 2)
    return out


def resample(pcm, rate, wanted):
    if rate == 2 * wanted:
        pcm = low_pass(pcm)
    return pcm if rate == wanted else audioop.ratecv(pcm, 2, 1, rate, wanted, None)[0]


def encode(pcm, kind):
    """16-bit samples as the bytes of a Realtime format."""
    if kind == "audio/pcmu":
        return audioop.lin2ulaw(pcm, 2)
    if kind == "audio/pcma":
        return audioop.lin2alaw(pcm, 2)
    return pcm


def decode(data, kind):
    """Bytes of a Realtime format as 16-bit samples."""
    if kind == "audio/pcmu":
        return audioop.ulaw2lin(data, 2)
    if kind == "audio/pcma":
        return audioop.alaw2lin(data, 2)
    return data


def loudness(data, kind):
    """RMS of the samples."""
    return audioop.rms(decode(data, kind), 2)


class Speech:
    """A voice and all it has said so far."""

    def __init__(self, voice="rms"):
        self.voice = voice
        self.wavs = {}          # text -> task that yields (pcm, rate)
        self.sounds = {}        # (text, format) -> bytes
        self.slots = None       # two flites at a time; made when the loop runs

    async def audio(self, text, kind):
        """The text as sound in the given format."""
        key = (text, kind)
        if key not in self.sounds:
            pcm, rate = await asyncio.shield(self.prepare(text))
            self.sounds[key] = encode(resample(pcm, rate, RATE[kind]), kind)
        return self.sounds[key]

    def prepare(self, text):
        """Starts the synthesis, if it was not yet started; returns its task."""
        if text not in self.wavs:
            if self.slots is None:
                self.slots = asyncio.Semaphore(2)
            self.wavs[text] = asyncio.ensure_future(self._synthesise(text))
        return self.wavs[text]

    async def _synthesise(self, text):
        if not any(c.isalnum() for c in text):
            return b"\0\0" * 1600, 16000
        async with self.slots:
            with tempfile.TemporaryDirectory(prefix="rd-sim-") as folder:
                path = os.path.join(folder, "say.wav")
                child = await asyncio.create_subprocess_exec(
                    "flite", "-voice", self.voice, "-t", text, "-o", path,
                    stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL)
                if await child.wait() != 0:
                    raise RuntimeError(f"cannot synthesise with voice {self.voice}: flite failed")
                with open(path, "rb") as f:
                    data = f.read()
        with wave.open(io.BytesIO(data)) as wav:
            return wav.readframes(wav.getnframes()), wav.getframerate()
