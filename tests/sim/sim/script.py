"""The script: what the model does, in lines a person can read. tests/sim/README.md is the reference.

A statement begins in the first column and goes on in indented lines; # begins a comment.

    set pace 0.15                     greet after 50 say "Hello Anna, what can I do?"
    turn 1 heard "What time is it?"   call time {}  then  say "It is {output}."
    turn 2 heard "Goodbye"            say "Goodbye, Anna."  call hang_up {}
    connect 2 after 5000 error session_expired close 1001
"""
import json
import re

SETTINGS = {            # name: how its words are read, and the default
    "pace": (float, 0.15), "think": (int, 100), "delta": ((int, int), (1000, 6000)), "heard-delay": (int, 200),
    "voice": (str, "rms"), "dialect": (str, "ga"), "resume": (str, "seeded"), "expires": (float, 3600.0),
    "ping": (float, 0.0), "seed": (int, 1),
}
CHOICES = {"dialect": ("ga", "beta"), "resume": ("seeded", "always", "never")}
MANNERS = ("unknown-events", "no-item-done", "no-ids", "null-code", "one-delta", "twice", "late-deltas", "binary",
           "string-details", "short-items", "no-expires", "conversation-created")
TOKEN = re.compile(r'\s+|#[^\n]*|"((?:[^"\\]|\\.)*)"|([^\s"{}#]+)')


class ScriptError(Exception):
    """The script cannot be understood; the text names the line."""


class Quoted(str):
    """A word that stood in quotes: never a keyword."""


class Plan:
    """What is done for one reason (a turn, the greeting, …): replies, one response each, and the words heard."""

    def __init__(self, name):
        self.name, self.replies, self.heard = name, [[]], None


class Words:
    """The words of one statement, taken one by one."""

    def __init__(self, words, line):
        self.words, self.line, self.at = words, line, 0

    def fail(self, text):
        raise ScriptError(f"line {self.line}: {text}")

    def more(self):
        return self.at < len(self.words)

    def peek(self):
        return self.words[self.at] if self.more() else None

    def next(self, what):
        if not self.more():
            self.fail(f"{what} expected at the end")
        self.at += 1
        return self.words[self.at - 1]

    def is_word(self, *wanted):
        """Takes the next word if it is one of these keywords."""
        word = self.peek()
        if isinstance(word, str) and not isinstance(word, Quoted) and word in wanted:
            self.at += 1
            return word
        return None

    def text(self, what):
        word = self.next(what)
        if not isinstance(word, Quoted):
            self.fail(f'{what} expected in "quotes", not {word}')
        return str(word)

    def text_or(self, default):
        return str(self.next("a text")) if isinstance(self.peek(), Quoted) else default

    def number(self, kind, what):
        word = self.next(what)
        try:
            return kind(word)
        except (TypeError, ValueError):
            return self.fail(f"{what} expected, not {word}")

    def number_or(self, default):
        word = self.peek()
        return self.number(int, "a number") if isinstance(word, str) and word.isdigit() else default

    def json_or(self, default):
        return self.next("JSON") if isinstance(self.peek(), dict) else default


def split(text, line):
    """The words of a statement: keywords, "quoted" texts and {JSON} objects."""
    out, at = [], 0
    while at < len(text):
        if text[at] == "{":
            try:
                value, at = json.JSONDecoder().raw_decode(text, at)
            except ValueError as e:
                raise ScriptError(f"line {line}: cannot read JSON: {e}") from None
            out.append(value)
            continue
        m = TOKEN.match(text, at)
        if not m:
            raise ScriptError(f"line {line}: cannot read: {text[at:at + 20]}")
        at = m.end()
        if m.group(1) is not None:
            words = re.sub(r"\s*\n\s*", " ", m.group(1))      # a long text may go over several lines
            out.append(Quoted(json.loads(f'"{words}"', strict=False)))
        elif m.group(2):
            out.append(m.group(2))
    return out


# --- steps: each takes its words and gives the arguments that Session.step or Response.step uses

def say(w):
    step = {"text": w.text("what is said"), "pace": None, "upto": None}
    while word := w.is_word("pace", "upto"):
        step[word] = w.number(float, f"a number after {word}")
    return step


def call(w):
    name = w.next("the tool's name")
    if w.is_word("raw"):
        return {"name": name, "arguments": w.text("the arguments")}
    return {"name": name, "arguments": json.dumps(w.json_or({}))}


def status(w):
    kind = w.is_word("failed", "incomplete", "cancelled") or w.fail("failed, incomplete or cancelled expected")
    return {"status": kind, "code": w.next("a code or reason"), "text": w.text_or("The script says so.")}


def error(w):
    return {"code": w.next("an error code"), "text": w.text_or("")}


def close(w):
    return {"code": w.number(int, "a close code"), "text": w.text_or("")}


def emit(w):
    return {"event": w.json_or(None) or w.fail("a JSON event expected after emit")}


STEPS = {
    "after": lambda w: {"ms": w.number(int, "milliseconds")}, "say": say, "call": call, "status": status,
    "error": error, "close": close, "emit": emit, "alarm": lambda w: {"ms": w.number_or(300)},
    "cut": lambda w: {}, "mute": lambda w: {}, "freeze": lambda w: {},
}
CONNECT_STEPS = {
    "http": lambda w: {"status": w.number(int, "an HTTP status")},
    "hold": lambda w: {"ms": w.number(int, "milliseconds")},
    "expires": lambda w: {"s": w.number(float, "seconds")},
    "refuse": error,
    **{k: v for k, v in STEPS.items() if k not in ("say", "call", "status")},
}


