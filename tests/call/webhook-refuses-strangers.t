#!/usr/bin/python3
"""Requests that prove nothing: each with its status, and a line that says what to change."""
from webhook import *


def advice(w):
    lines = [line for line in w.log().splitlines() if "signature refused: " in line]
    return lines[-1] if lines else ""


@case()
def a_wrong_signature_says_what_was_computed(w):
    w.expect("signature refused")
    good = sign(PUBLIC + "/twiml", w.params(call_id(1)))
    for signature in ("x" * 28, good[:-2] + "A=", good + "=", "x"):
        answer = w.post("/twiml", w.params(call_id(1)), signature=signature).answer()
        assert answer.status == 403 and not answer.body
        assert "compare this URL (general.public-url) with the one at Twilio" in advice(w), advice(w)
        assert advice(w).endswith("url=https://phone.example.com/twiml")
        assert signature == "x" or signature not in w.log()
    assert w.silent()


@case()
def a_missing_signature_is_called_missing(w):
    w.expect("signature refused")
    assert w.post("/status", w.params(call_id(1)), signature="").answer().status == 403
    assert "it has no X-Twilio-Signature" in advice(w) and "url=https://phone.example.com/status" in advice(w)
    params = urllib.parse.urlencode(w.params(call_id(1)))
    assert w.get("/next/3?" + params).answer().status == 403
    assert advice(w).endswith("url=https://phone.example.com/next/3?…"), advice(w)


@case()
def a_signature_for_another_address_names_it(w):
    w.expect("signature refused")
    right = "change the URL at Twilio to https://phone.example.com/twiml"  # never a public-url that -t would refuse
    other = "https://other.example.com"
    for n, (url, host, what) in enumerate((("http://phone.example.com", "phone.example.com", right),
                                           (other, "other.example.com", f'set general.public-url = "{other}"'),
                                           ("http://other.example.com:8443", "other.example.com:8443", right))):
        params = w.params(call_id(n))
        body = urllib.parse.urlencode(params).encode()
        headers = [("Content-Type", FORM), ("Content-Length", len(body)), ("X-Twilio-Signature", sign(url + "/twiml", params))]
        assert w.send("POST", "/twiml", headers, body, host=host).answer().status == 403
        assert f'it is signed for {url}/twiml: {what}' in advice(w), advice(w)
    headers[-1] = ("X-Twilio-Signature", sign('http://a"b/twiml', params))
    assert w.send("POST", "/twiml", headers, body, host='a"b').answer().status == 403
    assert "compare this URL" in advice(w)


@case()
def a_port_in_the_address_makes_no_difference(w):
    request = w.post("/twiml", w.params(call_id(1)), url=PUBLIC + ":443")
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200


@case()
def many_refusals_fill_no_disk(w):
    w.expect("signature refused")
    for n in range(40):
        assert w.post("/twiml", w.params(call_id(n)), signature="").answer().status == 403
    w.expect("account refused")
    assert w.twiml(call_id(1), AccountSid="AC").answer().status == 403
    assert w.log().count("signature refused") == 10
    os.kill(w.pid, signal.SIGTERM)
    assert w.wait() == 0 and "not said one by one kind=signature times=30" in w.log()


@case()
def another_account_is_refused(w):
    w.expect("account refused")
    assert w.twiml(call_id(1), AccountSid="AC" + "0" * 32).answer().status == 403
    assert w.silent() and "account refused: AccountSid is not the one of twilio.account-sid" in w.log()


@case(secrets={"TWILIO_AUTH_TOKEN": TOKEN})
def without_a_configured_account_any_is_ours(w):
    request = w.twiml(call_id(1), AccountSid="AC" + "0" * 32)
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200


@case(secrets={})
def without_a_token_nothing_can_be_checked(w):
    w.expect("cannot take the secret TWILIO_AUTH_TOKEN (twilio.auth-token): it is not set",
             "no signature can be checked without the auth token")
    for n in range(3):
        assert w.twiml(call_id(n)).answer().status == 500
    assert w.get("/readyz").answer().status == 503
    assert json.loads(w.get("/healthz").answer().text)["faults"] == ["auth-token"]
    assert w.log().count("error") == 2 and w.silent()


@case()
def a_call_without_a_good_id_is_refused(w):
    for bad in ("", "CA1", "../../../../etc", call_id(10).upper(), call_id(1) + "/"):
        assert w.twiml(bad).answer().status == 400, bad
    params = w.params(call_id(1))
    del params["CallSid"]
    assert w.post("/twiml", params).answer().status == 400
    assert w.silent()


@case()
def only_known_paths_and_methods(w):
    for method, target, status in (
            ("GET", "/", 404), ("GET", "/twiml/", 404), ("GET", "/next", 404), ("GET", "/next/", 404), ("GET", "/next/0", 404),
            ("GET", "/next/01", 404), ("GET", "/next/1x", 404), ("GET", "/next/1/", 404), ("GET", "/next/1234567890", 404),
            ("GET", "/%74wiml", 404), ("GET", "//twiml", 404), ("GET", "/../twiml", 404), ("GET", "/media/" + "0" * 32, 404),
            ("PUT", "/twiml", 405), ("HEAD", "/healthz", 405), ("POST", "/healthz", 405), ("DELETE", "/next/1", 405),
            ("POST", "/twiml", 415), ("POST", "/status", 415)):
        assert w.send(method, target).answer().status == status, target
    for kind in ("application/json", "text/plain", FORM + "x", ""):
        assert w.post("/twiml", w.params(call_id(1)), type=kind).answer().status == 415, kind
    assert w.send("POST", "/twiml", [("Content-Type", FORM)]).answer().status == 411
    request = w.post("/twiml", w.params(call_id(1)), type=FORM + "; charset=UTF-8")
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200


@case()
def forms_have_their_bounds(w):
    assert w.post("/twiml", w.params(call_id(1)) | {"x": "y" * 65536}).answer().status == 413
    assert w.post("/twiml", w.params(call_id(1)) | {f"x{i}": "" for i in range(256)}).answer().status == 413
    for bad in (b"CallSid=%", b"CallSid=%zz", b"CallSid=a%00b"):
        headers = [("Content-Type", FORM), ("Content-Length", len(bad))]
        assert w.send("POST", "/twiml", headers, bad).answer().status == 400, bad
    request = w.post("/twiml", w.params(call_id(1)) | {"x": "y" * 60000})
    w.prepare(call_id(1), 0)
    assert request.answer().status == 200


main()
