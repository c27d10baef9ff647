#!/usr/bin/python3
# limit: 60
# long: 1200
"""Whatever the line and Twilio do, the caller is answered, heard and let go, each call is one call, and nothing is left of it.
With LONG=1 each trait alone and many at once, with several seeds."""
from rig import SANITIZED, Rig, wait_for
import os, random, statistics, sys

TMP, LONG = os.environ["TMP"], os.environ.get("LONG") not in (None, "", "0")
SAMPLE = [("loss=5%/3,noise=-50dB", "duplicate-webhook,second-stream,unknown,numbers"),
          ("jitter=80ms", "webhook-retry=30ms,status-odd,odd-chunks,start-twice"),
          ("vad", "break=5s,late-duplicate=1s"),
          ("late-marks=50ms-500ms", "reset=5500ms,status-twice"),
          ("drift=300ppm,echo=-20dB/150ms", "half-open=5s/1s,status-first"),
          ("stall=700ms/3s", "late-stream=500ms,slow-upgrade=500ms,disorder,no-stop"),
          ("", "status-early")]
LINES = ["loss=2%", "loss=10%/5", "jitter=30ms", "jitter=150ms", "late-marks=50ms-500ms", "late-marks=1s", "vad", "echo=-20dB/150ms",
         "echo=-30dB/400ms", "noise=-45dB", "stall=700ms/3s", "stall=2s/6s", "drift=500ppm", "drift=-500ppm"]
MANNERS = ["duplicate-webhook", "late-duplicate=500ms", "webhook-retry=20ms", "webhook-retry=1s", "status-first", "status-twice", "status-odd",
           "late-stream=3s", "slow-upgrade=3s", "second-stream", "disorder", "start-twice", "unknown", "numbers", "odd-chunks", "break=1s",
           "break=2s/2", "break=5500ms", "reset=1s", "reset=5500ms", "half-open=1s/2s", "half-open=5500ms/1s", "no-stop"]


def at_random(seed):
    """Up to three of each, no two of one kind."""
    dice = random.Random(seed)

    def some(words):
        picked = {w.split("=")[0]: w for w in dice.sample(words, dice.randint(0, 3))}
        return ",".join(picked.values())
    return some(LINES), some(MANNERS)


def stories():
    if not LONG:
        return [(line, manners, 1) for line, manners in SAMPLE]
    alone = [(w, "", s) for w in LINES for s in (1, 2)] + [("", w, s) for w in MANNERS for s in (1, 2)] + [("", "status-early", 1)]
    return alone + [(*at_random(s), s) for s in range(3, 63)]


def of_calls(r):
    """What runs for a call: neither services nor templates."""
    return [words for words in r.processes().values() if " --call " in words]


def begin(r, line, manners, seed):
    """Each call has a caller of its own, who may call 30 times an hour; and comes when the one before has its ring."""
    opened = r.log().count("call opened")
    words = ["--say", "What of France?", "--say", "Bye.", "--silence", "400", "--hangup-after", "5", "--timeout", "60", "--seed", str(seed)]
    p = r.phone(*words, *(["--line", line] if line else []), *(["--manners", manners] if manners else []), background=True,
                caller=f"+15550{r.calls:06d}")
    wait_for("its ring to be closed", lambda: r.log().count("call opened") > opened)
    return p


def check(call, line, manners):
    assert call["_exit"] == 0 and call["end"] in ("assistant", "caller"), "not ended by one of the two"
    refused = ["31920" in w for w in call["warning_texts"]] if "status-early" in manners else []  # the stream of a call that is over
    assert call["warnings"] == refused.count(True), "Twilio would complain"
    answers = {w["url"]: w["sum"] for w in call["webhooks"] if w["what"] in ("webhook", "retry")}
    assert all(w["sum"] == answers[w["url"]] for w in call["webhooks"] if w["what"] == "duplicate" and "/status" not in w["url"]), "another answer"
    assert all(w["status"] in (200, 204) or w["what"] == "lost" for w in call["webhooks"]), "a webhook was refused"
    assert call["second_streams"] == ([403] * call["streams"] if "second-stream" in manners else []), "the second stream was not refused"
    if "status-early" in manners:
        assert call["heard_ms"] == 0 and call["verbs"][-1] == "Hangup", "a call that is over was served"
        return
    assert call["answer_ms"] or "half-open=" in manners, "the caller was not answered"
    assert call["heard_ms"] > 3000, "too little was heard"
    wanted = 1 + sum("/2" in w and 2 or 1 for w in manners.split(",") if w.split("=")[0] in ("break", "reset", "half-open"))
    assert call["streams"] <= wanted, "more streams than broke"


failed, answers, first = 0, [], []
with Rig("basic", limits="calls = 16", more='caller "*" { agent = "home" }') as r:
    r.expect("stream refused: the token is (unknown or used already|of a call that (is gone|has ended))", "dropped a message: (before start|a second start)", "stream lost heard_ms=")
    SANITIZED or wait_for("the templates to be warm", lambda: r.log().count("'s template pid=") >= 5)
    descriptors, all_stories = r.settled_descriptors(), stories()
    for i in range(0, len(all_stories), 8 if LONG else 7):
        running = [(story, begin(r, *story)) for story in all_stories[i:i + (8 if LONG else 7)]]
        for (line, manners, seed), p in running:
            call = r.summary(p, 90)
            try:
                check(call, line, manners)
            except AssertionError as e:
                failed += 1
                print(f"--line '{line}' --manners '{manners}' --seed {seed}: {e}\n    { {k: v for k, v in call.items() if v not in ([], 0, '')} }")
            answers += call["answer_ms"]
            first += [call["first_audio_ms"]] if call["first_audio_ms"] else []
    r.wait_idle(45)
    wait_for("the calls' processes to be gone", lambda: of_calls(r) == [])
    wait_for("the calls' folders to be gone", lambda: not os.listdir(f"{TMP}/run/calls"), 70)
    wait_for("the descriptors to be closed", lambda: r.descriptors() == descriptors)
    connections = len(r.model("open"))
    if connections > len(all_stories):
        failed += 1
        print(f"{connections} connections to the model for {len(all_stories)} calls")
print(f"{'what':34}{'n':>5}{'median':>9}{'p95':>9}{'worst':>9}")
for what, ms in (("answer after the caller's words, ms", answers), ("first heard after the webhook, ms", first)):
    ms.sort()
    print(f"{what:34}{len(ms):>5}{statistics.median(ms):>9.0f}{ms[int(len(ms) * 0.95)]:>9.0f}{ms[-1]:>9.0f}")
sys.exit(failed > 0)
