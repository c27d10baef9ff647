"""What a call is made of: greeting, turns, interruptions, tools."""
import asyncio
import base64
import json
import time

from client import CALL, MESSAGE, MESSAGE_DONE, TURN, Client, Server, same, seed, session
from sim.speech import loudness


async def greeting():
    """Order of a response, sound faster than real time in uneven pieces, usage, effective session."""
    with Server('greet after 20 say "Hello Anna, what can I do for you today?"') as server:
        async with Client(server) as c:
            created = await c.until("session.created")
            assert created["session"]["expires_at"] > time.time() + 3000
            same(created["session"]["audio"]["output"]["format"], {"type": "audio/pcm", "rate": 24000})
            updated = await c.configure()
            same(updated["session"]["audio"]["output"]["format"], {"type": "audio/pcmu"})
            begin, since = time.monotonic(), len(c.got)
            await c.send("response.create", event_id="rc-1")
            done = await c.reply()
            took = time.monotonic() - begin
            same(c.kinds(since), ["response.created"] + MESSAGE + MESSAGE_DONE + ["response.done"])
            seconds = len(c.sound()) / 8000
            assert 1.5 < seconds < 6 and took < seconds, (seconds, took)
            sizes = [len(base64.b64decode(e["delta"])) for e in c.got if e["type"] == "response.output_audio.delta"]
            assert all(s % 160 for s in sizes[:-1]) and len(set(sizes)) > 1 and max(sizes) <= 6001, sizes
            same(done["output"][0]["content"][0]["transcript"], "Hello Anna, what can I do for you today?")
            assert done["status"] == "completed" and done["usage"]["output_token_details"]["audio_tokens"] > 20
            assert loudness(c.sound(), "audio/pcmu") > 500
        same(server.stop(), 0)


async def greeting_as_asked():
    """Without words in the script the greeting is what response.create asks for."""
    with Server("greet after 10") as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create", response={"instructions": 'Say exactly this: "Good morning, Ben."'})
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Good morning, Ben.")


async def caller_turn():
    """Speech is found, committed, transcribed and answered; the ms are ms of sound written."""
    with Server('turn 1 heard "What time is it?" delay 0 say "Late."') as server:
        async with Client(server) as c:
            await c.configure()
            since = len(c.got)
            await c.hear(b"\xff" * 8000)
            spoke = await c.speak("What time is it?")
            await c.reply()
            want = TURN + ["response.created"] + MESSAGE + MESSAGE_DONE + ["response.done"]
            same(c.kinds(since), want)
            start = next(e for e in c.got if e["type"] == TURN[0])
            stop = next(e for e in c.got if e["type"] == TURN[1])
            assert 700 <= start["audio_start_ms"] <= 1300, start       # 1 s of silence, less 300 ms of padding
            assert 1000 + spoke - 400 <= stop["audio_end_ms"] - 500 <= 1000 + spoke + 100, (stop, spoke)
            same(start["item_id"], stop["item_id"])
            heard = next(e for e in c.got if e["type"].endswith("transcription.completed"))
            same((heard["transcript"], heard["item_id"]), ("What time is it?", start["item_id"]))


async def create_response_false():
    """The turn is committed and nothing more; the client's response.create is answered by that turn."""
    with Server('turn 1 heard "Hi" say "You said hi."') as server:
        async with Client(server) as c:
            await c.configure(session(create_response=False))
            await c.speak()
            await c.until("input_audio_buffer.committed")
            await c.send("response.create", event_id="mine")
            await c.reply()
            order = [k for k in c.kinds() if k in ("input_audio_buffer.committed", "response.created")]
            same(order, ["input_audio_buffer.committed", "response.created"])
            same([e["plan"] for e in server.log("plan")], ["turn 1"])


