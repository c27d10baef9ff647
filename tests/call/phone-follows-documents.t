#!/usr/bin/python3
"""rd-phone: each verb, in order; what is no TwiML is an error as Twilio's; refusals; a stream that does not open."""
from assistant import HANGUP, STREAM, XML, Assistant


def story(*options, talk=None, refuse=None, **documents):
    pages = {"/" + name: page for name, page in documents.items()}
    with Assistant({"/status": "", **pages}, talk, refuse) as a:
        call = a.phone("--hangup-after", "2", *options)
        call["_status"], call["_requests"] = a.status(), a.requests
    return call


# verbs that take no stream
call = story(twiml=XML % '<Say>One &lt; two.</Say><Play digits="12#"/><Dial action="/dialed"><Number>+15557654321</Number></Dial><Hangup/>',
             dialed=XML % "<Pause length='0'/>")
assert call["verbs"] == ["Say", "Play", "Dial", "Pause"] and call["end"] == "assistant" and call["answered"], call
assert call["said"] == ["One < two."] and call["digits"] == ["12#"] and call["dialed"] == ["+15557654321"], call
assert dict(call["_requests"])["/dialed"]["DialCallStatus"] == "completed", call
assert call["said_ms"][0] < 10000 and call["_status"] == "completed" and call["_exit"] == 0, call

call = story("--dial", "no-answer", twiml=XML % "<Dial>+15557654321</Dial><Say>Sorry.</Say>")
assert call["verbs"] == ["Dial", "Say"] and call["_status"] == "completed", call

call = story(twiml=XML % "<Redirect>/a</Redirect><Say>never</Say>", a=XML % "<Redirect method='GET'>b?x=1</Redirect>", b=HANGUP)
assert call["verbs"] == ["Redirect", "Redirect", "Hangup"] and not call["answered"], call
assert [p for p, _ in call["_requests"]] == ["/twiml", "/a", "/b", "/status"] and call["_requests"][2][1]["x"] == "1", call

call = story(twiml=XML % '<Reject reason="busy"/>')
assert call["end"] == "reject" and not call["answered"] and call["_status"] == "busy" and call["_exit"] == 100, call

# what Twilio would not take
for page, number in (("\n" + HANGUP, 12100), ("\ufeff" + HANGUP, 12100), ("<Response><Say>a & b</Say></Response>", 12100),
                     ("<Answer/>", 12100), (XML % ("<Say>" + "x" * 70000 + "</Say>"), None), ((200, None, HANGUP), 12300),
                     ((200, "text/plain", HANGUP), 12300), ((403, "text/plain", ""), 11200), ((500, "text/xml", HANGUP), 11200),
                     (XML % "<Redirect>/twiml</Redirect>", None)):
    call = story(twiml=page)
    assert call["end"] == "error" and call["_exit"] in (100, 111), (page, call)
    assert number is None or str(number) in call["error"], (page, call)
call = story(twiml=XML % "<Sing/><Say>Still here.</Say>")
assert call["said"] == ["Still here."] and call["warnings"] == 1 and "12200" in call["warning_texts"][0], call

# a stream that does not open: the next verb
call = story(twiml=STREAM, next=HANGUP, refuse=403, **{"next/1": HANGUP})
assert call["streams"] == 0 and call["verbs"][-1] == "Hangup" and "31920" in call["warning_texts"][0], call
call = story(twiml=STREAM.replace("wss:", "ws:"))
assert call["end"] == "error" and "31922" in call["error"], call
