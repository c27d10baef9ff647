#!/usr/bin/python3
# limit: 60
"""A call folder and a token folder in which somebody else has written: rd-webhook reads no more than it must of it, says so in
one line, and the call goes on."""
from doors import cost
from webhook import *

WRONG = "cannot read what comes next"


def put(w, call, name, data):
    """A file as it is, or what the name of a function makes there."""
    path = w.folder(call, name)
    if callable(data):
        data(path)
    else:
        with open(path, "wb") as f:
            f.write(data)


def fifo(path):
    os.mkfifo(path)  # nobody will ever write to it: who opens it as a file waits for ever


def link(path):
    os.symlink("/dev/zero", path)


def loop(path):
    os.symlink(path, path)


NEXT = [
    ("empty", b""), ("rubbish", b"rubbish"), ("bytes", bytes(range(256))), ("an array", b'[{"step":1,"verb":"hangup"}]'),
    ("1 MiB", b'{"step":1,"verb":"say","text":"' + b"x" * (1 << 20) + b'"}'), ("60,000 brackets", b"[" * 30000),
    ("deep", b'{"a":' * 5000), ("cut short", b'{"step":1,"verb":"hang'), ("no verb", b'{"step":1}'),
    ("an unknown verb", b'{"step":1,"verb":"surprise"}'), ("a verb that is no word", b'{"step":1,"verb":["hangup"]}'),
    ("say nothing", b'{"step":1,"verb":"say","text":""}'), ("say a number", b'{"step":1,"verb":"say","text":5}'),
    ("press letters", b'{"step":1,"verb":"press","digits":"12\\"/><Hangup/>"}'),
    ("press too much", b'{"step":1,"verb":"press","digits":"' + b"1" * 64 + b'"}'),
    ("transfer to a name", b'{"step":1,"verb":"transfer","to":"sip:eve@example.com"}'),
    ("transfer to markup", b'{"step":1,"verb":"transfer","to":"+1555\\"/><Number>"}'),
    ("NUL", b'{"step":1,"verb":"say","text":"a\0b"}'), ("a folder", os.mkdir), ("a fifo", fifo), ("a device", link), ("a loop", loop),
]
OTHER_STEP = [("another step", b'{"step":2,"verb":"hangup"}'), ("a step that is no number", b'{"step":"1","verb":"hangup"}'),
              ("a step beyond all", b'{"step":1e300,"verb":"hangup"}'), ("no step", b'{"verb":"hangup"}')]


@case()
def rubbish_in_next_is_a_stream_that_broke(w):
    w.expect(WRONG)
    before = cost(w.pid)
    for n, (name, data) in enumerate(NEXT + OTHER_STEP, 1):
        call, at = call_id(n), len(w.log()) if n > 1 else 0
        w.answered(call)
        put(w, call, "next", data)
        answer, token = w.answered(call, 1)
        assert len(token) == 32 and "<Redirect" in answer.text and "Hangup" not in answer.text, (name, answer.text)
        assert w.log()[at:].count(WRONG) == (n <= len(NEXT)), (name, w.log()[at:])
    after = cost(w.pid)
    assert after[0] - before[0] < 4096 and after[1] <= before[1] + 2, (before, after)


@case()
def a_next_that_never_is_good_ends_the_call_politely(w):
    w.expect(WRONG, "the stream breaks again and again")
    w.answered(call_id(1))
    put(w, call_id(1), "next", b"rubbish")
    for step in (1, 2, 3):
        w.answered(call_id(1), step)
    assert "<Say>Sorry, Anna &amp; all.</Say><Hangup/>" in w.next(call_id(1), 4).answer().text


@case()
def rubbish_in_call_json_means_the_default_agent(w):
    for n, data in enumerate((b"", b"rubbish", b"[]", b'{"agent":5}', b'{"agent":"' + b"x" * 5000 + b'"}', b"x" * (1 << 20), os.mkdir,
                              fifo, b'{"agent":"no-such-agent"}'), 1):
        call = call_id(n)
        w.answered(call)
        os.unlink(w.folder(call, "call.json"))
        put(w, call, "call.json", data)
        _, token = w.answered(call, 1)
        assert len(token) == 32, data
        w.write(call, "ended", reason="failed")
        assert "<Say>" in w.next(call, 2).answer().text, data
        w.ended(call, "failed")


@case()
def rubbish_in_ended_still_ends(w):
    for n, data in enumerate((b"", b"rubbish", b'{"reason":5}', b'{"reason":"' + b"x" * 5000 + b'"}', b"x" * (1 << 20), os.mkdir, fifo), 1):
        call = call_id(n)
        w.answered(call)
        put(w, call, "ended", data)
        assert "<Response><Hangup/></Response>" in w.next(call, 1).answer().text, data
        w.ended(call, "hangup")


@case()
def a_kept_answer_is_sent_as_it_is_or_made_anew(w):
    """Who may write there may say anything to Twilio; but what cannot have been written by us is not sent."""
    w.expect("cannot keep the document")
    for n, data in enumerate((b"", b"x" * (1 << 20), os.mkdir, fifo, loop), 1):
        call = call_id(n)
        w.answered(call)
        put(w, call, "answer.1", data)
        answer, token = w.answered(call, 1)
        assert len(token) == 32, (data, answer.text)


@case()
def rubbish_among_the_tokens_is_swept(w):
    before = cost(w.pid)
    folder = f"{w.runtime}/tokens"
    for n in range(300):
        with open(f"{folder}/{n:032x}", "wb") as f:
            f.write(b"rubbish" * n)
    os.mkfifo(f"{folder}/{'f' * 32}")
    os.mkdir(f"{folder}/{'d' * 32}")
    os.kill(w.pid, signal.SIGTERM)
    assert w.wait() == 0
    w.start()  # it sweeps at its start
    assert w.tokens() == ["d" * 32], w.tokens()
    w.expect("stream refused: the token is")
    os.mkfifo(f"{folder}/{'e' * 32}")
    for token in ("d" * 32, "e" * 32):
        assert w.upgrade("/media/" + token).answer().status == 403
    request = w.twiml(call_id(1))
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200
    assert cost(w.pid)[0] - before[0] < 4096


@case()
def a_folder_that_is_none_is_no_call(w):
    os.makedirs(f"{w.runtime}/calls", exist_ok=True)
    open(f"{w.runtime}/calls/{call_id(1)}", "w").close()
    os.symlink("/", f"{w.runtime}/calls/{call_id(2)}")
    w.expect("cannot make the folder of call")
    for n in (1, 2):
        assert "<Response><Hangup/></Response>" in w.next(call_id(n), 1).answer().text
        w.ended(call_id(n), "hangup")
    assert "Sorry" in w.twiml(call_id(1)).answer().text


main()
