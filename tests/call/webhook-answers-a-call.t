#!/usr/bin/python3
"""/twiml: who is answered and by what, and that the same webhook twice is one call."""
import json, os, re

from webhook import *

DOCUMENT = re.compile(r'<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Connect><Stream url="wss://phone\.example\.com/media/'
                      r'([0-9a-f]{32})"/></Connect><Redirect method="POST">/next/(\d+)</Redirect></Response>\n')


@case()
def a_call_gets_a_stream(w):
    answer, token = w.answered(call_id(1))
    assert answer.headers["content-type"] == "text/xml"
    found = DOCUMENT.fullmatch(answer.text)
    assert found and found[2] == "1", answer.text
    assert w.tokens() == [token]
    assert w.read(call_id(1), "answer.0").decode() == answer.text
    call = json.loads(w.read(call_id(1), "call.json"))
    call.pop("at")
    assert call == {"call": call_id(1), "carrier": "twilio", "direction": "in", "from": ANNA, "to": OURS, "caller_name": "Anna",
                    "attestation": "none", "agent": "home", "config": 7}, call
    assert w.silent()


@case()
def every_name_and_method_of_the_webhook(w):
    for n, target in enumerate(("/twiml", "/incoming-call", "/receive_call", "/twiml?x=1")):
        request = w.twiml(call_id(n), target=target)
        w.prepare(call_id(n), 0)
        assert DOCUMENT.fullmatch(request.answer().text), target
    params = urllib.parse.urlencode(w.params(call_id(9), StirVerstat="TN-Validation-Passed-A"))
    for target in ("/twiml?", "/receive_call?a=%2F&"):
        request = w.get(target + params, [("X-Twilio-Signature", sign(PUBLIC + target + params))])
        if target == "/twiml?":
            w.prepare(call_id(9), 0)
        assert DOCUMENT.fullmatch(request.answer().text), target
    assert json.loads(w.read(call_id(9), "call.json"))["attestation"] == "A"


@case()
def the_same_webhook_again_gets_the_same_bytes(w):
    first, _ = w.answered(call_id(1))
    again = w.twiml(call_id(1)).answer()
    assert again.raw == first.raw
    assert len(w.tokens()) == 1 and w.silent()
    assert w.twiml(call_id(1), target="/receive_call").answer().raw == first.raw


@case()
def two_at_the_same_time_get_the_same_bytes(w):
    requests = [w.twiml(call_id(1)) for _ in range(3)]
    w.prepare(call_id(1), 0)
    answers = [r.answer().raw for r in requests]
    assert answers[0] and answers[0] == answers[1] == answers[2]
    assert len(w.tokens()) == 1 and w.silent()


@case()
def a_lost_connection_loses_no_answer(w):
    w.twiml(call_id(1)).sock.close()
    message, _, _ = w.heard("prepare")
    second = w.twiml(call_id(1))
    w.tell(do="prepared", call=call_id(1), step=0, ok=True)
    third = w.twiml(call_id(1)).answer()
    assert DOCUMENT.fullmatch(third.text) and second.answer().raw == third.raw
    assert w.silent()


@case()
def a_restarted_webhook_repeats_itself(w):
    first, _ = w.answered(call_id(1))
    os.kill(w.pid, signal.SIGKILL)
    assert w.wait() == -signal.SIGKILL
    w.start()
    assert w.twiml(call_id(1)).answer().raw == first.raw
    assert w.silent()


@case()
def a_webhook_killed_before_it_answered_is_taken_up(w):
    request = w.twiml(call_id(1))
    w.heard("prepare")
    os.kill(w.pid, signal.SIGKILL)
    assert w.wait() == -signal.SIGKILL
    assert not request.answer().raw
    w.start()
    w.answered(call_id(1))


@case('auth-token-2 = "TWILIO_AUTH_TOKEN_2"', secrets={"TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_AUTH_TOKEN_2": "f" * 32})
def both_tokens_are_accepted_while_one_is_rotated(w):
    for n, token in enumerate((TOKEN, "f" * 32)):
        request = w.post("/twiml", w.params(call_id(n)), token=token)
        w.prepare(call_id(n), 0)
        assert request.answer().status == 200
    w.expect("signature refused")
    assert w.post("/twiml", w.params(call_id(5)), token="e" * 32).answer().status == 403
    with open(f"/proc/{w.pid}/environ", "rb") as f:
        environment = f.read()
    assert TOKEN.encode() not in environment and b"f" * 32 not in environment and ACCOUNT.encode() not in environment


