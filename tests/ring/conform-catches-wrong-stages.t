#!/usr/bin/python3
"""rd-conform finds nothing wrong with a right stage, and each of these faults in a wrong one."""
import concurrent.futures, os, re, subprocess, sys

CONFORM = f"{os.environ['B']}/bin/rd-conform"
STAGE = f"{os.environ['TOP']}/tests/ring/foreign-stage"
FAULTS = {  # what is wrong with the stage: the checks that see it
    "swallows-kinds": ["unknown-kinds"], "swallows-types": ["unknown-types"], "rewrites": ["unknown-types"],
    "uncounted": ["unknown-kinds"], "reorders": ["order"], "doubles": ["burst"], "splits": ["sizes", "burst"],
    "takes-nothing": ["own-place", "swallowed-places"], "swallows-nobody": ["swallowed-places"], "strays": ["hops"],
    "stale": ["stale"], "no-hello": ["hello", "again"], "late-hello": ["hello"], "vague": ["hello"],
    "forgets": ["again"], "never-home": ["again"], "chatters": ["gather"],
    "dies-of-bad-events": ["no-events", "strange-events"], "dies-of-bad-messages": ["bad-messages"],
    "dies-of-its-line": ["bad-line"], "dies-of-sigusr1": ["sigusr1"], "blocks": ["full-output"], "sheds": ["full-output"],
    "endless": ["overflow"], "hoards": ["audio-flood"], "deaf-to-clear": ["clear"], "hasty": ["end-of-input"],
    "deaf-to-end": ["end-of-input"], "deaf-to-sigterm": ["sigterm", "sigterm-by-hand"], "fails": ["end-of-input"],
    "orphans": ["end-of-input"], "shrugs": ["garbage", "half-frame", "stream-version"], "forges": ["hello"],
}
failed = []


def expect(what, truth, found):
    if not truth:
        failed.append(what)
        print(f"not ok: {what}\n{found}")


def conform(*words):
    p = subprocess.run([CONFORM, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=100)
    return p.returncode, p.stdout


def with_fault(wrong):
    names = FAULTS[wrong]
    code, out = conform("--limit", "1", *[w for n in names for w in ("-k", n)], STAGE, "--wrong", wrong)
    expect(wrong, code == 1 and re.findall(r"^FAILED (\S+): expected .+, got .+", out, re.M) == sorted(names, key=NAMES.index), out)


LIST = conform("--list")
NAMES = [n.split()[0] for n in LIST[1].splitlines()]
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    right = pool.submit(conform, STAGE)
    for _ in pool.map(with_fault, FAULTS):
        pass
expect("a right stage", right.result()[0] == 0 and right.result()[1].endswith(f"\n{len(NAMES)} passed, 0 failed\n"), right.result()[1])
expect("the list", LIST[0] == 0 and all(re.fullmatch(r"\S+ +\S.+", n) for n in LIST[1].splitlines()), LIST[1])
expect("checks left out", conform("-x", "burst", "-k", "burst", "-k", "hops", STAGE)[1].endswith("1 passed, 0 failed\n"), "")
for words in (), ("--role", "x", STAGE), ("--changes", "x", STAGE), ("-k", "x", STAGE), ("--limit", "0", STAGE), ("no-such-program",):
    code, out = conform(*words)
    expect(f"usage {words}", code == 100 and out.startswith("rd-conform: error: ") and out.count("\n") == 1, out)
sys.exit(1 if failed else 0)
