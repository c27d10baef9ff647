"""What goes wrong on the server's side: failed responses, refused and dying connections, bad manners."""
import asyncio

import websockets

from client import KEY, LIMIT_S, Client, Server, same, seed


async def endings():
    """Responses that fail, that are incomplete, and errors in between."""
    script = 'turn 1 heard "a" status failed rate_limit_exceeded "Rate limit."\n' \
             'turn 2 heard "b" say "This is cut off early." upto 300 status incomplete max_output_tokens\n' \
             'turn 3 heard failed error server_error "Odd." say "Fine."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            done = await c.reply()
            same((done["status"], done["status_details"]["error"]["code"]), ("failed", "rate_limit_exceeded"))
            await c.speak()
            done = await c.reply()
            same((done["status"], done["status_details"]["reason"]), ("incomplete", "max_output_tokens"))
            same(len(c.sound(done["id"])), 2400)
            await c.speak()
            same((await c.until("error"))["error"]["code"], "server_error")
            same((await c.reply())["status"], "completed")
            await c.seen("conversation.item.input_audio_transcription.failed")


async def expiry():
    """session_expired, then close 1001 with the same words."""
    with Server("connect 1 expires 0.2") as server:
        async with Client(server) as c:
            same(await c.closed(), 1001)
            same(c.got[-1]["error"]["code"], "session_expired")
            same(c.ws.close_reason, c.got[-1]["error"]["message"])


async def handshake():
    """Keys, addresses, busy servers, the beta header."""
    with Server("connect 2 http 503\nallow url_query beta_api_shape_disabled", key=KEY) as server:
        tries = [(dict(key="wrong"), 401), (dict(), 503), (dict(path="/v1/other?model=x"), 404),
                 (dict(path="/v1/realtime"), 400)]
        for how, status in tries:
            try:
                async with Client(server, **how):
                    raise AssertionError(f"{how} was let in")
            except websockets.InvalidStatusCode as e:
                same((how, e.status_code), (how, status))
        async with Client(server, headers=[("OpenAI-Beta", "realtime=v1")]) as c:
            same(await c.closed(), 4000)
            same(c.got[0]["error"]["code"], "beta_api_shape_disabled")
        async with Client(server) as c:
            await c.until("session.created")
        same(server.stop(), 0)
        with open(server.log_path, encoding="utf-8") as f:
            assert KEY not in f.read()


async def refused_account():
    """insufficient_quota instead of session.created, then the close."""
    with Server('connect * refuse insufficient_quota "No money." close 1000') as server:
        async with Client(server) as c:
            same(await c.closed(), 1000)
            same([e["error"]["code"] for e in c.got], ["insufficient_quota"])


async def dying_connections():
    """Cut without a word; mute still answers pings; frozen answers nothing."""
    script = 'turn 1 heard "a" say "Never heard to the end." upto 200 cut\n' \
             "connect 2 mute\nconnect 3 freeze"
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            await c.speak()
            same(await c.closed(), 1006)
            assert len(c.sound()) == 1600 and "response.done" not in c.kinds()
        async with Client(server) as c:
            await c.until("session.created")
            await c.send("response.create")
            await asyncio.wait_for(await c.ws.ping(), LIMIT_S)
            same(c.kinds(), ["session.created"])
        async with Client(server) as c:
            await c.until("session.created")
            waiter = await c.ws.ping()
            await c.send("response.create")
        assert not waiter.done() or waiter.exception()
        same(server.stop(), 0)


TALK = 'greet say "Hello Anna."\nturn 1 heard "First question" say "First answer."\n' \
       'turn 2 heard "Second question" say "Second answer." cut\nturn 3 heard "Third" say "Third answer."'


