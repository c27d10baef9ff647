#!/usr/bin/python3
# limit: 150
"""rd-ctl restart of each stage in mid-call, and a stage swapped for another program: the call goes on, and the assistant
knows what was said."""
from rig import B, Rig, wait_for
import os, shutil


def said(r, kind):
    return len([e for e in r.model("out") if e["event"]["type"] == kind])


def call_while(r, act, streams=1):
    answers, words = said(r, "response.done"), said(r, "conversation.item.input_audio_transcription.completed")
    p = r.phone("--say", "What time is it?", "--say", "And where are you?", "--say", "Goodbye.", background=True)
    # the greeting, the tool's call, the answer
    wait_for("the first answer", lambda: said(r, "response.done") >= answers + 3
             and said(r, "conversation.item.input_audio_transcription.completed") > words, 30)
    call = r.wait_call("talking")
    act(call["call"])
    summary = r.summary(p)
    assert summary["answered"] and summary["end"] == "assistant", summary
    assert summary["streams"] == streams and summary["verbs"][-1] == "Hangup", summary
    r.wait_idle()


def stages(r, call):
    return {s["program"]: s for c in r.status()["calls"] if c["call"] == call for s in c["stages"]}


def main(r):
    for stage in ("rd-bridge", "rd-tools", "rd-memory", "rd-monitor"):
        call_while(r, lambda call: r.ctl("restart", call, stage))
    resumed = [e for e in r.model("bind") if e["resumed"]]
    assert len(resumed) == 1 and resumed[0]["turn"] >= 1, r.model("bind")
    seeds = str(r.model("seed"))
    assert "What time is it?" in seeds and "It is late." in seeds, seeds
    assert len([e for e in r.model("plan") if e["plan"] == "greet"]) == 4, "somebody was greeted twice"

    r.expect("rd-ingest ended", "rd-ingest.*lost")
    call_while(r, lambda call: r.ctl("restart", call, "rd-ingest"), streams=2)

    shutil.copy(f"{B}/bin/rd-tools", f"{os.environ['TMP']}/my-tools")

    def swap(call):
        r.ctl("swap", call, "rd-tools", f"{os.environ['TMP']}/my-tools")
        wait_for("the other program to run", lambda: stages(r, call).get("my-tools", {}).get("life") == 1)

    call_while(r, swap)


with Rig("call") as rig:
    main(rig)
