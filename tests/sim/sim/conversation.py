"""What a call remembers. An Item belongs to one session; a Conversation outlives its sessions, because a bridge
that reconnects goes on with the same call: its turn counter and open tool calls are kept here."""
import json
import re
import time

from .script import normal

RESUME_SECONDS = 60     # so long may a call be without a connection


class Item:
    """A conversation item as the server keeps it, with the length of its sound."""

    def __init__(self, ident, kind, role=None, **more):
        self.id, self.kind, self.role = ident, kind, role
        self.status = "completed"
        self.text = ""              # what was said, written or heard
        self.sound = False          # an assistant's message that has sound
        self.audio_ms = 0.0
        self.heard_ms = None        # set by a truncation
        self.seeded = self.deleted = False
        self.turn = None            # of a user's sound: the caller's turn
        self.modality = "audio"
        self.call_id = self.name = self.arguments = self.output = None
        self.__dict__.update(more)

    def content(self):
        if self.role == "assistant":
            if self.modality == "text":
                return [{"type": "output_text", "text": self.text}]
            return [{"type": "output_audio", "transcript": self.text}]
        if self.sound or self.turn:
            return [{"type": "input_audio", "transcript": self.text or None}]
        return [{"type": "input_text", "text": self.text}]

    def json(self, empty=False):
        """The item as events carry it; empty: as it is announced, before its content."""
        out = {"id": self.id, "object": "realtime.item", "type": self.kind, "status": self.status}
        if self.kind == "message":
            out.update(role=self.role, content=[] if empty else self.content())
        elif self.kind == "function_call":
            out.update(call_id=self.call_id, name=self.name, arguments="" if empty else self.arguments)
        elif self.kind == "function_call_output":
            out.update(call_id=self.call_id, output=self.output)
        return out

    def heard(self):
        """The words the model believes were heard."""
        if self.heard_ms is None or not self.audio_ms:
            return self.text
        words = self.text.split()
        return " ".join(words[:int(len(words) * self.heard_ms / self.audio_ms)])

    def summary(self):
        """For the log, at the end of a session."""
        out = {"id": self.id, "type": self.kind, "role": self.role, "status": self.status,
               "audio_ms": round(self.audio_ms), "heard_ms": self.heard_ms, "text": self.text,
               "heard": self.heard(), "seeded": self.seeded, "deleted": self.deleted, "turn": self.turn,
               "name": self.name, "call_id": self.call_id, "arguments": self.arguments, "output": self.output}
        return {k: v for k, v in out.items() if v not in (None, False, "")}


def text_of(content):
    """The words of a client's message item."""
    return " ".join(str(p.get("text") or p.get("transcript") or "") for p in content if isinstance(p, dict)).strip()


class Pending:
    """Function calls of one response, and what is to be done when their outputs have come."""

    def __init__(self, name, replies):
        self.name, self.replies = name, replies
        self.calls = []             # [call_id, tool, output or None]

    def take(self, call_id, tool, output):
        """By id; a re-seeded pair has an id of its own, so then by the tool's name."""
        for c in self.calls:
            if c[0] == call_id:
                c[2] = output
                return
        for c in self.calls:
            if c[1] == tool and c[2] is None:
                c[2] = output
                return

    def complete(self):
        return all(c[2] is not None for c in self.calls)

    def render(self, text):
        """{output} is the first call's result, {NAME} that tool's, {NAME.field} a member of its JSON."""
        def value(m):
            tool, _, field = m.group(1).partition(".")
            for _, name, output in self.calls:
                if output is not None and tool in ("output", name):
                    return spoken(output, field)
            return "unknown"
        return re.sub(r"\{([A-Za-z_][\w.]*)\}", value, text)


def spoken(output, field):
    try:
        data = json.loads(output)
    except ValueError:
        return output
    for key in field.split(".") if field else ["text"]:
        if not isinstance(data, dict) or key not in data:
            return "unknown" if field else output
        data = data[key]
    return str(data)


class Conversation:
    """One telephone call, as far as the script is concerned."""

    def __init__(self, number, owner):
        self.number, self.owner = number, owner
        self.session = None
        self.died_at = 0.0
        self.turn = self.answered = 0
        self.tried = set()          # turns whose answer was begun or broken off
        self.spoken = False
        self.pending = self.told = None  # calls whose outputs are waited for; those that were answered last
        self.texts = []             # all that was said and heard, to be known again in a seed

    def likeness(self, seeds):
        """How many of its sentences a seeded conversation repeats, whole or cut short."""
        seeds = [s for s in map(normal, seeds) if s]
        heads = {head: any(s.startswith(head) or head.startswith(s) for s in seeds)
                 for head in {normal(t[:40])[:12] for t in self.texts} if head}
        return sum(heads.get(normal(t[:40])[:12], False) for t in self.texts)


class Book:
    """All conversations of this simulator, and the rule which of them a new connection continues."""

    def __init__(self, mode):
        self.mode, self.all = mode, []

    def find(self, session, owner, seeds):
        """Continues a conversation that lost its connection, or is handed over by one that is still open, or begins one."""
        found = self._continued(owner, seeds)
        if found is None:
            found = Conversation(len(self.all) + 1, owner)
            self.all.append(found)
        return found

    def _continued(self, owner, seeds):
        if self.mode == "never" or not self.all:
            return None
        if self.mode == "always":
            return self.all[-1]
        alive_after = time.monotonic() - RESUME_SECONDS
        might = [c for c in self.all if c.owner == owner and (c.session is not None or c.died_at > alive_after)]
        alike = [c for c in might if c.likeness(seeds)]
        return max(alike, key=lambda c: (c.session is None, 2 * c.likeness(seeds) - len(c.texts), c.died_at), default=None)

    @staticmethod
    def leave(session):
        """The session's connection is gone; its call may come back."""
        talk = session.talk
        if talk and talk.session is session:
            talk.session, talk.died_at = None, time.monotonic()
