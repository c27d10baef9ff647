#!/usr/bin/python3
"""In a pipeline by hand: 12 MB of events for a reader that takes its time, from a pipe or a file, as frames or lines: all
arrive, in order, and the stage between them holds little of it meanwhile."""
import os, select, subprocess, tempfile, time

N, PAD = 60000, "x" * 170
DATA = b"".join(b'{"type":"made.up","n":%d,"pad":"%s"}\n' % (i, PAD.encode()) for i in range(N))


def stage(stdin, *options):
    return subprocess.Popen([f"{os.environ['B']}/bin/rd-codec", "--up", "s16/8000", *options], stdin=stdin, stdout=subprocess.PIPE)


def check(p, got):
    numbers = [int(n.split(b",")[0]) for n in got.split(b'"n":')[1:]]
    assert numbers == list(range(N)), f"{len(numbers)} of {N} arrived"
    assert p.wait(10) == 0


def from_a_pipe(*options):
    p, done, got = stage(subprocess.PIPE, *options), 0, []
    os.set_blocking(p.stdin.fileno(), False)
    while done < len(DATA) and select.select([], [p.stdin], [], 0.3)[1]:
        done += os.write(p.stdin.fileno(), DATA[done:done + 65536])
    assert done < 4 << 20, f"it took {done} bytes that nobody reads"
    while not got or got[-1]:
        readable, writable, _ = select.select([p.stdout], [p.stdin] if done < len(DATA) else [], [], 20)
        assert readable or writable, f"it stands still after {done} bytes"
        if writable:
            done += os.write(p.stdin.fileno(), DATA[done:done + 65536])
            if done == len(DATA):
                p.stdin.close()
        if readable:
            got.append(os.read(p.stdout.fileno(), 65536))
    check(p, b"".join(got))


def waits(p):
    """Has read something, and sleeps."""
    with open(f"/proc/{p.pid}/fdinfo/0") as info, open(f"/proc/{p.pid}/stat") as stat:
        return int(info.readline().split()[1]) > 65536 and stat.read().rsplit(")", 1)[1].split()[0] == "S"


def from_a_file(*options):
    with tempfile.TemporaryFile() as f:
        f.write(DATA)
        f.flush()
        f.seek(0)
        p, end = stage(f, *options), time.monotonic() + 10
        while p.poll() is None and not waits(p) and time.monotonic() < end:
            os.sched_yield()
        assert p.poll() is None, f"it has ended with {p.returncode}"
        check(p, p.stdout.read())


for options in (), ("--text",):
    from_a_pipe(*options)
from_a_file()