async def barge_in_running():
    """Speech cancels a running response: started, every .done, response.done, and not a byte after it."""
    with Server('set pace 1\ngreet say "A long sentence that nobody will hear to its end, because it is long."\n'
                'turn 1 heard "Stop" say "I stopped."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            first = await c.until("response.output_audio.delta")
            await c.speak("Stop it now.", silence_ms=0)
            await c.until("input_audio_buffer.speech_started")
            since = len(c.got)
            done = await c.reply()
            same(c.kinds(since), MESSAGE_DONE + ["response.done"])
            same((done["status"], done["status_details"]), ("cancelled", {"type": "cancelled",
                                                                          "reason": "turn_detected"}))
            same(done["output"][0]["status"], "incomplete")
            await c.hear(b"\xff" * 8 * 700)
            answer = await c.reply()
            same(answer["output"][0]["content"][0]["transcript"], "I stopped.")
            after = [e for e in c.got[since:] if e.get("response_id") == first["response_id"]
                     and e["type"].endswith("delta")]
            same(after, [])


async def barge_in_complete():
    """Nothing is cancelled when the response is complete; truncation and deletion are judged by the sound sent."""
    script = 'allow truncate_too_long unsupported_content_type item_truncate_invalid_item_id ' \
             'item_delete_invalid_item_id\ngreet say "One two three four five six." say "And another."\n' \
             'turn 1 heard "Stop" say "Yes."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            items = [i["id"] for i in done["output"]]
            since = len(c.got)
            await c.speak("Stop it now.")
            await c.reply()
            same(c.kinds(since)[:6], TURN + ["response.created"])
            have = sum(len(base64.b64decode(e["delta"])) for e in c.got if e["type"] == "response.output_audio.delta"
                       and e["item_id"] == items[0]) // 8
            cut = dict(item_id=items[0], content_index=0)
            error = await c.error("conversation.item.truncate", **cut, audio_end_ms=have + 60)
            same((error["code"], error["message"]), (None, f"Audio content of {have}ms is already shorter than "
                                                     f"{have + 60}ms"))
            await c.send("conversation.item.truncate", **cut, audio_end_ms=have // 2)
            same((await c.until("conversation.item.truncated"))["audio_end_ms"], have // 2)
            await c.send("conversation.item.delete", item_id=items[1])
            await c.until("conversation.item.deleted")
            user = next(e for e in c.got if e["type"] == "input_audio_buffer.committed")["item_id"]
            error = await c.error("conversation.item.truncate", item_id=user, content_index=0, audio_end_ms=0)
            same(error["code"], "unsupported_content_type")
            error = await c.error("conversation.item.truncate", item_id="item_no", content_index=0, audio_end_ms=0)
            same(error["code"], "item_truncate_invalid_item_id")
            error = await c.error("conversation.item.delete", item_id=items[1])
            same(error["code"], "item_delete_invalid_item_id")
        same(server.stop(), 0)
        kept = server.log("end")[0]["items"]
        same((kept[0]["heard_ms"], kept[0]["heard"]), (have // 2, "One two three"))
        assert kept[1]["deleted"]


async def manual_turns():
    """turn_detection null: commit and response.create by the client."""
    with Server('turn 1 heard "One" say "First."') as server:
        async with Client(server) as c:
            config = session()
            config["audio"]["input"]["turn_detection"] = None
            await c.configure(config)
            await c.speak()
            await c.send("input_audio_buffer.commit")
            await c.until("input_audio_buffer.committed")
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")
            assert "input_audio_buffer.speech_started" not in c.kinds()


async def tools():
    """A word before two parallel calls; the answer uses both outputs, whether JSON or plain."""
    script = 'turn 1 heard "Both" say "One moment." call time {"zone": "UTC"} call recall {"query": "Anna"}\n' \
             '  then say "It is {output}, and {recall.data.fact}." call hang_up {}'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            done = await c.reply()
            same([i["type"] for i in done["output"]], ["message", "function_call", "function_call"])
            calls = done["output"][1:]
            same([(i["name"], json.loads(i["arguments"])) for i in calls],
                 [("time", {"zone": "UTC"}), ("recall", {"query": "Anna"})])
            begin = c.kinds().index("response.created")
            same(c.kinds()[begin:], ["response.created"] + MESSAGE + MESSAGE_DONE + CALL + CALL + ["response.done"])
            outputs = ['{"ok": true, "text": "ten past four"}', '{"ok": true, "data": {"fact": "you like tea"}}']
            for call, output in zip(calls, outputs):
                await c.send("conversation.item.create", item={"type": "function_call_output",
                                                               "call_id": call["call_id"], "output": output})
            await c.send("response.create")
            done = await c.reply()
            same(done["output"][0]["content"][0]["transcript"], "It is ten past four, and you like tea.")
            await c.send("conversation.item.create", item={
                "type": "function_call_output", "call_id": done["output"][1]["call_id"], "output": "ok"})
            await c.send("response.create")
            same((await c.reply())["output"], [])
        same(server.stop(), 0)


async def tools_broken():
    """Arguments that are no JSON; a tool that the session does not have is noticed."""
    with Server('expect tool_not_offered 1\nturn 1 heard "x" call time raw "{\\"zone\\": "\n'
                'turn 2 heard "y" call sing {}') as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            same((await c.reply())["output"][0]["arguments"], '{"zone": ')
            await c.speak()
            same((await c.reply())["output"][0]["name"], "sing")
        same(server.stop(), 0)


async def texts():
    """Typed words and keys: answered by the script's text statements."""
    with Server('text "pressed 5" say "Five it is."') as server:
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("user", "The caller pressed 5."))
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Five it is.")


async def out_of_band():
    """A summary in text beside a running response; it does not enter the conversation."""
    with Server('set pace 1\ngreet say "I keep talking all the time, you know."\nside say "A note."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.until("response.output_audio.delta")
            await c.send("response.create", response={"conversation": "none", "output_modalities": ["text"],
                                                      "metadata": {"purpose": "summary"}, "input": []})
            done = await c.until("response.done")
            same((done["response"]["metadata"], done["response"]["output"][0]["content"][0]["text"]),
                 ({"purpose": "summary"}, "A note."))
            added = [e["item"]["id"] for e in c.got if e["type"] == "conversation.item.added"]
            assert done["response"]["output"][0]["id"] not in added
            await c.send("response.cancel")
            same((await c.reply())["status"], "cancelled")


async def alarm():
    """A false alarm interrupts; the turn counter stays."""
    with Server('set pace 1\ngreet alarm 20 say "I am interrupted by a noise, and nobody spoke."\n'
                'turn 1 heard "One" say "First."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            same((await c.reply())["status_details"]["reason"], "turn_detected")
            empty = await c.until("conversation.item.input_audio_transcription.completed")
            same(empty["transcript"], "")
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")


async def idle():
    """idle_timeout_ms (shortened by --no-strict): the silence is committed and the model speaks."""
    with Server('greet say "Hi."\nidle say "Still there?"', "--no-strict") as server:
        async with Client(server) as c:
            await c.configure(session(idle_timeout_ms=50))
            await c.send("response.create")
            await c.reply()
            await c.until("input_audio_buffer.timeout_triggered")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Still there?")


async def formats():
    """PCM at 24 kHz and A-law, both ways."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" say "First."') as server:
        lengths = []
        for kind, per_ms in (("audio/pcmu", 8), ("audio/pcma", 8), ("audio/pcm", 48)):
            async with Client(server) as c:
                config = session()
                wire = {"type": kind, "rate": 24000} if kind == "audio/pcm" else {"type": kind}
                config["audio"]["input"]["format"] = config["audio"]["output"]["format"] = wire
                await c.configure(config)
                await c.send("response.create")
                await c.reply()
                lengths.append(len(c.sound()) // per_ms)
                await c.speak(kind=kind)
                same((await c.reply())["output"][0]["content"][0]["transcript"], "First.")
        assert max(lengths) - min(lengths) <= 1, lengths


async def many_calls():
    """Twenty calls at once, each with its own turns."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" say "First answer."\nturn 2 heard "Two" say "Second."\n'
                "expect conversations 20\nexpect turns 40") as server:
        async def one():
            async with Client(server) as c:
                await c.configure()
                await c.send("response.create")
                await c.reply()
                said = []
                for _ in range(2):
                    await c.speak()
                    said.append((await c.reply())["output"][0]["content"][0]["transcript"])
                return said
        for said in await asyncio.gather(*[one() for _ in range(20)]):
            same(said, ["First answer.", "Second."])
        same(server.stop(), 0)


CASES = [greeting, greeting_as_asked, caller_turn, create_response_false, barge_in_running, barge_in_complete,
         manual_turns, tools, tools_broken, texts, out_of_band, alarm, idle, formats, many_calls]
