"""How events look on the wire: the beta names that some compatible servers still speak, and other bad manners."""
import copy

BETA_NAMES = {
    "response.output_audio.delta": "response.audio.delta", "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta", "response.output_text.done": "response.text.done",
    "conversation.item.added": "conversation.item.created",
}
BETA_FORMATS = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
TWICE = ("response.done", "response.output_audio.done", "input_audio_buffer.speech_started",
         "response.function_call_arguments.done", "conversation.item.input_audio_transcription.completed")


def beta(event):
    """The event in beta names, or None for what beta did not have."""
    if event["type"] == "conversation.item.done":
        return None
    event = copy.deepcopy(event)
    event["type"] = BETA_NAMES.get(event["type"], event["type"])
    if "session" in event:
        event["session"] = beta_session(event["session"])
    items = event.get("response", {}).get("output", []) + ([event["item"]] if "item" in event else [])
    for part in (p for i in items for p in i.get("content", [])):
        part["type"] = {"output_audio": "audio", "output_text": "text"}.get(part["type"], part["type"])
    return event


def beta_session(s):
    """The flat session of the beta."""
    hear, say = s["audio"]["input"], s["audio"]["output"]
    out = {k: v for k, v in s.items() if k not in ("audio", "type", "output_modalities")}
    out.update(modalities=["audio", "text"], voice=say["voice"], turn_detection=hear["turn_detection"],
               input_audio_transcription=hear["transcription"], temperature=0.8,
               input_audio_format=BETA_FORMATS[hear["format"]["type"]],
               output_audio_format=BETA_FORMATS[say["format"]["type"]])
    return out


def mannered(event, manners, number):
    """The events that are really sent for this one."""
    if "no-item-done" in manners and event["type"] == "conversation.item.done":
        return []
    if "no-ids" in manners:
        event = {k: v for k, v in event.items() if k not in ("event_id", "output_index", "content_index")}
    if "null-code" in manners and event["type"] == "error":
        event = dict(event, error=dict(event["error"], code=None))
    if "unknown-events" in manners:
        event = dict(event, sim_extra={"n": number, "list": [1, None, "x"]})
    out = [event] * (2 if "twice" in manners and event["type"] in TWICE else 1)
    if "unknown-events" in manners and number % 3 == 0:
        out.insert(0, {"type": "sim.unknown", "event_id": f"event_unknown_{number}", "response": "not an object"})
    return out
