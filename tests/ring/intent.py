"""rd-intent between two links, with the other stages of its ring played here: the caller's words are typed, rd-tts makes each
order an item of ten milliseconds a character, and the carrier says what was heard."""
import os
from links import ANNA, Stage

TOP = os.environ["TOP"]
TOOLS = ["time", "notes", "remind", "docs", "hang_up", "press", "transfer", "recall"]
MS = 10  # a character of speech


class Intent(Stage):
    def __init__(self, agent="", general="", more="", tools=TOOLS, **rest):
        super().__init__("rd-intent", agent=f'transfer-to = {{ "{ANNA}" }} {agent}',
                         general=f'data-dir = "{TOP}/etc" {general}', more=more, **rest)
        self.tools, self.made = tools, set()

    def begin(self, turns=(), **start):
        """The ring is there; what it says first."""
        self.setup()
        self.know(turns)
        self.event("call.start", origin=1, stream="MZ1", step=0, resumed=start.get("resumed", "no"))
        self.passed()

    def know(self, turns=()):
        self.event("tools.list", origin=4, rev=1, part=1, parts=1, tools=[{"name": n, "description": "", "parameters": {}}
                                                                          for n in self.tools])
        self.event("context", origin=6, rev=1, part=1, parts=1, caller={"id": ANNA}, facts=[], turns=list(turns))

    def expects(self):
        return (self.said("user.expect") or [{"grammar": "main"}])[-1]["grammar"]

    def orders(self, life=None):
        return [e for e in self.said("assistant.say") if life is None or e["_life"] == life]

    def words(self):
        return [e.get("text") or "phrase " + e["phrase"] for e in self.orders()]

    def calls(self, name=None):
        return [e for e in self.said("tool.call") if name in (None, e["name"])]

    def caller(self, text, confidence=None, **more):
        """Says it; returns the orders that follow, in words, when they are there."""
        before = len(self.orders())
        fields = {} if confidence is None else {"confidence": confidence}
        self.event("user.text", utterance=f"u{self.seq}", text=text, final=True, **fields, **more)
        self.acted()
        return self.words()[before:]

    def acted(self):
        """It acts when the text has passed: at the latest when something else comes."""
        self.event("tool.result", origin=4, id="none", name="none", ok=True, text="", outcome="done")
        self.passed()

    def key(self, digit):
        before = len(self.orders())
        self.event("user.key", origin=1, digit=digit)
        self.passed()
        return self.words()[before:]

    def answer(self, name, text="", data=None, ok=True, outcome=None, n=-1):
        """The last call of that tool is answered; returns the orders that follow."""
        before, call = len(self.orders()), self.calls(name)[n]
        fields = {} if data is None else {"data": data}
        self.event("tool.result", origin=4, id=call["id"], name=name, ok=ok, text=text,
                   outcome=outcome or ("done" if ok else "failed"), **fields)
        self.passed()
        return self.words()[before:]

    def make(self, order=None, part=1.0, done=True):
        """rd-tts: an item of an order, or the beginning of it."""
        order = order or self.orders()[-1]
        self.made.add(order["id"])
        text, item = order.get("text", "phrase"), f"5.0.{order['id'][1:]}"
        piece = text[:int(len(text) * part)]
        spans = [[len(w) + 1, (len(w) + 1) * MS] for w in piece.split(" ")]
        self.event("assistant.text", origin=5, item=item, n=1, text=piece, spans=spans, sent_ms=len(piece) * MS, say=order["id"])
        if done:
            self.event("assistant.done", origin=5, item=item, text=piece, spans=spans, sent_ms=len(piece) * MS,
                       status="complete", say=order["id"])
        return item

    def hear(self, order=None):
        """All of it is made and heard."""
        order = order or self.orders()[-1]
        item, n = self.make(order), len(order.get("text", "phrase")) * MS
        self.event("call.heard", origin=1, items=[{"item": item, "heard_ms": n, "sent_ms": n, "end": True}])
        self.passed()

    def hear_all(self):
        for order in self.orders():
            if order["id"] not in self.made:
                self.hear(order)

    def interrupt(self, order, characters):
        """The caller begins to speak when he has heard so much."""
        item, n = self.make(order), len(order["text"]) * MS
        self.event("call.clear", why="speech", id="s1")
        self.event("call.cleared", origin=1, id="s1",
                   items=[{"item": item, "heard_ms": characters * MS, "sent_ms": n, "end": False}])
        self.passed()
