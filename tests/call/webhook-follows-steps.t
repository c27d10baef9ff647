#!/usr/bin/python3
"""/next/N: what the carrier stage left in the call's folder is what the call does next. And /status, its end."""
import os

from webhook import *

HANGUP = "<Response><Hangup/></Response>"
APOLOGY = "<Response><Say>Sorry, Anna &amp; all.</Say><Hangup/></Response>"


@case()
def a_stream_that_broke_comes_back(w):
    _, first = w.answered(call_id(1))
    answer, second = w.answered(call_id(1), 1)
    assert second != first and len(second) == 32
    assert '<Redirect method="POST">/next/2</Redirect>' in answer.text
    assert w.next(call_id(1), 1).answer().raw == answer.raw
    assert w.read(call_id(1), "answer.1").decode() == answer.text
    with open(f"{w.runtime}/tokens/{second}") as f:
        assert f.read().startswith(f"{call_id(1)} 1 ")
    assert w.silent()


@case()
def two_that_ask_for_a_step_at_once_are_one(w):
    w.answered(call_id(1))
    requests = [w.next(call_id(1), 1) for _ in range(4)]
    w.prepare(call_id(1), 1)
    answers = {r.answer().raw for r in requests}
    assert len(answers) == 1 and w.silent()


@case()
def a_stream_that_breaks_for_ever_ends_the_call(w):
    w.expect("the stream breaks again and again")
    w.answered(call_id(1))
    for step in range(1, 4):
        w.answered(call_id(1), step)
    answer = w.next(call_id(1), 4).answer()
    assert APOLOGY in answer.text
    w.ended(call_id(1), "failed")
    w.answered(call_id(2))
    w.answered(call_id(2), 1)  # another call has its own count
    assert w.next(call_id(1), 4).answer().raw == answer.raw and w.silent()


@case()
def hangup(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="hangup")
    requests = [w.next(call_id(1), 1) for _ in range(2)]
    answers = [r.answer() for r in requests]
    assert HANGUP in answers[0].text and answers[0].raw == answers[1].raw
    w.ended(call_id(1), "hangup")
    w.write(call_id(1), "ended", reason="assistant", at="")
    shutil.rmtree(w.folder(call_id(1)))
    assert w.next(call_id(1), 1).answer().raw == answers[0].raw
    assert w.silent()


@case()
def say(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="say", text="Bye <now> & \"then\"\nä")
    answer = w.next(call_id(1), 1).answer()
    assert "<Response><Say>Bye &lt;now&gt; &amp; &quot;then&quot;\nä</Say><Hangup/></Response>" in answer.text
    w.ended(call_id(1), "hangup")
    shutil.rmtree(w.folder(call_id(1)))
    assert w.next(call_id(1), 1).answer().raw == answer.raw and w.silent()


@case()
def press(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="press", digits="1w2#")
    answer, token = w.answered(call_id(1), 1)
    assert f'<Response><Play digits="1w2#"/><Connect><Stream url="wss://phone.example.com/media/{token}"/></Connect>' in answer.text
    for step in range(2, 8):  # pressing is no breaking
        w.write(call_id(1), "next", step=step, verb="press", digits="1")
        w.answered(call_id(1), step)


@case()
def what_another_step_wanted_is_past(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="hangup")
    answer, _ = w.answered(call_id(1), 2)
    assert "<Stream" in answer.text


@case()
def what_cannot_be_read_is_as_if_the_stream_broke(w):
    w.expect("cannot read what comes next")
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="fly")
    answer, _ = w.answered(call_id(1), 1)
    assert "<Stream" in answer.text


