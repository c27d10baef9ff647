#!/usr/bin/python3
# limit: 100
# long: 1800
"""A stage of the offline ring is killed in the middle of a call, and the call goes on: a note is taken, read back, confirmed,
kept once, and goodbye is said. The caller listens: what was not understood they say again, a question that is asked again
they answer again. A note that was half given is asked for again; none is kept twice, none without the yes.

Victims: rd-stt, rd-intent, rd-tts, rd-pacer; moments: the greeting, while the caller speaks, as the question is made, while
it is heard, while they say yes, while the tool runs, as the result is told. `make check` has some, LONG=1 each five times."""
import concurrent.futures, json, os, queue, random, select, signal, subprocess, sys, time

TOP = os.environ["TOP"]
sys.path.append(f"{TOP}/tests/speech")
from chaos import Lines  # noqa: E402
from offline import B, PUBLIC, TMP, Offline  # noqa: E402
from rig import NUMBER, TOKEN  # noqa: E402

LONG = bool(os.environ.get("LONG"))
VICTIMS = ("rd-stt", "rd-intent", "rd-tts", "rd-pacer")
MOMENTS = ("greeting", "caller-speaking", "question-made", "question-heard", "yes-speaking", "tool-runs", "result-told")
NOTE = "take a note buy milk"
LINES = 4 if LONG else 3
MOST_TURNS, SILENCE_MS, WONDER_S = 12, 6000, 5


class Story:
    """Tells moments from events, and what the caller says next from what the assistant said."""

    def __init__(self):
        self.spoken, self.started, self.asked, self.last, self.heard, self.noted = 0, 0, False, None, False, False

    def moment(self, e):
        kind, text = e["type"], e.get("text", "")
        if kind == "call.heard" and not self.heard:
            self.heard = True
            return "greeting"
        if kind == "user.speech.started":
            self.started += 1
            return "yes-speaking" if self.asked else "caller-speaking" if self.started == 1 else None
        if kind == "assistant.text" and "Shall I" in text and not self.asked:
            self.asked = True
            return "question-made"
        if kind == "call.heard" and self.asked and self.started == 1:
            return "question-heard"
        if kind == "tool.call" and e["name"] == "notes":
            return "tool-runs"
        return "result-told" if kind == "assistant.text" and "noted" in text else None

    def answer(self, text):
        """To a whole utterance of the assistant's; None: it goes on by itself."""
        if "Shall I" in text:
            self.last = "yes please"
        elif "noted" in text:
            self.noted, self.last = True, "goodbye"
        elif "bye" in text.lower():
            return None
        elif self.last is None or "leave it" in text or "nothing is done" in text.lower():
            self.last = NOTE
        return self.last


class Caller:
    """Speaks when the assistant has finished, or when nothing has come for long enough."""

    def __init__(self, phone):
        self.phone, self.said, self.heard, self.turns, self.last_at = phone, [], "", 0, float("inf")

    def hear(self, e, story):
        if e["type"].startswith(("assistant.", "user.", "call.heard", "call.start")):
            self.last_at = time.monotonic()
        if e["type"] == "assistant.text":
            self.heard += e["text"]
        elif e["type"] == "assistant.done" and e["status"] == "complete":
            self.speak(story)
        elif e["type"] == "user.text" and e["final"]:
            self.said.append("> " + e["text"])

    def wonder(self, story):
        if time.monotonic() > self.last_at + WONDER_S:
            self.speak(story)

    def speak(self, story):
        text, self.heard, self.last_at = self.heard, "", time.monotonic()
        self.said.append(text)
        words = story.answer(text)
        self.turns += 1
        if words and self.turns <= MOST_TURNS:
            self.phone.stdin.write(words + "\n")
            self.phone.stdin.flush()


def strike(rig, victim):
    """Kills the stage that has that place now, whichever life it is in; True: it was there."""
    status = Lines(f"{rig.tmp}/run/control")
    pids = [s["pid"] for c in status.ask(do="status")["calls"] for s in c["stages"] if s["program"] == victim]
    status.socket.close()
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it has died by itself, and its complaint fails the test
            return False
    return bool(pids)


