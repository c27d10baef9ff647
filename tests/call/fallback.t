#!/usr/bin/python3
# limit: 150
# long: 3600
"""A model that refuses, is silent, cannot be reached, dies in mid-sentence or has spent its quota: another agent goes on
with the call. Neither side hears a silence of 3 s, the conversation is known, the first choice is asked again at the next
call, and nothing is left: no process, descriptor or folder. The truth is in the recording of what caller and assistant
heard. LONG: fifty calls of each kind, and 3 s are 3 s: how late the machine itself was is measured beside it, and told.
FALLBACK_TIMES says how many calls, FALLBACK a part of the name of a kind; what fails is kept in the folder KEEP."""
from concurrent.futures import ThreadPoolExecutor
import array, itertools, statistics, wave
from rig import *

LONG = bool(os.environ.get("LONG"))
LANES = 4 if LONG else 6  # calls at once: each has a caller, an agent and a port of its own
TIMES = int(os.environ.get("FALLBACK_TIMES", 50)) if LONG else 1
SILENT_MS = 3000 if LONG else 6000  # the sample tells whether it works, beside other tests on a slow machine
STORY = "Once upon a time there was a telephone that nobody had called for a hundred years, and it stood in the hall."
HELLO = 'greet say "Hello Anna."\n'
ASK, THEN = "Tell me a story.", "What time is it?"

# kind → the model's script, why the fallback says it came, whether the first agent has been heard
CASES = {
    "refuses the key": ("connect * http 401", "key", False),
    "refuses": ("connect * http 403", "refused", False),
    "too many requests": ("connect * http 429", "refused", False),
    "spent at the start": ('connect * refuse insufficient_quota "You exceeded your current quota." close 1000', "quota", False),
    "nobody there": (None, "unreachable", False),
    "silent at the start": ("connect * mute", "silent", False),
    "silent when asked": (HELLO + f'turn 1 heard "{ASK}" mute\nconnect 2- mute', "silent", True),
    "silent from the greeting on": (HELLO + "connect 1 after 2500 mute\nconnect 2- mute", "silent", True),
    "dies in mid-sentence": (HELLO + f'turn 1 heard "{ASK}" say "{STORY}" pace 1\nconnect 1 after 6200 cut\nconnect 2- http 503', "unreachable", True),
    "frozen in mid-sentence": (HELLO + f'turn 1 heard "{ASK}" say "{STORY}" pace 1\nconnect 1 after 6200 freeze\nconnect 2- mute', "silent", True),
    "spends its quota": (HELLO + f'turn 1 heard "{ASK}" status failed insufficient_quota "You exceeded your current quota."', "quota", True),
}
PATIENT = ("dies in mid-sentence", "frozen in mid-sentence")  # the caller waits for more of it
SAMPLE = ["refuses the key", "nobody there", "silent at the start", "silent when asked", "dies in mid-sentence", "spends its quota"]
NEXT = ("second", "offline")  # who takes over, in turns: another model; nobody's, who knows the time


