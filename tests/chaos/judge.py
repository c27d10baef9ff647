"""What came of a call of tests/chaos: what the caller heard, what is remembered, how often the mail was sent, what is left,
what the log says. Each complaint says what somebody would have noticed."""
import os, re, signal, sqlite3

from rig import wait_for
import scene

SERVICES = ("rd-store", "rd-webhook")
SUPERVISOR = "ringdown"
FALLS_SILENT_MS = 1000  # the model hears the caller, a brain may have to be started for it

LOST = r"rd-ingest.*stream lost .*the carrier stage was started again"
CUT_OFF = r"rd-tools.*tool was cut off, its outcome is unknown name=mail"
PUT_OFF = r"rd-webhook: warn: step put off, the supervisor is to come back"
REFUSED = r"ringdown: warn: cannot pass a stream on"
DYING = r"rd-bridge.*warn: model lost at localhost: cannot connect"  # the old ring's, as it ends in the middle of that
EXPECTED = {"rd-tools": [CUT_OFF], "rd-ingest": [LOST, REFUSED], SUPERVISOR: [LOST, CUT_OFF, REFUSED, PUT_OFF, DYING]}


class Judge:
    """The half of a Line that looks at what it has done."""

    def judge(self, phone):
        run = self.run
        run.phone = phone
        if not run.struck:
            run.complain(f"the moment {run.moment} never came")
        if not phone["answered"] or phone["end"] != "assistant" or phone["verbs"][-1:] != ["Hangup"]:
            run.complain(f"the call was not ended by the assistant but by {phone['end']}: {phone['verbs']} {phone['said']}")
        refused = run.moment == "ringing" and run.victim in ("rd-ingest", SUPERVISOR)  # who was to take the stream
        if phone["warnings"] and not (refused and phone["warnings"] == 1):
            run.complain(f"the carrier complains: {phone['warning_texts']}")
        run.recording = scene.Recording(f"{self.tmp}/call.wav", self.blocks)
        self.judge_sound(run.recording)
        self.judge_leftovers()
        self.judge_turns(phone["call"])
        self.judge_mail(phone["call"])
        self.judge_log()

    def judge_sound(self, tape):
        run, due = self.run, [(0, 0)] + [tape.spoken(n) for n in range(3)]
        if len(tape.spoke) != 3:
            run.complain(f"the caller had to speak {len(tape.spoke)} times instead of 3: {tape.spoke}")
        for text, since in zip((scene.GREETING, scene.STORY, scene.MAIL, scene.BYE), due):
            s = tape.said[text]
            if not s.heard or not since:
                run.complain(f"\"{text[:20]}…\" was not heard")
                continue
            run.delays[text] = s.at_ms - since[1]
            self.judge_sentence(text, text == scene.STORY or text == scene.GREETING and self.judge_rest(s))
        on, story = tape.said[scene.ON], tape.said[scene.STORY]
        if on.heard:
            self.judge_sentence(scene.ON, True)
            if story.heard:
                run.halts[scene.ON] = max(on.halt_ms, on.at_ms - story.stopped_ms)
            if run.victim not in ("rd-bridge", SUPERVISOR):
                run.complain("the assistant went on with a story that was not broken off")
        if story.heard and tape.spoken(1):
            late = max(s.stopped_ms for s in (story, on) if s.heard) - tape.spoken(1)[0]
            if late > FALLS_SILENT_MS:
                run.complain(f"the assistant talked on for {late} ms when it was interrupted")

    def judge_rest(self, greeting):
        """A new brain says the words that are missing of a greeting: whether there was one that did."""
        for text in scene.RESTS:
            rest = self.run.recording.said[text]
            if not rest.heard:
                continue
            begun = scene.words_heard(scene.GREETING, greeting.heard_ms, greeting.sound_ms)
            missing = len(scene.GREETING.split()) - len(text.split()) - begun
            self.judge_sentence(text, False)
            self.run.halts[text] = max(rest.halt_ms, rest.at_ms - greeting.stopped_ms)
            if abs(missing) > 1:
                self.run.complain(f"{begun} words of the greeting were heard, and then \"{text}\"")
            return True
        return False

    def judge_sentence(self, text, may_be_cut):
        s, short = self.run.recording.said[text], text[:20]
        self.run.halts[text] = s.halt_ms
        if s.lost_ms > 100:
            self.run.complain(f"{s.lost_ms} ms of \"{short}…\" were not heard")
        if s.twice_ms > 100:
            self.run.complain(f"{s.twice_ms} ms of \"{short}…\" were heard twice")
        syllable_ms = 250 if self.run.victim in ("rd-bridge", SUPERVISOR) else 100
        if not may_be_cut and s.heard_ms < s.whole_ms - syllable_ms:
            self.run.complain(f"\"{short}…\" broke off {s.whole_ms - s.heard_ms} ms before its end")

    def judge_leftovers(self):
        run = self.run
        try:
            self.rig.wait_idle(5)
            wait_for("the call's processes to be gone", lambda: len(self.rig.lasting()) == self.quiet, 5)
            wait_for("the call's folder to be gone", lambda: not os.listdir(f"{self.tmp}/run/calls"), 5)
            wait_for("the tokens to be gone", lambda: not os.listdir(f"{self.tmp}/run/tokens"), 5)
        except AssertionError as e:
            run.complain(f"{e}: {list(self.rig.lasting().values())}")
        for pid in self.tools_at_work():
            run.complain(f"the tool still runs: {pid}")
            os.kill(pid, signal.SIGKILL)
        self.learn_services()
        try:
            wait_for("the descriptors to be as before", lambda: self.all_descriptors() == self.files, 2)
        except AssertionError as e:
            run.complain(f"{e}: {self.files}, now {self.all_descriptors()}")

    def tools_at_work(self):
        """Whoever their parent is now."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if f"{self.tmp}/mail".encode() in f.read().split(b"\0"):
                        yield int(pid)
            except OSError:
                pass

    def rows(self, sql, *words):
        with sqlite3.connect(f"file:{self.tmp}/state/memory.db?mode=ro", uri=True) as db:
            return db.execute(sql, words).fetchall()

    def judge_turns(self, call):
        run = self.run
        try:
            wait_for("the store to have the end",
                     lambda: self.rows("SELECT 1 FROM calls WHERE call = ? AND ended_at IS NOT NULL", call), 5)
        except AssertionError as e:
            run.complain(str(e))
        run.turns = self.rows("SELECT who, text, life, heard_ms, sent_ms FROM turns t JOIN calls c ON c.id = t.call_id"
                              " WHERE c.call = ? ORDER BY at_us", call)
        said = [text for who, text, *_ in run.turns if who == "user"]
        for text in scene.CALLER:
            self.count(text, said.count(text), 1)
        for text in set(said) - set(scene.CALLER):
            self.count(text, 1, 0)
        if not run.lost and not run.doubled and tuple(said) != scene.CALLER:
            run.complain(f"the caller's words are remembered in another order: {said}")
        rows = [text for who, text, *_ in run.turns if who == "assistant" and text]
        for text in scene.ASSISTANT:
            self.judge_turn(text, [row for row in rows if text.startswith(row)])
        for row in rows:
            if not any(text.startswith(row) for text in scene.ASSISTANT):
                self.count(row, 1, 0)

    def count(self, text, had, wanted):
        if had < wanted:
            self.run.lost += 1
            self.run.complain(f"nobody remembers \"{text[:24]}\"")
        elif had > wanted:
            self.run.doubled += had - wanted
            self.run.complain(f"\"{text[:24]}\" is remembered {had} times, {wanted} expected")

    def judge_turn(self, text, rows):
        s = self.run.recording.said[text]
        heard = scene.words_heard(text, s.heard_ms, s.sound_ms) if s.heard else 0
        self.count(text, len(rows), 1 if heard > 1 or rows and heard else len(rows) if heard else 0)
        if len(rows) == 1 and abs(len(rows[0].split()) - heard) > 1:
            self.run.complain(f"of \"{text[:20]}…\" {heard} words were heard, {len(rows[0].split())} are remembered")

    def judge_mail(self, call):
        run = self.run
        try:
            with open(f"{self.tmp}/sent") as f:
                run.effects = f.read().split().count(call)
        except OSError:
            run.effects = 0
        told = self.rows("SELECT outcome FROM tool_calls t JOIN calls c ON c.id = t.call_id"
                         " WHERE c.call = ? AND name = 'mail'", call)
        run.outcome = told[0][0] if told else "none"
        if run.effects > 1:
            run.complain(f"the mail was sent {run.effects} times")
        wanted = "unknown" if self.stays_cut_off() else "done"
        if run.effects == 0 and run.outcome != "unknown" or len(told) != 1 or run.outcome not in (wanted, "unknown"):
            run.complain(f"the mail was sent {run.effects} times, its outcome is told as {run.outcome}, {wanted} expected")

    def judge_log(self):
        victim = self.run.victim
        expected = [rf"{victim} ended, starting it again why=\"signal 9", rf"{victim} was stopped, sending SIGKILL",
                    *EXPECTED.get(victim, [])]
        self.run.log = self.rig.log(self.log_at)
        for line in self.run.log.splitlines():
            if re.search(r": (warn|error): |AddressSanitizer|runtime error", line):
                if not any(re.search(p, line) for p in expected):
                    self.run.complain(f"log: {line[:160]}")
                self.rig.expect(re.escape(line))