def one_call(rig, trial, number):
    victim, moment = trial
    control = Lines(f"{rig.tmp}/run/control")
    control.say(do="watch")
    words = [f"{B}/bin/rd-phone", "--url", f"http://{rig.address}/twiml", "--public-url", f"{PUBLIC}/twiml", "--from", f"+1555{number:07d}", "--to",
             NUMBER, "--json", "--type", "--patience", "7", "--timeout", "90", "--out", f"{rig.tmp}/call-{number}.wav"]
    phone = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=dict(os.environ, TWILIO_AUTH_TOKEN=TOKEN))
    over, caller = os.pidfd_open(phone.pid), Caller(phone)
    story, struck, begun = Story(), False, time.monotonic()
    end, past = begun + 75, []
    while time.monotonic() < end and over not in (ready := select.select([over, control.socket], [], [], 1)[0]):
        for line in (control.read() or []) if ready else []:
            e = line.get("event", {"type": ""})
            if story.moment(e) == moment and not struck:
                struck = strike(rig, victim)
            if e["type"] not in ("", "stage.stats", "call.heard"):
                past.append(f"{time.monotonic() - begun:6.2f} {json.dumps(e)[:160]}\n")
            caller.hear(e, story)
        caller.wonder(story)
    os.close(over)
    control.socket.close()
    if phone.poll() is None:
        phone.send_signal(signal.SIGINT)
    summary = rig.summary(phone)
    rig.wait_idle()
    wrong = judge(rig, summary, struck, caller.said)
    if wrong:
        print(f"--- {victim} {moment}\n" + "".join(past[-60:]), flush=True)
    return trial, wrong, summary


def judge(rig, summary, struck, said):
    notes = rig.notes()
    kept = [n.count("buy milk") for n in notes]
    for folder, _, names in os.walk(f"{rig.tmp}/state/tools/notes"):
        for name in names:
            os.unlink(f"{folder}/{name}")
    wrong = []
    if not struck:
        wrong.append("the moment never came")
    if summary["end"] != "assistant":
        wrong.append(f"ended by the {summary['end']}")
    if sum(kept) != 1:
        wrong.append(f"the note was kept {sum(kept)} times")
    if max(summary.get("answer_ms", [0])) > SILENCE_MS:
        wrong.append(f"a silence of {max(summary['answer_ms']):.0f} ms")
    if wrong:
        wrong.append(" / ".join(said))
    return wrong


def work(number, todo, done):
    with Offline(folder=f"{TMP}/line-{number}") as rig:
        # where the machine is too busy a recogniser that gets no processor is taken for dead; the long run has it to itself
        rig.expect(r"ended, starting it again why=.signal 9.", *([] if LONG else ["does not read its input"]))
        n = 0
        while True:
            try:
                trial = todo.get_nowait()
            except queue.Empty:
                return
            n += 1
            done.append(one_call(rig, trial, number * 1000 + n))


def main():
    every = [(v, m) for v in VICTIMS for m in MOMENTS]
    trials = every * 5 if LONG else random.SystemRandom().sample(every, 3)
    wanted = [tuple(w.split()) for w in os.environ.get("CHAOS", "").split(",") if w.strip()]
    todo, done = queue.Queue(), []
    for trial in wanted or trials:
        todo.put(trial)
    for n in range(LINES):
        os.makedirs(f"{TMP}/line-{n}")
    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:
        for end in [pool.submit(work, n, todo, done) for n in range(LINES)]:
            end.result()
    print(f"{'killed':<11}{'at':<18}{'n':>3}{'well':>6}{'  longest silence before an answer ms':<20}")
    failed = 0
    for trial in dict.fromkeys(sorted((t for t, _, _ in done), key=every.index)):
        rows = [(w, s) for t, w, s in done if t == trial]
        print(f"{trial[0]:<11}{trial[1]:<18}{len(rows):>3}{sum(not w for w, _ in rows):>6}"
              f"{max(max(s.get('answer_ms') or [0]) for _, s in rows):>12.0f}")
        for wrong, _ in rows:
            failed += bool(wrong)
            if wrong:
                print("     " + "; ".join(wrong))
    sys.exit(1 if failed else 0)


main()
