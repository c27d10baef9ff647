#!/usr/bin/python3
"""rd-store: bad messages, clients that do not read, a second one, a damaged file, SIGKILL; nothing acknowledged is lost."""
from links import *

configure()
PATH = f"{TMP}/run/store"


class Client:
    def __init__(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.connect(PATH)
        self.sock.settimeout(10)

    def ask(self, do, **fields):
        self.sock.send(json.dumps({"id": 7, "do": do, **fields}).encode())
        return json.loads(self.sock.recv(65536))

    def raw(self, data):
        self.sock.send(data)
        return json.loads(self.sock.recv(65536))


def turn(n, text="x"):
    return dict(call=CALL, who="user", origin=2, life=0, seq=n, at_us=n, text=text)


with Service("rd-store", expect=["clients are refused", "what is no JSON object", "moved to", "another rd-store"]) as store:
    check("only ours", os.stat(PATH).st_mode & 0o777 == 0o600 and os.stat(f"{TMP}/state/memory.db").st_mode & 0o777 == 0o600)
    c = Client()
    check("health", c.ask("health") == {"ok": True, "bytes": c.ask("health")["bytes"], "counts": {
        "callers": 0, "calls": 0, "turns": 0, "notes": 0}, "id": 7})
    for bad in (b"rubbish", b"[]", b"{", b"\0" * 100, b"{" * 60000):
        check("bad message answered", c.raw(bad) == {"ok": False, "error": "one JSON object of at most 64 KiB expected"}, bad[:10])
    check("too long", c.raw(b'{"do":"' + b"x" * 70000 + b'"}')["ok"] is False)
    check("an id of any kind comes back", c.raw(b'{"id":{"a":[1]},"do":"x"}')["id"] == {"a": [1]})

    # one that asks and does not read holds up nobody
    deaf = Client()
    deaf.sock.setblocking(False)
    c.ask("call.begin", call=CALL, caller=ANNA)
    for n in range(1, 30):
        c.ask("turn", **turn(n, "y" * 1500))
    try:
        while True:
            deaf.sock.send(json.dumps({"id": 1, "do": "context", "call": CALL, "caller": ANNA, "callers": []}).encode())
    except BlockingIOError:
        pass
    check("others are served", c.ask("health")["ok"])
    many = []
    for _ in range(80):
        many.append(Client())
    check("many clients, c still served", c.ask("health")["ok"])
    for m in many:
        m.sock.close()
    deaf.sock.close()

    hasty = Client() # asks much, reads nothing, and is gone
    for n in range(200, 240):
        hasty.sock.send(json.dumps({"id": n, "do": "turn", **turn(n)}).encode())
    hasty.sock.close()
    wait_for("what it asked", lambda: c.ask("health")["counts"]["turns"] == 29 + 40)

    second = subprocess.run([f"{B}/bin/rd-store", "-c", f"{TMP}/ringdown.conf"], stderr=subprocess.PIPE, timeout=10)
    check("a second one gives up", second.returncode == 111 and b"cannot bind " in second.stderr and b"Address already in use" in second.stderr,
          second)
    check("and leaves the first alone", Client().ask("health")["ok"])

    for n in range(100, 140): # killed in the middle of writing: what was acknowledged is there
        assert c.ask("turn", **turn(n))["ok"]
    store.stop(signal.SIGKILL)
    store.start()
    c = Client()
    check("nothing acknowledged is lost", c.ask("health")["counts"]["turns"] == 29 + 40 + 40, c.ask("health"))

    check("stopped", store.stop() == 0)
    check("checkpoint: nothing beside the file", sorted(os.listdir(f"{TMP}/state")) == ["memory.db"] and not os.path.exists(PATH))
    with open(f"{TMP}/state/memory.db", "w") as f:
        f.write("damage" * 1000)
    store.start()
    check("a new memory", Client().ask("health")["counts"]["turns"] == 0)
    check("the old one moved aside", len([n for n in os.listdir(f"{TMP}/state") if n.startswith("memory.db.damaged-")]) == 1)
close()
