#!/usr/bin/python3
# limit: 90
"""What will not get better: brain.failed, one line without secrets, exit 100; within 3 s if nobody is there."""
from brain import *
from rig import in_time


def case(what, why, line, limit=3.5, **how):
    how.setdefault("script", "")
    in_time(limit, lambda: attempt(what, why, line, **how))


def attempt(what, why, line, **how):
    """How long it took."""
    with Brain(expect=["rd-bridge", "model lost", "refuses a setting"], **how) as b:
        begun = time.monotonic()
        b.begin()
        b.until(lambda: b.status is not None and b.err is None and b.said("brain.failed"), 50, f"its end: {what}")
        took = time.monotonic() - begun
        failed = b.said("brain.failed")
        errors = [l for l in b.errors.splitlines() if ": error: " in l]
        check(f"{what}: exit 100", b.status == 100, b.status)
        check(f"{what}: said to the ring", len(failed) == 1 and failed[0]["why"] == why, failed)
        check(f"{what}: one line", len(errors) == 1 and line in errors[0], b.errors)
        check(f"{what}: no secret", "secret-key" not in b.errors + json.dumps(failed))
        if b.model:
            b.model.process.terminate()
            b.model.process.wait()
        return took


def refused():
    case("wrong key", "key", "status=401", key="secret-key", model_key="other")
    case("no such model", "refused", "status=404", script="connect * http 404")
    case("no money", "quota", "quota is spent",
         script='connect * refuse insufficient_quota "You exceeded your current quota." close 1000')
    case("key refused later", "key", "key", key="secret-key", model_key="secret-key",
         script='connect * refuse invalid_api_key "Incorrect API key provided: secret-key." close 1000')
    case("no such voice", "refused", "param=session.audio.output.voice", agent='voice = "nobody"', script="allow invalid_value")


def not_there():
    case("nobody there", "unreachable", "cannot reach the model at 127.0.0.1", url="ws://127.0.0.1:1/v1/realtime")
    case("busy for ever", "unreachable", "HTTP 503", script="connect * http 503")
    case("an odd key", "key", "one word expected", key="secret-key\r\nEvil: yes")


def a_dead_door():
    with socket.socket() as door:  # takes the connection and says nothing
        door.bind(("127.0.0.1", 0)), door.listen(9)
        case("a dead door", "unreachable", "no answer in time", url=f"ws://127.0.0.1:{door.getsockname()[1]}/v1/realtime")
        case("no url", "refused", "ws:// or wss:// and a host expected", url=f"https://127.0.0.1:{door.getsockname()[1]}/")


def it_says_nothing():
    case("it says nothing", "silent", "session.update", limit=11, script="connect * mute")


def it_answers_nothing():
    case("it answers nothing", "silent", "answers nothing", limit=25, script="greet mute")


def it_does_not_last():
    case("it does not last", "unreachable", "cannot reach the model", limit=50, script="connect * after 300 cut")


side_by_side(refused, not_there, a_dead_door, it_says_nothing, it_answers_nothing, it_does_not_last)
