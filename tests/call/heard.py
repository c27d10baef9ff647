"""What a carrier stage claims was heard, beside what rd-phone really played: for the heard-*.t tests.

A Call is one rd-phone against the rig's ringdown, watched through its ring's monitor socket; run() drives any number of them
in one loop, with a timer for what is to be done at a moment. judge() compares the two clocks when a call is over.
"""
import heapq, json, os, select, socket, time

from rig import TMP, wait_for

LATE_MS = 10        # a harness that was later than this is no judge
COLUMNS = "%-34s %5s %5s %7s %7s %7s %7s %7s"


def us():
    return time.monotonic_ns() // 1000


class Loop:
    """Timers and descriptors of all calls."""

    def __init__(self):
        self.timers, self.serial, self.readers = [], 0, {}

    def at(self, when_us, act):
        self.serial += 1
        heapq.heappush(self.timers, (when_us, self.serial, act))

    def after(self, ms, act):
        self.at(us() + int(ms * 1000), act)

    def run_calls(self, makers, limit):
        """Calls that begin one after the other and run in parallel; all of them, over."""
        calls = []
        for k, make in enumerate(makers):
            self.after(300 * k, lambda make=make: calls.append(make()))
        self.run(lambda: len(calls) == len(makers) and all([c.over() for c in calls]), limit)
        return calls

    def run(self, done, limit):
        end = time.monotonic() + limit
        while not done():
            assert time.monotonic() < end, f"not done within {limit} s"
            wait = 0.5 if not self.timers else max(0, (self.timers[0][0] - us()) / 1e6)
            for fd in select.select(list(self.readers), [], [], min(wait, 0.5))[0]:
                self.readers[fd]()
            while self.timers and self.timers[0][0] <= us():
                heapq.heappop(self.timers)[2]()


class Call:
    """on_event(call, event, birth_us) is told of every event of the ring."""

    def __init__(self, rig, loop, sid, options, caller, on_event=None, limit=120):
        self.rig, self.loop, self.sid, self.on_event = rig, loop, sid, on_event
        self.events, self.ids, self.buffer, self.summary, self.sock = [], 0, b"", None, None
        self.phone = rig.phone("--call", sid, *options, "--timeout", str(limit), caller=caller, background=True)
        self.connect()

    def connect(self):
        """The monitor is there as soon as the ring is; after its death it is there again."""
        if self.phone.poll() is not None:
            return
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(f"{TMP}/run/calls/{self.sid}/monitor")
        except OSError:
            s.close()
            self.loop.after(5, self.connect)
            return
        self.sock = s
        self.loop.readers[s] = self.read

    def read(self):
        try:
            data = self.sock.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self.loop.readers.pop(self.sock, None)
            self.sock.close()
            self.sock = None
            self.loop.after(5, self.connect)
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "event" in message:
                self.events.append((message["at_us"], message["event"], message["from"]))
                if self.on_event:
                    self.on_event(self, message["event"], message["at_us"])

    def inject(self, type, **fields):
        """Says an event as an operator does."""
        self.ids += 1
        if self.sock:
            self.sock.sendall(json.dumps({"id": self.ids, "do": "inject", "event": {"type": type, **fields}}).encode() + b"\n")

    def clear(self):
        self.inject("call.clear", why="operator", id=f"op{self.ids}")

    def over(self):
        if self.summary is None and self.phone.poll() is not None:
            self.summary = self.rig.summary(self.phone)
        return self.summary is not None

    def said(self, type):
        return [e for _, e, _ in self.events if e["type"] == type]


def words_heard(text, whole_ms, heard_ms):
    """How many words lie wholly within what was heard of a text that takes whole_ms."""
    characters = len(text) * min(1, heard_ms / whole_ms)
    cut = text[:int(characters)]
    whole = int(characters) >= len(text) or text[int(characters)].isspace()
    return len(cut.split()) - (0 if whole or not cut or cut[-1].isspace() else 1)


class Interruption:
    def __init__(self, kind, error_ms, excepted, truth_ms, cleared, at_us, item):
        self.kind, self.error, self.excepted, self.truth, self.cleared, self.at_us, self.item = \
            kind, error_ms, excepted, truth_ms, cleared, at_us, item


def judge(call, kind_of):
    """The call's interruptions, the breaks of its stream as (claim - truth in ms, late), and what is plainly wrong.
    kind_of(call, birth_us): what kind of interruption it was."""
    plays = list(call.summary["plays"])
    found, breaks, wrong = [], [], []
    heard, boundary, last, newest, ended = {}, 0.0, {}, None, set()

    def claimed():
        return sum(heard.values()) - boundary

    for birth, e, _ in call.events:
        for i in e.get("items", []) if e["type"] in ("call.heard", "call.cleared") else []:
            if i["heard_ms"] > i["sent_ms"] or (i["end"] and i["heard_ms"] != i["sent_ms"]):
                wrong.append(f"beyond the audio: {e}")
            if e["type"] == "call.heard" and i["heard_ms"] < last.get(i["item"], 0):
                wrong.append(f"went back: {e}")
            heard[i["item"]] = last[i["item"]] = i["heard_ms"]
            if i["end"] or e["type"] == "call.cleared":
                ended.add(i["item"])
        if e["type"] == "assistant.text":
            newest = e["item"]
        if e["type"] == "call.lost":
            over = next((p for p in plays if p["why"] == "over"), None)
            if newest and newest not in ended:
                heard[newest] = last[newest] = e["heard_ms"]
            if over:
                breaks.append((claimed() - over["heard_ms"], over["late_ms"] > LATE_MS))
                plays = plays[plays.index(over) + 1:]
            boundary = sum(heard.values())
        if e["type"] == "call.cleared":
            play = next((p for p in plays if p["why"] == "clear" and birth - 20000 < p["at_us"] < birth + (5000000 if e["items"] else 500000)), None)
            if not play:
                continue
            plays = plays[plays.index(play) + 1:]
            if e["items"]:
                late = play["late_ms"] > LATE_MS or play["at_us"] > birth + LATE_MS * 1000
                found.append(Interruption(kind_of(call, birth), claimed() - play["heard_ms"], late, play["heard_ms"], e,
                                          birth, e["items"][0]["item"]))
            boundary = sum(heard.values())
    return found, breaks, wrong


def share(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else 0


def table(rows):
    """rows: (what, [errors in ms], excepted, beyond, errors)"""
    print(COLUMNS % ("interruption", "n", "exc.", "median", "p99", "worst", "beyond", "errors"))
    for what, errors, excepted, beyond, wrong in rows:
        sizes = [abs(e) for e in errors]
        worst = max(errors, key=abs, default=0)
        print(COLUMNS % (what, len(errors), excepted, *(f"{x:.1f}" for x in (share(sizes, 0.5), share(sizes, 0.99), worst)), beyond, wrong))
