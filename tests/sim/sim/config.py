"""The session object: its defaults, partial updates, and what may not be changed (openai-realtime.md §3)."""
import copy
import re

from .ear import DEFAULT_VAD
from .schema import Problem, invalid

VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar")
NO_REASONING = ("gpt-realtime", "gpt-realtime-1.5", "gpt-realtime-2025-08-28", "gpt-realtime-mini")
DEFAULT = {
    "type": "realtime", "instructions": "You are a helpful assistant.", "output_modalities": ["audio"],
    "audio": {
        "input": {"format": {"type": "audio/pcm", "rate": 24000}, "noise_reduction": None, "transcription": None,
                  "turn_detection": dict(DEFAULT_VAD, silence_duration_ms=200)},
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy", "speed": 1.0}},
    "tools": [], "tool_choice": "auto", "max_output_tokens": "inf", "truncation": "auto", "tracing": None,
}


def new(model):
    return dict(copy.deepcopy(DEFAULT), model=model)


def merge(old, update):
    """Only what is present changes; settings that are a whole (format, turn detection, …) are replaced."""
    out = copy.deepcopy(old)
    audio = update.get("audio", {})
    out.update({k: v for k, v in update.items() if k != "audio"})
    for side in ("input", "output"):
        out["audio"][side].update(audio.get(side, {}))
    turns = out["audio"]["input"]["turn_detection"]
    if turns and turns["type"] == "server_vad":
        out["audio"]["input"]["turn_detection"] = dict(DEFAULT_VAD, **turns)
    elif turns:
        out["audio"]["input"]["turn_detection"] = dict(
            {"eagerness": "auto", "create_response": True, "interrupt_response": True}, **turns)
    return out


def hearing(turns):
    """The ear's settings: semantic turn detection is played as server_vad with 500 ms."""
    if turns and turns["type"] == "semantic_vad":
        return dict(DEFAULT_VAD, create_response=turns["create_response"],
                    interrupt_response=turns["interrupt_response"])
    return turns


def problems(old, update, voice_locked):
    """(label, Problem) of an update whose fields are all known."""
    if update["type"] != old["type"]:
        yield "session_type", invalid("session.type", "A realtime session cannot become a transcription session.")
    if update.get("model", old["model"]) != old["model"]:
        yield "model_change", invalid("session.model", "The model of a session cannot be changed.")
    yield from voice_problems(old, update, voice_locked)
    if update.get("reasoning") and old["model"] in NO_REASONING:
        yield "invalid_value", invalid("session.reasoning", f"'reasoning' is not supported by {old['model']}.")
    if len(update.get("output_modalities", ["audio"])) != 1:
        yield "invalid_value", invalid("session.output_modalities", "Choose one of 'audio' and 'text'.")
    yield from tool_problems(update.get("tools", []))


def voice_problems(old, update, locked):
    voice = update.get("audio", {}).get("output", {}).get("voice", old["audio"]["output"]["voice"])
    if isinstance(voice, str) and voice not in VOICES:
        yield "invalid_value", invalid("session.audio.output.voice", f"Invalid value: '{voice}'. Supported values "
                                       f"are: {', '.join(VOICES)}.")
    elif voice != old["audio"]["output"]["voice"] and locked:
        yield "cannot_update_voice", Problem("cannot_update_voice", None, "Cannot update a conversation's voice if "
                                             "assistant audio is present.")


def tool_problems(tools):
    seen = set()
    for i, tool in enumerate(tools):
        if tool["type"] != "function":
            continue
        at = f"session.tools[{i}]"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", tool["name"]) or tool["name"] in seen:
            yield "invalid_value", invalid(f"{at}.name", f"Invalid or repeated tool name '{tool['name']}'.")
        seen.add(tool["name"])
        schema = tool.get("parameters", {"type": "object"})
        if not isinstance(schema, dict) or schema.get("type") != "object":
            yield "invalid_value", invalid(f"{at}.parameters", "Expected a JSON Schema of type 'object'.")
