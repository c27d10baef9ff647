#!/usr/bin/python3
# limit: 90
"""Two tools at once, one of them silent beyond its limit: the model is told so honestly as soon as the limit is there, the
caller has an answer then, and nothing of the tool is left."""
from rig import *

TOOL, PIDS, LIMIT_S = f"{TMP}/stuck", f"{TMP}/pids", 2
SCHEMA = {"name": "time", "description": "Tells the time.", "parameters": {"type": "object", "properties": {}},
          "effect": "none", "timeout_s": 60}

with open(TOOL, "w") as f:
    f.write(f"""#!/bin/sh
[ "$1" = --schema ] && exec echo '{json.dumps(SCHEMA)}'
tail -f /dev/null &
echo $$ $! > {PIDS}
wait
""")
os.chmod(TOOL, 0o755)

with Rig("tools-parallel", more=f'tool "time" {{ command = {{ "{TOOL}" }} folders = {{ "{TMP}" }} timeout-s = {LIMIT_S} }}') as r:
    call = r.phone("--silence", "3500", "--say", "What time is it, and what do you know about me?", "--say", "Goodbye.")
    assert call["answered"] and call["end"] == "assistant", call
    outputs = [e for e in r.model_events("conversation.item.create") if e["event"]["item"]["type"] == "function_call_output"][:2]
    quick, late = (json.loads(e["event"]["item"]["output"]) for e in outputs)
    assert quick == {"ok": True, "text": "Nothing is remembered about that."}, quick
    assert late == {"ok": False, "text": "time gave no answer within 2 seconds and was ended."}, late
    began = next(e["us"] for e in r.model("out") if e["event"]["type"] == "response.function_call_arguments.done")
    late = late_ms(call) * 1000
    assert outputs[1]["us"] - outputs[0]["us"] > 1_000_000 - late, "the quick one waited for the slow one"
    assert LIMIT_S * 1e6 <= outputs[1]["us"] - began < (LIMIT_S + 3) * 1e6 + late, outputs[1]["us"] - began
    answer = next(e["us"] for e in r.model("in") if e["event"]["type"] == "response.create" and e["us"] > outputs[1]["us"])
    assert answer - outputs[1]["us"] < 3_000_000 + late, answer - outputs[1]["us"]
    with open(PIDS) as f:
        left = [pid for pid in f.read().split() if os.path.exists(f"/proc/{pid}")]
    assert not left, f"left of the tool: {left}"
    assert "tool ended name=time outcome=failed" in r.log()
    r.wait_idle()
