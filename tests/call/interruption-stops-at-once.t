#!/usr/bin/python3
"""The caller interrupts in mid-sentence: silence within 200 ms, and the model is told what was heard, to 20 ms."""
from rig import Rig, late_ms

with Rig("interrupt") as r:
    call = r.phone("--say", "Tell me a long story.", "--interrupt-after", "2000", "--say", "Stop, please.", "--say", "Goodbye.")
    assert call["answered"] and call["end"] == "assistant", call
    assert call["clears"] == 1, call
    assert call["clear_ms"] or call["gaps"], call  # who speaks into a hole interrupts nobody
    assert all(ms <= 700 + late_ms(call) for ms in call["clear_ms"]), call  # 200 ms are ours, the rest is the model's turn detection
    truncated = r.model_events("conversation.item.truncate")
    assert len(truncated) == 1, truncated
    if not call["gaps"]:  # the telephone counts from the last hole on
        assert abs(truncated[0]["event"]["audio_end_ms"] - call["interrupted_at_ms"][0]) <= 20 + late_ms(call), (truncated, call)