@case()
def a_transfer_that_is_answered_ends_the_call(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="transfer", to=BEN)
    answer = w.next(call_id(1), 1).answer()
    assert f'<Response><Dial method="POST" action="/next/2"><Number>{BEN}</Number></Dial></Response>' in answer.text
    assert w.silent()
    answer = w.next(call_id(1), 2, DialCallStatus="completed").answer()
    assert HANGUP in answer.text
    w.ended(call_id(1), "transfer")
    assert w.next(call_id(1), 2, DialCallStatus="completed").answer().raw == answer.raw and w.silent()
    assert "to=…4321" in w.log()


@case()
def a_transfer_that_nobody_answers_comes_back(w):
    for n, status in enumerate(("no-answer", "busy", "failed", "canceled")):
        call = call_id(n)
        w.answered(call)
        w.write(call, "next", step=1, verb="transfer", to=BEN)
        assert "<Dial" in w.next(call, 1).answer().text
        request = w.next(call, 2, DialCallStatus=status)
        w.prepare(call, 2)
        assert '<Redirect method="POST">/next/3</Redirect>' in request.answer().text
    assert w.silent()


@case()
def a_transfer_may_come_back_after_the_talk(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="transfer", to=BEN, **{"return": True})
    assert "<Dial" in w.next(call_id(1), 1).answer().text
    request = w.next(call_id(1), 2, DialCallStatus="completed")
    w.prepare(call_id(1), 2)
    assert "<Stream" in request.answer().text and w.silent()


@case()
def a_call_that_is_over_is_hung_up(w):
    w.make_folder(call_id(1))
    w.write(call_id(1), "ended", reason="caller", at="2026-11-21T04:47:00.123Z")
    assert HANGUP in w.next(call_id(1), 5).answer().text
    w.ended(call_id(1), "hangup")
    w.make_folder(call_id(2))
    w.write(call_id(2), "ended", reason="failed", at="2026-11-21T04:47:00.123Z")
    assert APOLOGY in w.next(call_id(2), 5).answer().text
    w.ended(call_id(2), "failed")
    w.make_folder(call_id(3), agent="gone-by-now")
    w.write(call_id(3), "ended", reason="failed", at="2026-11-21T04:47:00.123Z")
    assert "<Say>I am sorry" in w.next(call_id(3), 5).answer().text  # the apology of nobody in particular
    w.ended(call_id(3), "failed")


@case()
def a_call_that_nobody_knows_is_hung_up(w):
    assert HANGUP in w.next(call_id(1), 2).answer().text
    w.ended(call_id(1), "hangup")
    assert "next step of a call that is not known call=CA…01 step=2" in w.log()


@case()
def a_ring_that_cannot_be_had_is_apologised_for(w):
    w.expect("no ring why=failed")
    for n, why in enumerate(("busy", "draining", "failed")):
        w.answered(call_id(n))
        request = w.next(call_id(n), 1)
        w.prepare(call_id(n), 1, ok=False, why=why)
        answer = request.answer()
        assert APOLOGY in answer.text, answer.text
        w.ended(call_id(n), "failed")
        assert os.path.exists(w.folder(call_id(n)))  # the supervisor's to remove
        assert w.next(call_id(n), 1).answer().raw == answer.raw


@case()
def steps_are_followed_by_get_too(w):
    w.answered(call_id(1))
    w.write(call_id(1), "next", step=1, verb="hangup")
    target = "/next/1?" + urllib.parse.urlencode(w.params(call_id(1)))
    assert HANGUP in w.get(target, [("X-Twilio-Signature", sign(PUBLIC + target))]).answer().text
    w.ended(call_id(1), "hangup")


@case()
def the_end_of_a_call_is_passed_on(w):
    for n, status in enumerate(("completed", "busy", "failed", "no-answer", "canceled")):
        answer = w.post("/status", w.params(call_id(n), CallStatus=status)).answer()
        assert answer.status == 204 and not answer.body
        w.ended(call_id(n), status)
    for status in ("queued", "initiated", "ringing", "in-progress", "", "Completed"):
        assert w.post("/status", w.params(call_id(9), CallStatus=status)).answer().status == 204
    assert w.silent()


main()
