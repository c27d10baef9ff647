"""One response from response.created to response.done (openai-realtime.md §9): its items, its sound, its end.

It runs beside the session, which may stop it at any wait; then every .done event still comes, as the server does it.
"""
import asyncio
import base64

from .conversation import Item, Pending
from .speech import BYTES_PER_MS


class Cancelled(Exception):
    """The caller spoke, or the client cancelled."""


class Ended(Exception):
    """The script ends the response with a status of its own."""

    def __init__(self, status, details):
        super().__init__(status)
        self.status, self.details = status, details


class Response:
    """A running response. `plan` says where its steps come from (for the log and for the turn counter)."""

    def __init__(self, session, name, steps, params, turn=0, later=(), render=None):
        self.s, self.name, self.steps, self.params = session, name, steps, params
        self.turn = turn
        self.later = list(later)            # replies that follow when the outputs of our calls have come
        self.render = render or (lambda text: text)
        self.id = session.new_id("resp")
        self.outside = params.get("conversation") == "none"
        self.modality = (params.get("output_modalities") or session.config["output_modalities"])[0]
        self.kind = session.output_format()
        self.items = []
        self.item = None                    # the item being written
        self.rest = b""                     # its sound that was not sent
        self.stop, self.done = asyncio.Event(), asyncio.Event()
        self.reason = None
        self.audio_ms = 0.0

    # --- from outside

    async def cancel(self, reason):
        """Returns when response.done has been sent."""
        if self.reason is None:
            self.reason = reason
        self.stop.set()
        await self.done.wait()

    async def run(self):
        await self.s.send("response.created", response=self.json("in_progress", None))
        await self.s.send_rate_limits()
        status, details = "completed", None
        try:
            if not self.steps or self.steps[0][0] != "after":
                await self.pause(self.s.script.settings["think"] / 1000)
            for verb, args in self.steps:
                if not self.s.silent:       # a dead connection says and counts nothing more
                    await self.step(verb, args)
        except Cancelled:
            status, details = "cancelled", {"type": "cancelled", "reason": self.reason}
        except Ended as e:
            status, details = e.status, e.details
        except Exception as e:      # a fault of the simulator: the client still gets its response.done
            self.s.violation("simulator_fault", repr(e))
            status, details = "failed", {"type": "failed", "error": {"type": "server_error", "code": "server_error",
                                                                     "message": "simulator fault"}}
        await self.finish(status, details)

    async def finish(self, status, details):
        if "string-details" in self.s.script.manners and details:
            details = details.get("reason") or details["error"]["message"]
        if self.s.active is self:
            self.s.active = None
        await self.s.send("response.done", response=self.json(status, details))
        if status == "cancelled" and "late-deltas" in self.s.script.manners and self.item:
            for at in (0, 1600):
                await self.send_delta(self.rest[at:at + 1600])
        self.s.log.count("responses")
        self.s.log.count(f"responses_{status}")
        self.done.set()
        await self.s.on_response_end(self)

    # --- steps

    async def step(self, verb, args):
        if self.stop.is_set():
            raise Cancelled
        if verb == "after":
            await self.pause(args["ms"] / 1000)
        elif verb == "say":
            await self.say(self.s.recalled(self.render(args["text"])), args["pace"], args["upto"])
        elif verb == "call":
            if self.params.get("tool_choice", self.s.config["tool_choice"]) != "none":
                await self.call(args["name"], args["arguments"])
        elif verb == "status":
            raise self.ended(args)
        else:
            await self.s.step(verb, args, self)

    @staticmethod
    def ended(args):
        status = args["status"]
        if status == "failed":
            details = {"type": "failed", "error": {"type": "server_error", "code": args["code"],
                                                   "message": args["text"]}}
        else:
            details = {"type": status, "reason": args["code"]}
        return Ended(status, details)

    async def pause(self, seconds):
        if seconds > 0:
            try:
                await asyncio.wait_for(self.stop.wait(), seconds)
            except asyncio.TimeoutError:
                return
        if self.stop.is_set():
            raise Cancelled

    # --- a message

    async def say(self, text, pace, upto):
        sound = b""
        if self.modality == "audio":
            sound = await self.s.speech.audio(text, self.kind)
        item = await self.open(Item(self.s.new_id("item"), "message", "assistant", modality=self.modality))
        part = {"type": "audio", "transcript": ""} if self.modality == "audio" else {"type": "text", "text": ""}
        await self.s.send("response.content_part.added", **self.at(item), content_index=0, part=part)
        try:
            if self.modality == "audio":
                await self.stream(item, text, sound, pace or self.s.script.settings["pace"], upto)
            else:
                await self.stream_text(item, text)
        except Cancelled:
            item.status = "incomplete"
            raise
        finally:
            await self.close_message(item)

    async def stream(self, item, text, sound, pace, upto):
        """Sound in pieces of random size, faster than it is heard; the transcript runs ahead of it."""
        per_ms = BYTES_PER_MS[self.kind]
        self.rest = sound[:int(upto * per_ms)] if upto is not None else sound
        whole = max(len(sound), 1)
        clock = asyncio.get_running_loop().time
        begin = clock()
        self.began()
        while self.rest and not self.s.silent:
            sent = 1 - len(self.rest) / whole
            await self.send_words(item, text, 0.15 + 1.6 * sent)
            piece = self.rest[:self.piece_size(per_ms)]
            self.rest = self.rest[len(piece):]
            item.sound = True
            item.audio_ms += len(piece) / per_ms
            self.audio_ms += len(piece) / per_ms
            await self.send_delta(piece)
            await self.pause(begin + item.audio_ms / 1000 * pace - clock())
        if upto is None:
            await self.send_words(item, text, 1)

    def piece_size(self, per_ms):
        """Random, and never a whole number of 20 ms frames."""
        if "one-delta" in self.s.script.manners:
            return len(self.rest)
        low, high = self.s.script.settings["delta"]
        size = self.s.random.randint(low, high) * per_ms // 8
        size += per_ms // 8 * (size % (20 * per_ms) == 0)
        return size + size % 2 if self.kind == "audio/pcm" else size

    async def send_delta(self, piece):
        if piece:
            self.s.voice_locked = True
            await self.s.send("response.output_audio.delta", **self.at(self.item), content_index=0,
                              delta=base64.b64encode(piece).decode())

    async def send_words(self, item, text, share):
        """The transcript up to this share of the text."""
        words = text.split(" ")
        upto = " ".join(words[:min(len(words), int(len(words) * share) + 1)])
        if len(upto) > len(item.text):
            delta, item.text = upto[len(item.text):], upto
            await self.s.send("response.output_audio_transcript.delta", **self.at(item), content_index=0, delta=delta)

    async def stream_text(self, item, text):
        self.began()
        for word in text.replace(" ", "\0 ").split("\0"):
            item.text += word
            await self.s.send("response.output_text.delta", **self.at(item), content_index=0, delta=word)

    async def close_message(self, item):
        at = self.at(item)
        if self.modality == "audio":
            await self.s.send("response.output_audio.done", **at, content_index=0)
            await self.s.send("response.output_audio_transcript.done", **at, content_index=0, transcript=item.text)
            part = {"type": "audio", "transcript": item.text}
        else:
            await self.s.send("response.output_text.done", **at, content_index=0, text=item.text)
            part = {"type": "text", "text": item.text}
        await self.s.send("response.content_part.done", **at, content_index=0, part=part)
        await self.close(item)
        if item.text and not self.outside:
            self.s.talk.texts.append(item.text)

    # --- a function call

    async def call(self, name, arguments):
        item = Item(self.s.new_id("item"), "function_call", call_id=self.s.new_id("call"), name=name,
                    arguments=arguments)
        if name not in [t.get("name") for t in self.params.get("tools", self.s.config["tools"])]:
            self.s.violation("tool_not_offered", f"the script calls {name}, which the session does not have")
        await self.open(item)
        self.began()
        self.s.calls[item.call_id] = name
        at = dict(self.at(item), call_id=item.call_id)
        for i in range(0, len(arguments), 12):
            await self.s.send("response.function_call_arguments.delta", **at, delta=arguments[i:i + 12])
        if not self.outside:
            if self.pending() is None:
                self.s.talk.pending = Pending(self.name, self.later)
            self.s.talk.pending.calls.append([item.call_id, name, None])
        self.s.log.count("calls")
        await self.s.send("response.function_call_arguments.done", **at, name=name, arguments=arguments)
        await self.close(item)

    def pending(self):
        """The calls of this response, if it made any yet."""
        p = self.s.talk.pending
        return p if p and any(c[0] == i.call_id for c in p.calls for i in self.items) else None

    # --- what items have in common

    def at(self, item):
        return {"response_id": self.id, "item_id": item.id, "output_index": self.items.index(item)}

    async def open(self, item):
        item.status = "in_progress"
        self.items.append(item)
        self.item = item
        await self.s.send("response.output_item.added", response_id=self.id, output_index=self.items.index(item),
                          item=item.json(empty=True))
        if not self.outside:
            await self.s.add_item(item)
        return item

    async def close(self, item):
        if item.status == "in_progress":
            item.status = "completed"
        if not self.outside:
            await self.s.send("conversation.item.done", previous_item_id=self.s.before(item), item=item.json())
        await self.s.send("response.output_item.done", response_id=self.id, output_index=self.items.index(item),
                          item=item.json())

    def began(self):
        """The caller's turn has got (the beginning of) its answer."""
        if not self.outside:
            self.s.talk.spoken = True
            self.s.talk.answered = max(self.s.talk.answered, self.turn)

    def json(self, status, details):
        done = status != "in_progress"
        voice = self.params.get("audio", {}).get("output", {}).get("voice")
        voice = voice or self.s.config["audio"]["output"]["voice"]
        return {
            "object": "realtime.response", "id": self.id, "status": status, "status_details": details,
            "output": [i.json() for i in self.items] if done else [],
            "conversation_id": None if self.outside else self.s.conversation_id,
            "output_modalities": [self.modality], "max_output_tokens": "inf",
            "audio": {"output": {"format": self.s.config["audio"]["output"]["format"], "voice": voice}},
            "usage": self.usage() if done else None, "metadata": self.params.get("metadata")}

    def usage(self):
        """1 token for 100 ms of the caller, for 50 ms of ours, for 4 letters of text."""
        context = [i for i in self.s.items if not i.deleted and i not in self.items]
        text_in = len(self.s.config.get("instructions", "")) // 4 + sum(len(i.text) for i in context) // 4 + 1
        audio_in = int(sum(i.audio_ms for i in context) / 100)
        audio_out = int(self.audio_ms / 50)
        text_out = sum(len(i.text) + len(i.arguments or "") for i in self.items) // 4
        return {"total_tokens": text_in + audio_in + text_out + audio_out,
                "input_tokens": text_in + audio_in, "output_tokens": text_out + audio_out,
                "input_token_details": {"text_tokens": text_in, "audio_tokens": audio_in, "image_tokens": 0,
                                        "cached_tokens": text_in // 64 * 64, "cached_tokens_details":
                                        {"text_tokens": text_in // 64 * 64, "audio_tokens": 0, "image_tokens": 0}},
                "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out}}
