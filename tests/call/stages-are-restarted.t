#!/usr/bin/python3
# limit: 100
"""rd-ctl restart of each stage in mid-call, and a stage swapped for another program: the call goes on, and the assistant
knows what was said."""
from rig import B, TMP, Rig, wait_for
import shutil


def said(r, kind):
    return len([e for e in r.model("out") if e["event"]["type"] == kind])


def call_while(r, act, streams=1):
    answers, words = said(r, "response.done"), said(r, "conversation.item.input_audio_transcription.completed")
    p = r.phone("--say", "What time is it?", "--say", "Goodbye.", background=True)
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
    call_while(r, lambda call: r.ctl("restart", call, "rd-bridge"))
    resumed = [e for e in r.model("bind") if e["resumed"]]
    assert len(resumed) == 1 and resumed[0]["turn"] >= 1, r.model("bind")
    seeds = str(r.model("seed"))
    assert "What time is it?" in seeds and "It is late." in seeds, seeds

    shutil.copy(f"{B}/bin/rd-tools", f"{TMP}/my-tools")

    def others(call):
        for stage in ("rd-tools", "rd-memory", "rd-monitor"):
            r.ctl("restart", call, stage)
        r.ctl("swap", call, "rd-tools", f"{TMP}/my-tools")  # answered when it has run for 1 s
        assert stages(r, call)["my-tools"]["life"] == 2, stages(r, call)

    call_while(r, others)
    assert len([e for e in r.model("plan") if e["plan"] == "greet"]) == 2, "somebody was greeted twice"

    r.expect("rd-ingest ended", "rd-ingest.*lost")
    call_while(r, lambda call: r.ctl("restart", call, "rd-ingest"), streams=2)


with Rig("brief") as rig:
    main(rig)
