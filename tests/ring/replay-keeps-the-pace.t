#!/usr/bin/python3
"""rd-replay plays frames as far apart as they were born, stamps them anew, and changes nothing else but hops and the origin of
a process that is gone; it waits for who reads, and ends quietly when nobody does."""
import os, struct, subprocess, time

from rig import in_time

HEAD = struct.Struct("<2sBBBBHBBBBIIIQ")
os.chdir(os.environ["TMP"])


def frame(seq, birth_ms, origin=2, hops=9, payload=b"{}"):
    return HEAD.pack(b"\xf5R", 1, 1, 4, 0, 0, origin, 3, hops, 0, len(payload), 0x02030001, seq, birth_ms * 1000) + payload


def read_frames(out):
    while head := out.read(32):
        fields = HEAD.unpack(head)
        yield fields, out.read(fields[10]), time.monotonic_ns() // 1000


births = [500, 600, 550, 900]
with open("frames", "wb") as f:
    f.write(b"".join(frame(i + 1, ms, origin=200 if i == 1 else 2) for i, ms in enumerate(births)))

def played(speed, factor):
    """How far it was from the times that were due, and the stamps from the times of their arrival, in s."""
    p = subprocess.Popen(["rd-replay", "--speed", speed, "frames"], stdout=subprocess.PIPE)
    got = list(read_frames(p.stdout))
    assert p.wait(20) == 0
    assert [f[12] for f, _, _ in got] == [1, 2, 3, 4]
    assert [f[6] for f, _, _ in got] == [2, 0, 2, 2]
    first, wrong = got[0][0][13], 0
    for (f, payload, at), due_ms in zip(got, (0, 100, 100, 400)):
        late = f[13] - first - due_ms * 1000 * factor
        wrong = max(wrong, late, -5 * late, at - f[13], f[13] - at)
        kind, flags, life, hops, item = f[2], f[3], f[7], f[8], f[11]
        assert (kind, flags, life, hops, item, payload) == (1, 4, 3, 0, 0x02030001, b"{}"), f
    return wrong / 1e6


for speed, factor in ("1", 1), ("2", 0.5), ("max", 0):
    in_time(0.2, lambda: played(speed, factor))

# 20 MB to one who reads late: all of it, in order
with open("many", "wb") as f:
    f.write(b"".join(frame(i, 0, payload=bytes(4000)) for i in range(5000)))
os.mkfifo("go")
p = subprocess.Popen("rd-replay --speed max many | { read -r _ <go; cat; }", shell=True, stdout=subprocess.PIPE)
with open("go", "w") as go:
    go.write("now\n")
assert [f[12] for f, _, _ in read_frames(p.stdout)] == list(range(5000))
assert p.wait(10) == 0

p = subprocess.run("{ rd-replay --speed max many; echo $? >&2; } | true", shell=True, stderr=subprocess.PIPE, timeout=20)
assert p.stderr == b"0\n", p.stderr
