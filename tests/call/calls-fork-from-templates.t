#!/usr/bin/python3
# limit: 120
"""Warm templates: one for each distinct stage, without a secret; a call's stages are forked from them, children of the
supervisor with command lines of their own; a template that was killed, stopped, or whose program is new, costs nothing
but itself; another configuration has templates of its own. What they and a call's stages have written for themselves
is bounded."""
from rig import SANITIZED, B, TMP, Copy, wait_for
import os, shutil, signal, sys


ALL_FIVE = {"rd-ingest", "rd-bridge", "rd-tools", "rd-memory", "rd-monitor"}
# of all five together: 50 calls have each page of the forks 50 times. 770 and 160, and they vary by ten; they were 920 and 205
# before pages.h, heap_lean() and environment_lean()
TEMPLATES_PAGES, FORKS_PAGES = 900, 195


def templates(r):
    """Of the stages of the test's own pipeline: those of who may take over are there, too."""
    found = {words.split()[0]: pid for pid, words in r.processes().items() if words.endswith("--template")}
    return {program: pid for program, pid in found.items() if program in ALL_FIVE}


def stages(r):
    return {s["program"]: s["pid"] for c in r.status()["calls"] for s in c["stages"]}


def own_words(r, pid):
    """Of a process that has just been forked: none yet."""
    words = r.processes().get(pid, "")
    return "" if words.endswith("--template") else words


def written_pages(pids, *kinds):
    """Memory that was written to, be it before the fork or since."""
    pages = {}
    for program, pid in pids.items():
        with open(f"/proc/{pid}/smaps_rollup") as f:
            kb = sum(int(line.split()[1]) for line in f if line.startswith(kinds))
        pages[program] = kb * 1024 // os.sysconf("SC_PAGE_SIZE")
    print(f"{' + '.join(kinds)} in pages: {pages}, together {sum(pages.values())}")
    return sum(pages.values())


def a_call(r, act=None):
    """The programs of its stages that were forked, not executed."""
    p = r.phone("--say", "What is the capital of France?", "--hangup-after", "30", background=True)
    call = r.wait_call("talking")["call"]
    running, forked = stages(r), set()
    for program, pid in running.items():
        words = wait_for("a title of its own", lambda: own_words(r, pid))
        assert words.startswith(f"{program} -c ") and f"--call {call}" in words and "--origin" in words, words
        with open(f"/proc/{pid}/status") as f:
            assert f"PPid:\t{r.ringdown.pid}\n" in f.read(), "another parent"
        with open(f"/proc/{pid}/auxv", "rb") as f:  # random bytes for each exec: forks have their template's
            auxv = f.read()
        forked |= {program for t in templates(r).values() if open(f"/proc/{t}/auxv", "rb").read() == auxv}
    if forked == ALL_FIVE:
        assert written_pages(running, "Private_Dirty") < FORKS_PAGES
    if act:
        act()
    r.ctl("end", call)
    summary = r.summary(p)
    assert summary["answered"] and summary["verbs"][-1] == "Hangup", summary
    r.wait_idle()
    return forked


def replaced(r, program, signo):
    before = templates(r)[program]
    os.kill(before, signo)
    wait_for(f"another template of {program}", lambda: templates(r).get(program) not in (None, before))


def main(r):
    all_five = ALL_FIVE
    wait_for("the templates", lambda: all_five <= set(templates(r)))
    for program, pid in templates(r).items():
        with open(f"/proc/{pid}/environ", "rb") as f:
            assert b"test-key" not in f.read(), f"{program}'s template holds a secret"
    descriptors = r.settled_descriptors()
    before, own = set(r.lasting()), set(templates(r).values())
    wait_for("warm ones", lambda: a_call(r) == all_five)
    assert written_pages(templates(r), "Private_Dirty", "Shared_Dirty") < TEMPLATES_PAGES
    wait_for("the same processes as before", lambda: set(r.lasting()) == before)
    wait_for("as many descriptors as before", lambda: r.descriptors() == descriptors)

    r.expect("template (was stopped|ended)")
    replaced(r, "rd-tools", signal.SIGKILL)
    a_call(r)
    a_call(r, lambda: [os.kill(pid, signal.SIGSTOP) for pid in templates(r).values()])
    wait_for("five new ones", lambda: all_five <= set(templates(r)) and not own & set(templates(r).values()))

    shutil.copy(f"{B}/bin/rd-monitor", f"{TMP}/bin/new")
    os.rename(f"{TMP}/bin/new", f"{TMP}/bin/rd-monitor")
    old = templates(r)["rd-monitor"]
    wait_for("the others", lambda: all_five - {"rd-monitor"} <= a_call(r))
    r.wait_log("a new .*rd-monitor: its template is made anew")
    wait_for("the new program's", lambda: templates(r).get("rd-monitor") not in (None, old) and a_call(r) == all_five)

    r.write_conf(stages="rd-ingest | rd-bridge | rd-memory | rd-monitor")
    r.ctl("reload")
    wait_for("those of the other configuration", lambda: all("config.2" in r.processes().get(p, "") for p in templates(r).values())
             and {"rd-bridge", "rd-memory"} <= set(templates(r)))
    assert a_call(r) <= all_five - {"rd-tools"}
    wait_for("the folder of the first to go", lambda: not os.path.exists(f"{TMP}/run/config.1"))


if SANITIZED:
    print("an executable with AddressSanitizer has no templates: nothing to see")
    sys.exit(0)
os.mkdir(f"{TMP}/bin")
for name in os.listdir(f"{B}/bin"):
    shutil.copy(f"{B}/bin/{name}", f"{TMP}/bin/{name}")
with Copy("basic") as rig:
    main(rig)
