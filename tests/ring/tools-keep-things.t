#!/usr/bin/python3
"""Notes and reminders through rd-tools: a household shares them, strangers do not see them, a withheld number has none; documents
are read from the folder of the configuration; a contact's name is as good as an allowed number."""
import subprocess
from links import *

AGENT = f'tools = {{ "notes", "remind", "docs", "transfer" }} transfer-to = {{ "{BEN}" }}'
MORE = f"""tool "docs" {{ settings = {{ "folder={TMP}/papers" }} }}
contact "Ben" {{ number = "{BEN}" }}
contact "Carol" {{ number = "+15557654322" }}"""
count = 0
os.makedirs(f"{TMP}/papers")
with open(f"{TMP}/papers/welcome.md", "w") as f:
    f.write("# Welcome\n\nThis is **it**.\n")


def ask(s, tool, **arguments):
    global count
    count += 1
    s.event("tool.call", id=f"i{count}", name=tool, arguments=arguments)
    return s.result(f"i{count}")


def call(n, caller, act):
    with Stage("rd-tools", AGENT, more=MORE, call=f"CA{n:032x}") as s:
        s.setup(caller)
        act(s)
        check("end", s.end() == 0)


def anna(s):
    wanted = {"notes", "remind", "docs", "transfer"}  # a slow one comes with a list of its own
    tools = s.until(lambda: next((found for e in s.said("tools.list") if set(found := {t["name"]: t for t in e["tools"]}) == wanted), None),
                    what="all tools")
    check("who can be called is said", "only: Ben." in tools["transfer"]["parameters"]["properties"]["to"]["description"], tools)
    check("noted", ask(s, "notes", do="add", text="buy milk")["text"] == "I have noted: buy milk. That is note one.")
    check("will be reminded", ask(s, "remind", do="add", text="tea", in_s=600)["text"] == "I will remind you in 10 minutes: tea.")
    check("schema", ask(s, "remind", do="add", text="tea", in_s=0)["ok"] is False)
    check("read aloud", ask(s, "docs", do="read", name="welcome")["text"] == "Welcome.\nThis is it.\nThat is the end.")
    check("transferred by name", ask(s, "transfer", to="ben")["ok"] and s.until(lambda: s.said("call.next"))[0]["to"] == BEN)
    refused = ask(s, "transfer", to="Carol")
    check("not everybody", not refused["ok"] and refused["text"] == "Carol is in the address book, but I may not transfer calls there.", refused)
    check("nobody unknown", ask(s, "transfer", to="Dora")["text"] == "The address book has nobody called Dora.")
    check("no other order", len(s.said("call.next")) == 1)


def ben(s):
    check("shared", ask(s, "notes", do="list")["text"] == "You have one note. One: buy milk.")
    check("shared too", ask(s, "remind", do="list")["data"]["reminders"][0]["text"] == "tea")


def stranger(s):
    check("their own", ask(s, "notes", do="list")["text"] == "You have no notes.")


def withheld(s):
    check("nobody's", ask(s, "notes", do="add", text="x")["text"] == "I keep nothing for a caller who withholds the number.")


for n, (caller, act) in enumerate([(ANNA, anna), (BEN, ben), ("+15550001111", stranger), ("anonymous", withheld)], 1):
    call(n, caller, act)

# by hand, many at once, some of them killed: what was acknowledged is there, and the file is whole
env = dict(os.environ, RINGDOWN_TOOL_DIR=f"{TMP}/hand")
running = []
for i in range(30):
    p = subprocess.Popen([f"{B}/tools/notes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    p.stdin.write(json.dumps({"do": "add", "text": f"note {i}"}))
    p.stdin.close()
    running.append(p)
for p in running[::3]:
    p.kill()
said = [i for i, p in enumerate(running) if json.loads(p.stdout.read() or "{}").get("ok")]
[p.wait() for p in running]
kept = json.loads(subprocess.run([f"{B}/tools/notes"], input='{"do":"list"}', capture_output=True, text=True, env=env).stdout)
words = kept["data"]["texts"]
check("nothing acknowledged is lost", len(said) >= 20 and all(f"note {i}" in words for i in said), said, words)
check("nothing twice", len(words) == len(set(words)), words)
check("help", "Takes a note" in subprocess.run([f"{B}/tools/notes", "-h"], capture_output=True, text=True).stdout)
close()