class Model:
    """A simulated model on a port of the test's own."""

    def __init__(self, port, script, name):
        self.log, path = f"{TMP}/{name}.log", f"{TMP}/{name}.script"
        with open(path, "w") as f:
            f.write("set resume never\n" + script + "\n")
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.p = subprocess.Popen([f"{TOP}/tests/sim/rd-sim-model", "--port", str(port), "--script", path, "--log", self.log, "--no-strict"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.p.stdout.readline().split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.terminate()
        self.p.wait()

    def lines(self):
        with open(self.log) as f:
            return [json.loads(l) for l in f if l.endswith("}\n")]


class Watch:
    """Tells how late a process is that wants a hundredth of a processor: what the machine had no time for."""
    PROGRAM = """
import select, time
at = time.monotonic()
while True:
    at += 0.02
    select.select([], [], [], max(0, at - time.monotonic()))
    late, at = time.monotonic() - at, time.monotonic()
    if late > 0.01:
        print(at, late, flush=True)
"""

    def __init__(self):
        self.out = open(f"{TMP}/late", "w+")
        self.p = subprocess.Popen([sys.executable, "-c", self.PROGRAM], stdout=self.out)

    def late_ms(self, since, until):
        with open(f"{TMP}/late") as f:
            rows = [tuple(map(float, line.split())) for line in f if line.endswith("\n")]
        return round(1000 * sum(late for at, late in rows if since <= at <= until))

    def end(self):
        self.p.kill()
        self.p.wait()
        self.out.close()


def silences(path):
    """(ms at which it begins, ms) of each stretch of the recording in which neither side makes a sound, up to the last
    sound of the assistant; how often the assistant began to speak; how long it is."""
    with wave.open(path) as w:
        rate, samples = w.getframerate(), array.array("h", w.readframes(w.getnframes()))
    step = rate // 50
    loud = [(max(map(abs, samples[i:i + 2 * step:2])) > 500, max(map(abs, samples[i + 1:i + 2 * step:2])) > 500)
            for i in range(0, len(samples) - 2 * step, 2 * step)]
    end = max((i for i, (_, assistant) in enumerate(loud) if assistant), default=-1)
    found, begun, utterances, last = [], 0, 0, -100
    for i, (caller, assistant) in enumerate(loud[:end + 1]):
        if caller or assistant:
            found.append((begun * 20, (i - begun) * 20))
            begun = i + 1
        if assistant:
            utterances += i - last > 30
            last = i
    return [s for s in found if s[1] > 0] or [(0, len(loud) * 20)], utterances, len(loud) * 20


def configuration(ports, second):
    text = ""
    for i, port in enumerate(ports):
        text += f"""
caller "+1555765{i:04}" {{ name = "Anna" agent = "a{i}" calls-per-hour = 0 }}
caller "+1555766{i:04}" {{ name = "Anna" agent = "b{i}" calls-per-hour = 0 }}"""
        for name, after in (("a", "second"), ("b", "offline")):
            text += f"""
agent "{name}{i}" {{ pipeline = "test" url = "ws://127.0.0.1:{port}/v1/realtime" greeting = "Hello Anna." turn-detection = server
                    tools = {{ "time" }} fallback = {{ "{after}" }} }}"""
    return text + f"""
agent "second" {{ pipeline = "test" url = "ws://127.0.0.1:{second}/v1/realtime" greeting = "I am the second." turn-detection = server
                  tools = {{ "time" }} }}"""


def one_call(r, lane, kind, after, patient):
    """(the longest silence in ms, how many of them the machine was late, what is wrong)"""
    script, why, heard_before = CASES[kind]
    caller = f"+15557{65 + NEXT.index(after)}{lane:04}"
    number = next(r.numbers)
    id, short, out = f"CA{number // 100:030x}{number % 100:02}", f"CA…{number % 100:02}", f"{TMP}/{lane}.wav"
    begin = os.path.getsize(r.log_path)
    model = Model(r.ports[lane], script, f"model-{lane}") if script else None
    try:
        call = r.phone("--call", id, "--say", ASK, *(["--hangup-after", "4"] if patient else ["--say", THEN] * (2 if kind in PATIENT else 1) + ["--hangup-after", "1"]),
                       caller=caller, out=out)
    finally:
        end = time.monotonic()
        if model:
            model.__exit__()
    quiet, utterances, length_ms = silences(out)
    at_ms, worst_ms = max(quiet, key=lambda s: s[1])
    at = end - (length_ms - at_ms) / 1000
    late_ms = r.watch.late_ms(at, at + worst_ms / 1000)
    log = r.log(begin)
    opened = re.search(rf"call opened call={id} agent=(\S+)", log).group(1)
    mine = [l for l in log.splitlines() if f" agent {after} has the call by=fallback" in l and l.endswith(f"call={short}")]
    # who is not understood, as one may be who speaks while one hands over to the other, is told so
    goes_on = re.search(rf"rd-intent\[{short}\]: (info: understood intent=time|debug: not understood)", log)
    wrong = [text for well, text in (
        (call["answered"] and call["end"] == "caller" and call["streams"] == 1, f"the call: {call}"),
        (opened == f"{'ab'[NEXT.index(after)]}{lane}", f"begins with {opened}, not with the first choice"),
        (len(mine) == 1 and f"why={why} " in mine[0], f"taken over: {mine}"),
        (not patient or utterances >= 3, "nothing was heard behind what broke off"),
        (patient or after == "second" or goes_on, "the conversation does not go on"),
        (worst_ms - late_ms < SILENT_MS, f"a silence of {worst_ms} ms at {at_ms} ms, of which the machine was late for {late_ms} ms"),
    ) if not well]
    if wrong:
        print(f"--- {kind}, {after}{', patient' if patient else ''}: " + "; ".join(wrong), flush=True)
        story = "".join(l for l in log.splitlines(True) if short in l or id in l)
        print(story, flush=True)
        if os.environ.get("KEEP"):
            os.rename(out, f"{os.environ['KEEP']}/{id}.wav")
            with open(f"{os.environ['KEEP']}/{id}.log", "w") as f:
                f.write(f"{kind} {after} {patient} {wrong}\n{story}")
    return worst_ms, late_ms, wrong


def run(r, kinds):
    jobs = [(kind, NEXT[(n + i) % 2], kind in PATIENT and n % 4 < 2) for n in range(TIMES) for i, kind in enumerate(kinds)]
    lanes = list(range(LANES))
    figures = {}

    def job(*words):
        lane = lanes.pop()
        try:
            return one_call(r, lane, *words)
        finally:
            lanes.append(lane)

    with ThreadPoolExecutor(LANES) as pool:
        for (kind, after, _), result in zip(jobs, pool.map(lambda j: job(*j), jobs)):
            figures.setdefault((kind, after), []).append(result)
    print("%-28s %-8s %4s %8s %8s %8s %6s %8s %6s  longest silence, ms; the machine was late" % (
        "the model", "after it", "n", "median", "p95", "worst", "late", ">= 3 s", "wrong"))
    for (kind, after), rows in sorted(figures.items()):
        rows.sort(key=lambda row: row[0])
        ms = [row[0] for row in rows]
        print("%-28s %-8s %4d %8d %8d %8d %6d %8d %6d" % (kind, after, len(ms), statistics.median(ms), ms[-(-95 * len(ms) // 100) - 1], ms[-1],
                                                      rows[-1][1], sum(n >= 3000 for n in ms), sum(bool(row[2]) for row in rows)))
    return not any(row[2] for rows in figures.values() for row in rows)


ports = [free_port() for _ in range(LANES)]
with Model(0, 'greet say "I am the second."\ntext "Go on exactly where" say "And it still stands there."\notherwise say "Yes, the second one is here."', "second") as second, \
        Rig("basic", more=configuration(ports, second.port), limits="calls = 20") as r:
    r.ports, r.watch, r.numbers = ports, Watch(), itertools.count()
    r.expect("model", "rd-bridge will not run", "cannot go on", "insufficient_quota", "connecting again", "tool is missing", "phrases are not prepared")
    r.phone("--say", "Hello?", "--hangup-after", "5", caller="+15557660000")  # whatever is made once is there: nobody listens there yet
    r.wait_idle()
    before, descriptors = r.lasting(), r.settled_descriptors()
    well = run(r, [k for k in CASES if os.environ.get("FALLBACK", "") in k] if LONG else SAMPLE)
    r.watch.end()
    r.wait_idle()
    wait_for("nothing to be left", lambda: set(r.lasting()) == set(before) and not os.listdir(f"{TMP}/run/calls"))
    wait_for("every descriptor to be back", lambda: r.descriptors() == descriptors)
sys.exit(0 if well else 1)