def heard(w):
    """heard "words" | failed   [delay MS | late]"""
    out = {"text": "" if w.is_word("failed") else None, "failed": False, "delay": None, "late": False}
    if out["text"] is None:
        out["text"] = w.text("the caller's words")
    else:
        out["failed"] = True
    if w.is_word("late"):
        out["late"] = True
    elif w.is_word("delay"):
        out["delay"] = w.number(int, "milliseconds")
    return out


def plan(name, w):
    out = Plan(name)
    while w.more():
        word = w.next("a step")
        if word == "heard":
            out.heard = heard(w)
        elif word == "then":
            out.replies.append([])
        elif isinstance(word, str) and word in STEPS:
            out.replies[-1].append((word, STEPS[word](w)))
        else:
            w.fail(f"unknown step {word}")
    return out


class Script:
    """A script, read and checked. Every call that follows it has its own turn counter (see conversation.py)."""

    def __init__(self, text=""):
        self.settings = {name: default for name, (_, default) in SETTINGS.items()}
        self.manners = set()
        self.turns, self.texts, self.connects = {}, [], []
        self.greet = self.other = self.side = self.idle = None
        self.allowed, self.expected = set(), []
        for line, statement in self._statements(text):
            self._statement(Words(split(statement, line), line))

    @staticmethod
    def _statements(text):
        """Joins the indented lines to their statement."""
        out = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if line[0] in " \t":
                if not out:
                    raise ScriptError(f"line {number}: an indented line continues a statement, but there is none")
                out[-1][1] += "\n" + line
            else:
                out.append([number, line])
        return out

    def _statement(self, w):
        word = w.next("a statement")
        todo = {"set": self._set, "manner": self._manner, "turn": self._turn, "text": self._text,
                "connect": self._connect, "allow": self._allow, "expect": self._expect}
        plans = {"greet": "greet", "otherwise": "other", "side": "side", "idle": "idle"}
        if word in todo:
            todo[word](w)
        elif word in plans:
            setattr(self, plans[word], plan(word, w))
        else:
            w.fail(f"unknown statement {word}")

    def _set(self, w):
        name = w.next("a setting")
        if name not in SETTINGS:
            w.fail(f"unknown setting {name}")
        kind = SETTINGS[name][0]
        if isinstance(kind, tuple):
            value = tuple(w.number(k, "a number") for k in kind)
        else:
            value = w.number(kind, "a value")
        if name in CHOICES and value not in CHOICES[name]:
            w.fail(f"{name} is one of {', '.join(CHOICES[name])}")
        self.settings[name] = value

    def _manner(self, w):
        while w.more():
            name = w.next("a manner")
            if name not in MANNERS:
                w.fail(f"unknown manner {name}; there are {', '.join(MANNERS)}")
            self.manners.add(name)

    def _turn(self, w):
        number = w.number(int, "the turn's number")
        if number in self.turns:
            w.fail(f"turn {number} stands here twice")
        self.turns[number] = plan(f"turn {number}", w)

    def _text(self, w):
        pattern = w.text("a part of the text")
        self.texts.append((pattern, plan(f"text {pattern}", w)))

    def _connect(self, w):
        """connect N | N-M | N- | *"""
        m = re.fullmatch(r"(\*)|(\d+)(-)?(\d+)?", str(w.next("the connection's number")))
        if not m:
            w.fail("the connection's number is N, N-M, N- or *")
        low = int(m.group(2) or 1)
        high = int(m.group(4)) if m.group(4) else (low if m.group(2) and not m.group(3) else None)
        steps = []
        while w.more():
            word = w.next("a step")
            if not isinstance(word, str) or word not in CONNECT_STEPS:
                w.fail(f"unknown step {word} of a connection")
            steps.append((word, CONNECT_STEPS[word](w)))
        self.connects.append((low, high, steps))

    def _allow(self, w):
        while w.more():
            self.allowed.add(w.next("a name"))

    def _expect(self, w):
        name = w.next("a name")
        self.expected.append((name, w.number_or(None)))
        self.allowed.add(name)

    def connection(self, number):
        """The steps for the Nth connection to this simulator."""
        out = []
        for low, high, steps in self.connects:
            if number >= low and (high is None or number <= high):
                out += steps
        return out

    def texts_said(self):
        """All that is said without a template, to be synthesised before it is needed."""
        plans = list(self.turns.values()) + [p for _, p in self.texts]
        plans += [p for p in (self.greet, self.other, self.side, self.idle) if p]
        return [s["text"] for p in plans for r in p.replies for verb, s in r
                if verb == "say" and "{" not in s["text"]]

    def turn_of_words(self, words):
        """The turn whose heard text is this one; 0 if there is none."""
        for number, p in self.turns.items():
            if p.heard and p.heard["text"] and normal(p.heard["text"]) == normal(words):
                return number
        return 0


def normal(text):
    """For comparing sentences: letters and digits only, lower case."""
    return "".join(c for c in text.lower() if c.isalnum())
