#!/usr/bin/python3
"""rd-ctl against a supervisor that is played here: what it asks, what it shows, how it ends."""
import json, os, socket, subprocess, threading, time

TMP = os.environ["TMP"]
A, B = "CA" + "1" * 30 + "aa3f", "CA" + "2" * 30 + "bb7e"
STAGES = [{"place": 1, "program": "rd-ingest", "pid": 20, "life": 0, "state": "up", "queue": 0, "high": 12, "shed": 3}]
STATUS = {"ok": True, "version": "0.1.0", "config": 7, "state": "ready",
          "services": [{"program": "rd-webhook", "pid": 12, "life": 0, "state": "up"}],
          "calls": [{"call": c, "agent": "home", "from_tail": "4567", "since": "2026-11-21T04:47:00.000Z", "state": "talking",
                     "stages": STAGES} for c in (A, B)]}
EVENTS = [{"call": A, "at_us": 5000000, "from": "1.0", "event": {"type": "call.setup", "from": "+15551234567", "to": "+15550100000",
                                                                 "agent": "home"}},
          {"call": A, "at_us": 17300000, "from": "2.0", "event": {"type": "user.text", "text": "what time is it", "final": True}}]


class Supervisor:
    """Serves the answers for each `do`; remembers the requests."""
    def __init__(self, answers):
        self.answers, self.asked = answers, []
        self.path = f"{TMP}/ringdown/control"
        os.makedirs(f"{TMP}/ringdown", exist_ok=True)
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(self.path), self.door.listen(1)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                s, _ = self.door.accept()
            except OSError:
                return
            for line in s.makefile("rb"):
                request = json.loads(line)
                self.asked.append(request)
                answer = self.answers.get(request["do"], {"ok": False, "error": "do: no such command"})
                if answer is None:
                    break
                more = answer.get("then", [])
                lines = [{"event": {"type": "call.end"}}, dict(answer, id=request["id"])] + more  # another line may come first
                s.sendall("".join(json.dumps({k: v for k, v in l.items() if k != "then"}) + "\n" for l in lines).encode())
                if more:
                    break
            s.shutdown(socket.SHUT_RDWR), s.close()

    def close(self):
        self.door.shutdown(socket.SHUT_RDWR), self.door.close()
        os.unlink(self.path)


def ctl(*words, status=0, env=None):
    p = subprocess.run(["rd-ctl", *words], capture_output=True, text=True, timeout=15,
                       env=dict(os.environ, RUNTIME_DIRECTORY=f"{TMP}/ringdown", **(env or {})))
    assert p.returncode == status, (words, p)
    return p.stderr if status else p.stdout


open(f"{TMP}/ringdown.conf", "w").close()
error = ctl("-c", f"{TMP}/ringdown.conf", "status", status=111)  # without a file it would find one that runs on this machine
assert error == f"rd-ctl: error: ringdown is not running: cannot connect {TMP}/ringdown/control: No such file or directory\n", error

s = Supervisor({"status": STATUS, "calls": STATUS, "show": {"ok": True, "call": A, "agent": "home", "dir": "/x", "stages": [
    {"program": "rd-ingest", "command": "rd-ingest -c f"}]}, "restart": {"ok": True}, "swap": {"ok": True}, "end": {"ok": True},
    "reload": {"ok": True, "config": 8}, "drain": {"ok": True}, "log": {"ok": False, "error": "level: error, warn, info or debug is expected"},
    "inject": {"ok": True}, "requests": {"ok": True, "requests": [{"at": "t", "method": "POST", "path": "/twiml",
                                                                   "verdict": "answered", "detail": "…4567"}]},
    "watch": {"ok": True, "then": EVENTS}})

shown = ctl("status")
assert shown.startswith("ringdown 0.1.0, ready, configuration 7\n") and f"{A}  home  …4567" in shown and "rd-ingest  20" in shown, shown
assert ctl("calls").count("\n") == 3
assert json.loads(ctl("--json", "calls"))["calls"][0]["call"] == A
assert "rd-ingest -c f" in ctl("show", "3f") and s.asked[-1] == {"do": "show", "call": A, "id": 2}
assert "answered  …4567" in ctl("requests")
ctl("restart", "CA2", "rd-bridge")
assert s.asked[-1]["call"] == B and s.asked[-1]["stage"] == "rd-bridge"
ctl("restart", "rd-webhook")
assert "call" not in s.asked[-1]
ctl("swap", "CA…7e", "rd-tools", "./mine --try")
assert s.asked[-1]["call"] == B and s.asked[-1]["with"] == "./mine --try"
ctl("inject", "3f", '{"type":"assistant.note","text":"x"}')
assert s.asked[-1]["event"] == {"type": "assistant.note", "text": "x"}
ctl("end", A)
assert s.asked[-1]["call"] == A and s.asked[-1]["reason"] == "operator"
ctl("drain", "30")
assert s.asked[-1]["seconds"] == 30
ctl("drain")
assert "seconds" not in s.asked[-1]
assert ctl("reload") == "configuration 8 is in effect\n"

assert ctl("log", "loud", status=100) == "rd-ctl: error: level: error, warn, info or debug is expected\n"
assert ctl("restart", "rd-bridge", status=100) == "rd-ctl: error: there are 2 calls, name one (rd-ctl calls)\n"
assert ctl("end", "ffff", status=100) == "rd-ctl: error: no call ffff\n"
assert "a JSON object expected" in ctl("inject", "3f", "hello", status=100)
assert ctl("restart", status=100) == "rd-ctl: error: expected: rd-ctl restart [CALL] STAGE\n"
assert ctl("dance", status=100) == "rd-ctl: error: dance: no such command (rd-ctl -h)\n"
assert "seconds from 0 to 86400" in ctl("drain", "soon", status=100)
assert "a command expected" in ctl(status=100)

shown = ctl("watch", "3f")
assert shown == f"   0.0s  call       {A} from …4567 to …0000, agent home\n  12.3s  caller     what time is it\n", shown
assert [json.loads(l) for l in ctl("--json", "watch", "3f").splitlines()] == EVENTS
assert ctl("watch", status=111) == "rd-ctl: error: ringdown is gone: it has closed the connection\n"  # of all calls: it should not end

s.answers["status"] = None
assert ctl("status", status=111) == "rd-ctl: error: ringdown does not answer: it has closed the connection\n"
s.close()

# one that says nothing
door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
door.bind(f"{TMP}/silent"), door.listen(1)
begun = time.monotonic()
assert ctl("-s", f"{TMP}/silent", "status", status=111) == "rd-ctl: error: ringdown does not answer: no answer in 5 s\n"
assert 4.5 < time.monotonic() - begun < 12
