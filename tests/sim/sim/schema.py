"""Checks an event against the field lists of tests/data/openai-realtime-events.json, to the last nested field."""
import json
import re

# What the lists do not say but the server insists on (openai-realtime.md §3, §8; notes of the JSON file).
REQUIRED = {
    "RealtimeFunctionTool": ("type", "name"),
    "RealtimeAudioFormats.AudioPCM": ("type", "rate"),
    "RealtimeAudioFormats.AudioPCMU": ("type",),
    "RealtimeAudioFormats.AudioPCMA": ("type",),
    "RealtimeAudioConfigInput.NoiseReduction": ("type",),
    "RealtimeConversationItemSystemMessage.Content": ("type", "text"),
    "RealtimeConversationItemUserMessage.Content": ("type",),
    "RealtimeConversationItemAssistantMessage.Content": ("type",),
    "RealtimeConversationItemFunctionCall": ("call_id",),
}
PART_NEEDS = {"input_text": "text", "output_text": "text", "input_audio": "audio", "input_image": "image_url"}
NULLABLE = {"noise_reduction", "transcription"}
RANGES = {
    "threshold": (0, 1), "speed": (0.25, 1.5), "idle_timeout_ms": (5000, 30000), "audio_end_ms": (0, None),
    "content_index": (0, None), "prefix_padding_ms": (0, None), "silence_duration_ms": (0, None),
    "max_output_tokens": (1, 4096), "retention_ratio": (0, 1), "strength": (0, None),
}
LENGTHS = {"item.id": 32, "call_id": 64, "event_id": 512}
WORD = re.compile(r"^[A-Za-z0-9_-]+$")
PYTHON = {"string": str, "boolean": bool, "array": list, "object": dict}


class Problem:
    """One thing that is wrong with an event: the server's error code, the field, the sentence."""

    def __init__(self, code, param, message):
        self.code, self.param, self.message = code, param, message

    def __repr__(self):
        return f"{self.code} {self.param}: {self.message}"


def unknown(path):
    return Problem("unknown_parameter", path, f"Unknown parameter: '{path}'.")


def missing(path):
    return Problem("missing_required_parameter", path, f"Missing required parameter: '{path}'.")


def invalid(path, text):
    return Problem("invalid_value", path, text)


