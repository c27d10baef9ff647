#!/usr/bin/python3
"""systemd's protocols without systemd: the socket that it passed is used and kept through a restart; ready, watchdog, reload
and stopping are said; none of it reaches a child."""
from rig import B, TMP, Rig, wait_for
import contextlib, os, re, signal, socket, stat, subprocess, threading


class Activated(Rig):
    def start(self):
        if not os.path.exists(f"{TMP}/notify"):
            self.door = socket.create_server(("127.0.0.1", 0))
            self.door.setblocking(True)
            self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.notify.bind(f"{TMP}/notify")
            self.said, self.heard = [], 0
            threading.Thread(target=self.listen, daemon=True).start()  # its queue holds 10: read at once, as systemd does
        super().start()

    def popen(self, env, log):
        door = self.door.fileno()
        env = dict(env, LISTEN_FDS="1", LISTEN_FDNAMES="http", NOTIFY_SOCKET=f"{TMP}/notify", WATCHDOG_USEC="400000")
        return subprocess.Popen(["/bin/sh", "-c", f'LISTEN_PID=$$ WATCHDOG_PID=$$ exec "{B}/bin/ringdown" -c "{self.conf}"'],
                                stdin=subprocess.DEVNULL, stderr=log, env=env, pass_fds=(3, door),
                                preexec_fn=lambda: os.dup2(door, 3) if door != 3 else None)

    def listen(self):
        while True:
            self.said += self.notify.recv(4096).decode().split("\n")

    def hears(self, word):
        """Behind what was heard last."""
        wait_for(word, lambda: word in self.said[self.heard:])
        self.heard = self.said.index(word, self.heard) + 1


def get(s):
    s.settimeout(10)
    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: phone.example.com\r\nConnection: close\r\n\r\n")
    return s.recv(4096)


def is_door(r, pid, n):
    """Whether descriptor n of a process is the socket that we passed."""
    try:
        st = os.stat(f"/proc/{pid}/fd/{n}")
    except FileNotFoundError:
        return False  # closed meanwhile
    return stat.S_ISSOCK(st.st_mode) and st.st_ino == os.fstat(r.door.fileno()).st_ino


def check_child(r, pid, words):
    with open(f"/proc/{pid}/environ", "rb") as f:
        environ = f.read()
    assert not re.search(rb"(^|\0)(NOTIFY_SOCKET|LISTEN_|WATCHDOG_)", environ), (words, environ)
    doors = [n for n in os.listdir(f"/proc/{pid}/fd") if is_door(r, pid, n)]
    assert doors == (["4"] if "rd-webhook" in words else []), (words, doors)
    assert os.stat(f"/proc/{pid}/fd/0"), words  # nobody's first socket becomes its standard input
    assert os.getpgid(pid) != os.getpgid(r.ringdown.pid), f"{words}: a Ctrl-C would reach it"


with Activated("basic") as r:
    where = r.door.getsockname()
    assert r.address == f"{where[0]}:{where[1]}", r.address
    r.hears("READY=1")
    r.hears("WATCHDOG=1")
    r.hears("WATCHDOG=1")
    assert b" 200 " in get(socket.create_connection(where))
    p = r.phone("--say", "What is the capital of France?", "--hangup-after", "1", background=True)
    call = r.wait_call("talking")
    children, checked = {pid: words for pid, words in r.processes().items() if pid != r.ringdown.pid}, 0
    for pid, words in children.items():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a tool that was asked who it is, and is gone
            if words == r.processes()[r.ringdown.pid]:  # forked just now: it will be another program
                wait_for("what it becomes", lambda: r.processes().get(pid) != words)
            check_child(r, pid, words)
            checked += 1
    assert checked >= 7, children
    assert r.summary(p)["answered"]
    r.wait_idle()

    r.ringdown.send_signal(signal.SIGHUP)
    r.hears("RELOADING=1")
    r.hears("READY=1")
    r.ringdown.kill()  # the port stays open meanwhile: who calls now is answered by the next one
    r.ringdown.wait()
    waiting = socket.create_connection(where)
    r.start()
    assert b" 200 " in get(waiting)
    r.ringdown.send_signal(signal.SIGTERM)
    r.hears("STOPPING=1")
    assert r.ringdown.wait(10) == 0
