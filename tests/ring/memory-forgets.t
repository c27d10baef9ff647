#!/usr/bin/python3
"""What was said is found by words and by days; rd-ctl gives all of one number out as JSON, and forgets a number: then no word of it
is left in the database, its log, its index, among the messages or with the tools, and everybody else's is."""
from links import *

AGENT = 'tools = { "remember", "recall" }'
BEN = "+15557654321"
YESTERDAY, TOMORROW = (time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400 * d)) for d in (-1, 1))  # wherever midnight is


def call(n, caller, words, act=lambda s: None):
    with Stage("rd-memory", AGENT, call=f"CA{n:032x}") as s:
        s.setup(caller)
        s.until(lambda: s.said("context"))
        for i, text in enumerate(words):
            s.event("user.text", utterance=str(i), text=text, final=True)
        act(s)
        s.event("call.end", origin=1, reason="caller")
        check("end", s.end() == 0)


def tell(s, name, **arguments):
    id = f"r{len(s.said('tool.result'))}"
    s.event("tool.call", id=id, name=name, arguments=arguments)
    return s.result(id)["text"]


def remember(fact):
    return lambda s: check("remembered", tell(s, "remember", text=fact) == "It is written down.", fact)


def look(s):
    roof = r"From earlier calls:\n- 20[-\d]{8}: the caller said: The roof leaks above the zanzibar room\."
    days = {"from": YESTERDAY, "to": TOMORROW}
    check("by words and days", re.fullmatch(roof, tell(s, "recall", query="roof", **days)), s.said("tool.result")[-1])
    check("by words, of other days", tell(s, "recall", query="roof", to="2020-01-31") == "Nothing is remembered about that.")
    check("by days alone, in order", re.fullmatch(roof + r"\n- 20[-\d]{8}: the caller said: Call the xylophone man\.", tell(s, "recall", **days)),
          s.said("tool.result")[-1])
    check("no day", tell(s, "recall", to="2026-02-30") == "from, to: days as YYYY-MM-DD expected", s.said("tool.result")[-1])


def ctl(*words, code=0):
    done = subprocess.run([f"{B}/bin/rd-ctl", "-c", f"{TMP}/ringdown.conf", *words], capture_output=True, text=True, timeout=60)
    check(f"rd-ctl {words[0]}", done.returncode == code, done)
    return done


def bytes_of_all():
    all = b""
    for folder, _, names in os.walk(f"{TMP}/state"):
        for name in names:
            with open(f"{folder}/{name}", "rb") as f:
                all += f.read()
    return all.lower()


def keep(caller, text):
    subprocess.run([f"{B}/tools/notes"], input=json.dumps({"do": "add", "text": text}), text=True, check=True, stdout=subprocess.DEVNULL,
                   env={"RINGDOWN_CALLER": caller, "RINGDOWN_TOOL_DIR": f"{TMP}/state/tools/notes"})


configure()
with Service("rd-store"):
    call(1, ANNA, ["The roof leaks above the zanzibar room.", "Call the xylophone man."], remember("Anna is allergic to quince."))
    call(2, BEN, ["Ben has a walrus.", "And the roof?"], remember("Ben likes marzipan."))
    with Stage("rd-memory", AGENT, call=f"CA{3:032x}") as s:
        s.setup(ANNA)
        os.makedirs(f"{TMP}/state/messages", exist_ok=True)
        with open(f"{TMP}/state/messages/CA{3:032x}.wav", "w") as f:
            f.write("hummingbird")
        s.event("message.left", file=f"{TMP}/state/messages/CA{3:032x}.wav", seconds=3, **{"from": ANNA})
        s.event("call.end", origin=1, reason="caller")
        s.end()
    call(4, ANNA, [], look)
    keep(ANNA, "Buy a theremin.")
    keep(BEN, "Buy a didgeridoo.")

    out = json.loads(ctl("export", ANNA).stdout)
    check("all of it", [len(out[k]) for k in ("facts", "messages", "calls", "turns", "tools")] == [1, 1, 3, 7, 5], out)
    check("as it was", out["number"] == ANNA and out["facts"][0]["text"] == "Anna is allergic to quince." and
          [t["text"] for t in out["turns"] if t["who"] == "user"] == ["The roof leaks above the zanzibar room.", "Call the xylophone man."], out)
    check("nobody's", [v for k, v in json.loads(ctl("--json", "export", "+15550009999").stdout).items() if v] == ["+15550009999"])
    check("no number", "a telephone number such as" in ctl("forget", "anna", code=100).stderr)

    hers, his = (b"zanzibar", b"xylophone", b"quince", b"hummingbird", b"theremin", ANNA.encode()), (b"walrus", b"marzipan", b"didgeridoo")
    check("there", all(w in bytes_of_all() for w in hers + his))
    check("said", ctl("forget", ANNA).stdout == f"{ANNA} is forgotten\n")
    left = bytes_of_all()
    check("gone", not [w for w in hers if w in left], [w for w in hers if w in left])
    check("others' is there", all(w in left for w in his))
    call(5, BEN, [], lambda s: check("and found", "walrus" in tell(s, "recall", query="walrus"), s.said("tool.result")))
    call(6, ANNA, [], lambda s: check("nothing", tell(s, "recall", query="roof quince") == "Nothing is remembered about that."))
close()