class Schema:
    """The field lists, loaded once and shared by all sessions."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        self.client, self.server, self.defs = data["client_events"], data["server_events"], data["definitions"]
        # item_reference is allowed in response.create only: the list's own note
        for field in self.client["response.create"]["fields"]:
            if field["name"] == "response":
                field["ref"] = "RealtimeResponseCreateParamsWithReferencesParam"

    def check_client(self, event):
        """Problems of an event that a client sent; an empty list is a good event."""
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            return [missing("type")]
        if event["type"] == "input_audio_buffer.append" and event.keys() <= {"type", "audio", "event_id"} \
                and isinstance(event.get("audio"), str):
            return []       # 50 times a second and call: the short way
        return self._event(self.client, event)

    def check_server(self, event):
        """Problems of an event of our own; for the self-test."""
        return self._event(self.server, event)

    def _event(self, kinds, event):
        kind = kinds.get(event["type"])
        if kind is None:
            return [invalid("type", f"Invalid value: '{event['type']}'. Supported values are the known event types.")]
        return self._object(kind, event, "", "")

    def _object(self, spec, value, path, name):
        if not isinstance(value, dict):
            return [invalid(path, f"Invalid type for '{path}': expected an object.")]
        fields = {f["name"]: f for f in spec["fields"]}
        also = REQUIRED.get(name, ())
        out = []
        for key, inner in value.items():
            where = f"{path}.{key}" if path else key
            out += self._value(fields[key], inner, where, key) if key in fields else [unknown(where)]
        for key, field in fields.items():
            if (field["required"] or key in also) and key not in value:
                out.append(missing(f"{path}.{key}" if path else key))
        need = PART_NEEDS.get(value.get("type")) if name.endswith("Message.Content") else None
        if need and need not in value and f"{path}.{need}" not in [p.param for p in out]:
            out.append(missing(f"{path}.{need}"))
        return out

    def _value(self, spec, value, path, key):
        if value is None:
            fine = spec.get("nullable") or key in NULLABLE
            return [] if fine else [invalid(path, f"Invalid type for '{path}': null is not allowed.")]
        if "ref" in spec:
            return self._named(spec["ref"], value, path, key)
        if "oneOf" in spec:
            return self._one_of(spec["oneOf"], value, path, key)
        return self._plain(spec, value, path, key)

    def _named(self, name, value, path, key):
        spec = self.defs[name]
        if "oneOf" in spec:
            return self._one_of(spec["oneOf"], value, path, key)
        return self._object(spec, value, path, name)

    def _plain(self, spec, value, path, key):
        kind = spec.get("type", "any")
        if kind == "any":
            return []
        if kind == "number":
            return self._number(spec, value, path, key)
        if not isinstance(value, PYTHON[kind]):
            return [invalid(path, f"Invalid type for '{path}': expected {kind}.")]
        if "enum" in spec and not spec.get("open") and value not in spec["enum"]:
            return [self._not_in(path, value, spec["enum"])]
        if kind == "array" and "items" in spec:
            return [p for i, v in enumerate(value) for p in self._value(spec["items"], v, f"{path}[{i}]", key)]
        if kind == "object" and "additional" in spec:
            return [p for k, v in value.items() for p in self._value(spec["additional"], v, f"{path}.{k}", key)]
        return self._string(value, path, key) if kind == "string" else []

    @staticmethod
    def _string(value, path, key):
        limit = LENGTHS.get(path) or LENGTHS.get(key)
        if limit and len(value) > limit:
            return [invalid(path, f"Invalid '{path}': string too long. Expected at most {limit} characters.")]
        if path in ("item.id", "item.call_id") and not WORD.match(value):
            return [invalid(path, f"Invalid '{path}': expected letters, digits, '_' or '-'.")]
        return []

    @staticmethod
    def _number(spec, value, path, key):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return [invalid(path, f"Invalid type for '{path}': expected a number.")]
        if (key.endswith("_ms") or key in ("content_index", "max_output_tokens")) and not isinstance(value, int):
            return [invalid(path, f"Invalid type for '{path}': expected an integer.")]
        if "enum" in spec and value not in spec["enum"]:
            return [Schema._not_in(path, value, spec["enum"])]
        low, high = RANGES.get(key, (None, None))
        if (low is not None and value < low) or (high is not None and value > high):
            return [invalid(path, f"Invalid '{path}': {value} is out of range {low}..{high}.")]
        return []

    @staticmethod
    def _not_in(path, value, allowed):
        return invalid(path, f"Invalid value: '{value}'. Supported values are: " +
                       ", ".join(repr(a) for a in allowed) + ".")

    def _one_of(self, choices, value, path, key):
        if isinstance(value, dict):
            return self._one_object([c["ref"] for c in choices if "ref" in c], value, path, key)
        tries = [self._plain(c, value, path, key) for c in choices if "type" in c]
        tries.sort(key=len)
        if not tries:
            return [invalid(path, f"Invalid type for '{path}': expected an object.")]
        if not tries[0]:
            return []
        return [invalid(path, f"Invalid value: '{value}' for '{path}'.")]

    def _one_object(self, names, value, path, key):
        """Picks the shape by its fixed words ("type", then "role"), so that the complaint names the right field."""
        if not names:
            return [invalid(path, f"Invalid type for '{path}': an object is not allowed here.")]
        for tag in ("type", "role"):
            words = {n: self._word(n, tag) for n in names}
            if len(names) < 2 or not any(words.values()):
                continue
            if tag not in value:
                return [missing(f"{path}.{tag}")]
            fits = [n for n in names if words[n] is None or value[tag] in words[n]]
            if not fits:
                allowed = sorted({w for ws in words.values() if ws for w in ws})
                return [self._not_in(f"{path}.{tag}", value[tag], allowed)]
            names = fits
        return self._named(names[0], value, path, key)

    def _word(self, name, tag):
        for field in self.defs[name].get("fields", ()):
            if field["name"] == tag:
                return field.get("enum")
        return None
