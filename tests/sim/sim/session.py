"""One connection from session.created to its end: events come in here and are handed to the part that knows them."""
import asyncio
import json
import random
import time

import websockets

from . import config, plan
from .caller import Caller, unscripted
from .conversation import Item
from .ear import Ear
from .items import Items
from .log import redact
from .response import Response
from .schema import Problem
from .script import normal
from .speech import BYTES_PER_MS
from .wire import EXPIRED, Wire

LINGER_S = 2        # so long may a connection stay open when another one has taken over its call


class Session(Wire, Caller, Items):
    """A connected client. `sim` is the whole simulator: script, speech, schema, log, book of conversations."""

    def __init__(self, sim, ws, number, model, owner):
        self.sim, self.ws, self.number, self.owner = sim, ws, number, owner
        self.script, self.speech, self.log = sim.script, sim.speech, sim.log
        self.random = random.Random(self.script.settings["seed"] * 1000 + number)
        self.config = config.new(model)
        self.ear = Ear()
        self.items, self.calls, self.outputs = [], {}, []
        self.talk = None                # the Conversation, known when the first turn or reply needs it
        self.active = None              # the one response of the default conversation
        self.others = []                # out-of-band responses that run
        self.tasks = set()
        self.silent = False             # mute, frozen, cut or closed: nothing is sent any more
        self.ids = self.sent = 0
        self.voice_locked = False
        self.spoken_item = None         # id of the caller's item while he speaks
        self.late = []                  # transcriptions that wait for the next response.done
        self.idle = None
        self.conversation_id = self.new_id("conv")
        self.expires_s = self.script.settings["expires"]

    # --- life

    async def run(self):
        """From session.created to the end of the connection."""
        steps = self.script.connection(self.number)
        for verb, args in steps:
            if verb == "expires":
                self.expires_s = args["s"]
        self.expires_at = int(time.time() + self.expires_s)
        refused = next((a for v, a in steps if v == "refuse"), None)
        if refused:
            await self.error(refused["code"], refused["text"] or refused["code"])
        else:
            await self.created()
            self.spawn(self._expire())
        self.spawn(self._connection_steps(steps))
        try:
            async for message in self.ws:
                await self.receive(message)
        except websockets.ConnectionClosed:
            pass
        finally:
            await self._end()

    async def created(self):
        if "conversation-created" in self.script.manners:
            await self.send("conversation.created", conversation={"id": self.conversation_id,
                                                                  "object": "realtime.conversation"})
        await self.send("session.created", session=self.session_json())
        if self.script.settings["ping"]:
            self.spawn(self._ping())

    async def _ping(self):
        """xAI's habit: a ping in JSON."""
        while True:
            await asyncio.sleep(self.script.settings["ping"])
            await self.send("ping")

    async def _expire(self):
        await asyncio.sleep(self.expires_s)
        self.log.count("expired")
        await self.error("session_expired", EXPIRED)
        await self.close(1001, EXPIRED)

    async def _connection_steps(self, steps):
        for verb, args in steps:
            if verb == "after":
                await asyncio.sleep(args["ms"] / 1000)
            elif verb not in ("http", "hold", "expires", "refuse"):
                await self.step(verb, args)

    async def _end(self):
        self.silent = True
        if self.active and self.active.name.endswith(" then") and not self.active.audio_ms and not self.talk.pending:
            self.talk.pending = self.talk.told  # nothing of it was said: the next connection says it
        for task in list(self.tasks):
            task.cancel()
        self.sim.book.leave(self)
        self.log.write("end", conn=self.number, call=self.talk and self.talk.number, code=self.ws.close_code,
                       reason=self.ws.close_reason, turns=self.talk.turn if self.talk else 0,
                       heard_in_ms=int(self.ear.written_ms), items=[i.summary() for i in self.items])

    def bind(self):
        """The call this connection belongs to; found when first needed, because the seeds tell."""
        if self.talk is None:
            seeds = [i.text for i in self.items if i.kind == "message" and i.seeded]
            talk = self.talk = self.sim.book.find(self, self.owner, seeds)
            if talk.session not in (None, self):
                self.spawn(talk.session.lingers())
            talk.session = self
            resumed = talk.spoken or talk.turn > 0
            if resumed:
                self.log.count("resumed")
                self._recount(seeds)
                for call_id, tool, output in self.outputs:
                    if talk.pending:
                        talk.pending.take(call_id, tool, output)
            self.log.count("conversations", not resumed)
            self.log.write("bind", conn=self.number, call=talk.number, resumed=resumed, turn=talk.turn,
                           seeds=len(seeds))
        return self.talk

    async def lingers(self):
        """Another connection has taken the call over: this one has to go, or two listen to the caller, and are paid."""
        await asyncio.sleep(LINGER_S)
        if not self.ws.closed:
            self.violation("connection_lingers", f"still open {LINGER_S} s after another one had taken over its call")

    def _recount(self, seeds):
        """A turn that is not in the seeds was lost, to an answer or to who writes it down: its sound will come again."""
        talk = self.talk
        seeds = [normal(s) for s in seeds]
        while talk.turn > 0:
            p = self.script.turns.get(talk.turn)
            heard = p.heard if p and p.heard else {"text": unscripted(talk.turn), "failed": False}
            known = any(normal(heard["text"]) in s for s in seeds) and not heard["failed"]
            written = self.config["audio"]["input"]["transcription"] and not heard["failed"]
            if known or not (written or talk.turn > talk.answered):
                return
            talk.turn -= 1

    # --- in

    async def receive(self, message):
        try:
            event = json.loads(message)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.log.write("in", conn=self.number, bytes=len(message))
            await self.refuse({}, "invalid_event", Problem("invalid_event", None, "The event is not a JSON object."))
            return
        sound = event.get("type") == "input_audio_buffer.append"
        self.log.write("in", flush=not sound, conn=self.number, call=self.talk and self.talk.number,
                       event=redact(event, BYTES_PER_MS[self.ear.kind]))
        if self.silent:
            return
        problems = self.sim.schema.check_client(event)
        if problems and self.sim.strict:
            for p in problems[1:]:
                self.violation(p.code, p.message)
            await self.refuse(event, problems[0].code, problems[0])
            return
        for p in problems:
            self.violation(p.code, p.message)
        try:
            await self.DO.get(event["type"], Session.on_impossible)(self, event)
        except Exception as e:      # a fault of the simulator must be seen, not end the call in silence
            self.violation("simulator_fault", repr(e), event=event["type"])
            raise

    async def on_impossible(self, event):
        await self.refuse(event, "invalid_event", Problem("invalid_event", None, f"{event['type']} is not possible on "
                                                          "a WebSocket session."))

    async def on_session_update(self, event):
        update = event["session"]
        for label, problem in config.problems(self.config, update, self.voice_locked):
            await self.refuse(event, label, problem)
            return
        self.config = config.merge(self.config, update)
        hear = self.config["audio"]["input"]
        self.ear.configure(hear["format"]["type"], config.hearing(hear["turn_detection"]))
        await self.send("session.updated", session=self.session_json())

    # --- responses

    async def on_response_create(self, event):
        params = event.get("response") or {}
        if self.active and params.get("conversation") != "none":
            code = "conversation_already_has_active_response"
            await self.refuse(event, code, Problem(code, None, "Conversation already has an active response in "
                                                   f"progress: {self.active.id}. Wait until the response is finished "
                                                   "before creating a new one."))
            return
        await self.respond(params)

    async def respond(self, params, choice=None):
        self.bind()
        self.stop_idle()
        choice = choice or plan.choose(self, params)
        response = Response(self, choice.name, choice.steps, params, choice.turn, choice.later, choice.render)
        if response.outside:
            self.others.append(response)
        else:
            self.active = response
        self.log.write("plan", conn=self.number, call=self.talk.number, response=response.id, plan=choice.name)
        self.spawn(response.run())

    async def on_response_end(self, response):
        if response in self.others:
            self.others.remove(response)
            return
        for item, heard in self.late:
            self.spawn(self.transcribed(item, 0, heard["failed"]))
        self.late = []
        wait_ms = (self.ear.vad or {}).get("idle_timeout_ms")
        if wait_ms and not self.ear.speaking and not self.active:
            self.idle = self.spawn(self._idle_end((response.audio_ms + wait_ms) / 1000, wait_ms))

    async def on_cancel(self, event):
        wanted = event.get("response_id")
        running = [r for r in [self.active] + self.others if r and wanted in (None, r.id)]
        if not running:
            code = "response_cancel_not_active"
            await self.refuse(event, code, Problem(code, None, "Cancellation failed: no active response found"))
            return
        await running[0].cancel("client_cancelled")

    def stop_idle(self):
        if self.idle:
            self.idle.cancel()
            self.idle = None

    async def _idle_end(self, wait_s, wait_ms):
        """Nobody spoke: the silence is committed and the model speaks up."""
        await asyncio.sleep(wait_s)
        self.idle = None
        end = int(self.ear.written_ms)
        item = Item(self.new_id("item"), "message", "user", sound=True, audio_ms=self.ear.commit())
        await self.send("input_audio_buffer.timeout_triggered", audio_start_ms=max(0, end - wait_ms), audio_end_ms=end,
                        item_id=item.id)
        await self.commit_item(item)
        replies = self.script.idle.replies if self.script.idle else plan.plain("Are you still there?")
        await self.respond({}, plan.Choice("idle", replies))

    DO = {
        "session.update": on_session_update, "input_audio_buffer.append": Caller.on_append,
        "input_audio_buffer.commit": Caller.on_commit, "input_audio_buffer.clear": Caller.on_clear,
        "conversation.item.create": Items.on_item_create, "conversation.item.retrieve": Items.on_retrieve,
        "conversation.item.truncate": Items.on_truncate, "conversation.item.delete": Items.on_delete,
        "response.create": on_response_create, "response.cancel": on_cancel,
    }
