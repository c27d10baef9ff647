"""The simulator's log: one JSON object a line, times in CLOCK_MONOTONIC microseconds (as the birth of our frames).

Sound is never written, only its length: "audio" becomes "audio_ms", "delta" of sound becomes "delta_ms".
"""
import collections
import json
import sys
import time


def ms_of(text, bytes_per_ms):
    """Length in ms of base64 sound, without decoding it."""
    if not isinstance(text, str):
        return None
    size = len(text) * 3 // 4 - text[-2:].count("=")
    return round(size / bytes_per_ms, 1)


def redact(value, bytes_per_ms):
    """A copy of an event with sound replaced by its length."""
    if isinstance(value, list):
        return [redact(v, bytes_per_ms) for v in value]
    if not isinstance(value, dict):
        return value
    sound = value.get("type") in ("response.output_audio.delta", "response.audio.delta")
    out = {}
    for key, inner in value.items():
        if key == "audio" and isinstance(inner, str):
            out["audio_ms"] = ms_of(inner, bytes_per_ms)
        elif key == "delta" and sound:
            out["delta_ms"] = ms_of(inner, bytes_per_ms)
        else:
            out[key] = redact(inner, bytes_per_ms)
    return out


class Log:
    """Writes the file, counts what happened, and says on stderr what someone must look at."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8") if path else None
        self.counts = collections.Counter()
        self.violated = collections.Counter()       # the violations among them, by label

    def write(self, kind, flush=True, **fields):
        if self.file is None:
            return
        line = {"us": time.monotonic_ns() // 1000, "kind": kind}
        line.update(fields)
        self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
        if flush:
            self.file.flush()

    def count(self, name, by=1):
        self.counts[name] += by

    def violation(self, label, conn, text, **fields):
        """What no correct client does; it decides the exit status unless the script allows it."""
        self.counts["violations"] += 1
        self.counts[label] += 1
        self.violated[label] += 1
        self.write("violation", label=label, conn=conn, text=text, **fields)
        print(f"rd-sim-model: violation on connection {conn}: {label}: {text}", file=sys.stderr, flush=True)

    def race(self, label, conn, text, **fields):
        """Refused, but a correct client may run into it."""
        self.counts["races"] += 1
        self.counts[label] += 1
        self.write("race", label=label, conn=conn, text=text, **fields)

    def close(self):
        if self.file:
            self.file.close()
            self.file = None