async def resumption():
    """A seeded connection goes on with its conversation; an empty one is a new call; lost words are answered."""
    with Server(TALK + "\nexpect resumed 2\nexpect conversations 2") as server:
        async with Client(server) as c, Client(server) as other:
            for client in (c, other):
                await client.configure()
                await client.send("response.create")
                await client.reply()
                await client.speak()
                await client.reply()
        async with Client(server) as c, Client(server) as fresh:
            await c.configure()
            await seed(c, ("assistant", "Hello Anna."), ("user", "First question"), ("assistant", "First ans"))
            await c.speak()
            same(await c.closed(), 1006)
            await fresh.configure()
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("user", "First question"), ("assistant", "First answer."), ("user", "Second question"))
            await c.send("response.create")
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Second answer.")
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Third answer.")
        same(server.stop(), 0)
        same(len(server.log("seed")), 6)


async def lost_turn():
    """A turn that died unanswered and whose words nobody knew is counted once when its sound comes again."""
    with Server('greet say "Hello Anna."\nturn 1 heard "One" cut say "Answer one."') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            await c.reply()
            await c.speak()
            same(await c.closed(), 1006)
        async with Client(server) as c:
            await c.configure()
            await seed(c, ("assistant", "Hello Anna."))
            await c.speak()
            same((await c.reply())["output"][0]["content"][0]["transcript"], "Answer one.")


async def beta_names():
    """dialect beta: old names, flat session, no item.done."""
    with Server('set dialect beta\nmanner one-delta no-expires binary\ngreet say "Hello."') as server:
        async with Client(server) as c:
            created = await c.until("session.created")
            same(created["session"]["output_audio_format"], "pcm16")
            assert "expires_at" not in created["session"]
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            same(done["output"][0]["content"][0]["type"], "audio")
            kinds = c.kinds(short=False)
            same(kinds.count("response.audio.delta"), 1)
            assert "conversation.item.created" in kinds and "response.audio_transcript.done" in kinds
            assert not [k for k in kinds if "output_" in k and k != "response.output_item.added"
                        and k != "response.output_item.done" or k == "conversation.item.done"], kinds


async def manners():
    """Unknown events and fields, missing ids, doubled events, late deltas, late transcription, short items."""
    script = 'set pace 1\nmanner unknown-events no-item-done no-ids null-code twice late-deltas string-details ' \
             'short-items conversation-created\nallow truncate_too_long\n' \
             'greet say "A long sentence that will be cancelled very soon."\nturn 1 heard "One" late say "First."'
    with Server(script) as server:
        async with Client(server) as c:
            await c.configure()
            same([k for k in c.kinds() if k != "sim.unknown"][0], "conversation.created")
            await c.send("response.create")
            delta = await c.until("response.output_audio.delta")
            assert "event_id" not in delta and "output_index" not in delta and "sim_extra" in delta
            await c.send("response.cancel")
            done = await c.reply()
            same(done["status_details"], "client_cancelled")
            await c.until("response.done")          # the second one
            since = c.at
            await c.until("response.output_audio.delta", response_id=done["id"])
            await c.until("response.output_audio.delta", response_id=done["id"])
            assert since and "sim.unknown" in c.kinds()
            await c.speak()
            await c.reply()
            since = c.at
            late = await c.until("conversation.item.input_audio_transcription.completed")
            assert c.got.index(late) >= since and "conversation.item.done" not in c.kinds()
            item = done["output"][0]["id"]
            have = len(c.sound(done["id"])) // 8
            await c.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=have)
            error = (await c.until("error"))["error"]
            assert error["code"] is None and "already shorter than" in error["message"], error


async def emitted():
    """emit sends any event, with the ids of the running response."""
    with Server('greet say "Hello." emit {"type": "response.output_audio.delta", "response_id": "$response", '
                '"item_id": "$item", "output_index": 0, "content_index": 0, "delta": "//8="}') as server:
        async with Client(server) as c:
            await c.configure()
            await c.send("response.create")
            done = await c.reply()
            extra = [e for e in c.got if e.get("delta") == "//8="]
            same([(e["response_id"], e["item_id"]) for e in extra], [(done["id"], done["output"][0]["id"])])


CASES = [endings, expiry, handshake, refused_account, dying_connections, resumption, lost_turn, beta_names, manners,
         emitted]
