#!/usr/bin/python3
"""In a pipeline by hand: 12 MB of events for a reader that takes its time, all arrive, in order, and the stage between them
holds little of it meanwhile."""
import os, select, subprocess, sys

N, PAD = 60000, "x" * 170


def line(i):
    return b'{"type":"made.up","n":%d,"pad":"%s"}\n' % (i, PAD.encode())


p = subprocess.Popen([f"{os.environ['B']}/bin/rd-codec", "--up", "s16/8000", "--text"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
binary = subprocess.Popen([f"{os.environ['B']}/bin/rd-codec", "--up", "s16/8000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for stage in (p, binary):
    data, done, got = b"".join(map(line, range(N))), 0, []
    os.set_blocking(stage.stdin.fileno(), False)
    while done < len(data) and select.select([], [stage.stdin], [], 0.3)[1]:
        done += os.write(stage.stdin.fileno(), data[done:done + 65536])
    assert done < 4 << 20, f"it took {done} bytes that nobody reads"
    while True:
        want = [stage.stdin] if done < len(data) else []
        readable, writable, _ = select.select([stage.stdout], want, [], 20)
        assert readable or writable, f"it stands still after {done} bytes"
        if writable:
            done += os.write(stage.stdin.fileno(), data[done:done + 65536])
            if done == len(data):
                stage.stdin.close()
        if readable:
            got.append(os.read(stage.stdout.fileno(), 65536))
            if not got[-1]:
                break
    numbers = [int(n.split(b",")[0]) for n in b"".join(got).split(b'"n":')[1:]]
    assert numbers == list(range(N)), f"{len(numbers)} of {N} arrived"
    assert stage.wait(10) == 0
