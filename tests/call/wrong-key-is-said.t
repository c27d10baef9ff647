#!/usr/bin/python3
"""The model refuses the key, and there is nobody to take over: the caller hears the agent's apology by the carrier's voice within 3 s."""
from rig import NO_FALLBACK, Rig, in_time

with Rig("basic", key="wrong-key", sim_key="right-key", agent='apology = "I am sorry, I cannot think today."',
         more=NO_FALLBACK) as r:
    r.expect("key", "rd-bridge will not run")

    def refused():
        call = r.phone("--say", "Hello?")
        assert "I am sorry, I cannot think today." in " ".join(call["said"]), call
        assert call["verbs"][-2:] == ["Say", "Hangup"], call
        return call["said_ms"][0]

    in_time(3000, refused)
    assert "wrong-key" not in r.log()
    assert 'refuses us: status=401 reason=key; the key is the secret "OPENAI_API_KEY" (agent.key)' in r.log(), r.log()
    r.wait_idle()