@case(more='number "+15550100009" { agent = "quick" }\ncaller "*" { calls-per-hour = 1 }')
def the_agent_follows_from_caller_and_number(w):
    for n, (caller, to, agent, name) in enumerate((
            (ANNA, OURS, "home", "Anna"), (BEN, OURS, "quick", "CNAM"), ("+15559990000", "+15550100009", "quick", "CNAM"),
            ("anonymous", OURS, "home", "CNAM"))):
        request = w.twiml(call_id(n), caller, To=to, CallerName="CNAM")
        w.prepare(call_id(n), 0)
        assert request.answer().status == 200
        call = json.loads(w.read(call_id(n), "call.json"))
        assert (call["agent"], call["caller_name"]) == (agent, name), call
        assert call["from"] == ("" if caller == "anonymous" else caller)
    assert "Reject" in w.twiml(call_id(20), "anonymous").answer().text  # the withheld share one hour
    w.make_folder(call_id(21))  # of one whose answer was put off: it was counted already
    again = w.twiml(call_id(21), "anonymous")
    w.prepare(call_id(21), 0)
    assert "<Stream" in again.answer().text
    assert "from=…withheld" in w.log() and "from=…4567" in w.log()


@case()
def a_call_that_we_placed_is_known_by_whom_it_reaches(w):
    request = w.twiml(call_id(1), OURS, To=ANNA, Direction="outbound-api")
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200
    call = json.loads(w.read(call_id(1), "call.json"))
    assert (call["direction"], call["from"], call["to"], call["agent"]) == ("out", OURS, ANNA, "home"), call


@case()
def strangers_are_turned_away_at_no_cost(w):
    for n, caller in enumerate(("+15559990000", "anonymous", "+266696687", "sip:anna@example.com", " 15551234567", "")):
        answer = w.twiml(call_id(n), caller).answer()
        assert answer.status == 200 and "<Response><Reject/></Response>" in answer.text, caller
        assert not os.path.exists(w.folder(call_id(n)))
    assert w.silent() and not w.tokens()
    assert w.log().count("caller refused: no caller section") == 6
    assert "+15559990000" not in w.log() and "from=…0000" in w.log()


@case()
def an_hour_has_room_for_so_many_calls(w):
    for n in range(2):
        request = w.twiml(call_id(n), BEN)
        w.prepare(call_id(n), 0)
        assert "<Stream" in request.answer().text
        assert "<Stream" in w.twiml(call_id(n), BEN).answer().text  # a duplicate is no second call
    assert '<Reject reason="busy"/>' in w.twiml(call_id(7), BEN).answer().text
    assert not os.path.exists(w.folder(call_id(7))) and w.silent()


@case()
def a_busy_line_is_busy(w):
    requests = [w.twiml(call_id(1)) for _ in range(2)]
    w.prepare(call_id(1), 0, ok=False, why="busy")
    answers = [r.answer() for r in requests]
    assert '<Response><Reject reason="busy"/></Response>' in answers[0].text and answers[0].raw == answers[1].raw
    w.ended(call_id(1), "failed")
    assert not os.path.exists(w.folder(call_id(1)))
    assert w.twiml(call_id(1)).answer().raw == answers[0].raw and w.silent()


@case()
def a_failing_supervisor_is_apologised_for(w):
    w.expect("no ring why=failed")
    for n, why in enumerate(("draining", "failed")):
        request = w.twiml(call_id(n))
        w.prepare(call_id(n), 0, ok=False, why=why)
        assert "<Response><Say>Sorry, Anna &amp; all.</Say><Hangup/></Response>" in request.answer().text
        w.ended(call_id(n), "failed")
        assert not os.path.exists(w.folder(call_id(n)))


@case()
def a_silent_supervisor_is_not_waited_for(w):
    w.expect("no ring why=silent")
    begun = time.monotonic()
    answer = w.twiml(call_id(1)).answer()
    took = time.monotonic() - begun
    assert "<Say>" in answer.text and 0.45 < took < 6, took
    w.heard("prepare")
    w.ended(call_id(1), "failed")  # so that a ring opened late is closed
    w.tell(do="prepared", call=call_id(1), step=0, ok=True)
    assert w.twiml(call_id(1)).answer().raw == answer.raw
    assert not w.tokens() and w.silent()


main()
