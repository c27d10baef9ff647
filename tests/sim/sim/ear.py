"""What the model hears: the input buffer, its clock (ms of sound written) and the turn detection by energy."""
from .speech import BYTES_PER_MS, loudness

WINDOW_MS = 20
ONSET_WINDOWS = 3       # 60 ms of loud sound are speech; a click is not
DEFAULT_VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500,
               "idle_timeout_ms": None, "create_response": True, "interrupt_response": True}


def loudness_limit(threshold):
    """The level (RMS of 16-bit samples) that counts as speech: -50 dBFS at 0, -35 at 0.5, -20 at 1."""
    return 32768 * 10 ** ((-50 + 30 * threshold) / 20)


class Ear:
    """One session's input buffer. append() tells where speech began and ended."""

    def __init__(self):
        self.kind = "audio/pcm"
        self.vad = dict(DEFAULT_VAD, silence_duration_ms=200)
        self.written_ms = 0.0       # sound written in this session; commit does not reset it
        self.from_ms = 0.0          # where the uncommitted part begins
        self._forget()

    def _forget(self):
        self.part = b""
        self.loud = self.quiet_ms = 0
        self.speaking = False
        self.start_ms = 0

    def configure(self, kind, vad):
        """A new format drops the unfinished window; new turn detection starts listening anew."""
        if kind != self.kind:
            self.kind, self.part = kind, b""
        if vad != self.vad:
            self.vad = vad
            self._forget()

    def append(self, data):
        """Takes sound; returns [("started", start_ms) | ("stopped", start_ms, end_ms)] in order."""
        self.part += data
        size = WINDOW_MS * BYTES_PER_MS[self.kind]
        out = []
        at = 0
        while len(self.part) - at >= size:
            level = loudness(self.part[at:at + size], self.kind)
            at += size
            self.written_ms += WINDOW_MS
            if self.vad:
                out += self._window(level)
        self.part = self.part[at:]
        return out

    def _window(self, level):
        limit = loudness_limit(self.vad["threshold"])
        if not self.speaking:
            self.loud = self.loud + 1 if level >= limit else 0
            if self.loud < ONSET_WINDOWS:
                return []
            self.speaking, self.quiet_ms = True, 0
            began = self.written_ms - self.loud * WINDOW_MS - self.vad["prefix_padding_ms"]
            self.start_ms = int(max(began, self.from_ms))
            return [("started", self.start_ms)]
        self.quiet_ms = 0 if level >= 0.7 * limit else self.quiet_ms + WINDOW_MS
        if self.quiet_ms < self.vad["silence_duration_ms"]:
            return []
        self.speaking, self.loud = False, 0
        return [("stopped", self.start_ms, int(self.written_ms))]

    def commit(self):
        """The buffer becomes an item: returns its length in ms."""
        begin = self.start_ms if self.vad else self.from_ms
        length = self.written_ms - max(begin, self.from_ms)
        self.from_ms = self.written_ms
        return int(length)

    def uncommitted_ms(self):
        return self.written_ms - self.from_ms + len(self.part) / BYTES_PER_MS[self.kind]

    def clear(self):
        self.from_ms = self.written_ms
        self._forget()
