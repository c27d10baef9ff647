"""The caller's side of a session: sound in, turns found by the ear, their items and transcriptions."""
import asyncio
import base64
import binascii

from .conversation import Item
from .schema import Problem, invalid

MAX_AUDIO_BYTES = 15 << 20


def unscripted(turn):
    """What is heard in a turn of which the script says nothing."""
    return f"These are the words of turn {turn}."


class Caller:
    """The part of Session that listens."""

    async def on_append(self, event):
        try:
            data = base64.b64decode(event["audio"], validate=True)
        except (binascii.Error, ValueError):
            data = None
        if not data or len(data) > MAX_AUDIO_BYTES:
            await self.refuse(event, "invalid_value", invalid("audio", "Invalid 'audio'. Expected base64-encoded "
                                                              "audio bytes, at least one, at most 15 MiB."))
            return
        for what, start, *end in self.ear.append(data):
            if what == "started":
                await self.speech_started(start)
            else:
                await self.speech_stopped(end[0])

    async def speech_started(self, start_ms):
        self.stop_idle()
        self.spoken_item = self.new_id("item")
        await self.send("input_audio_buffer.speech_started", audio_start_ms=start_ms, item_id=self.spoken_item)
        if self.active and (self.ear.vad or {}).get("interrupt_response"):
            self.log.count("interruptions")
            await self.active.cancel("turn_detected")

    async def speech_stopped(self, end_ms):
        await self.send("input_audio_buffer.speech_stopped", audio_end_ms=end_ms, item_id=self.spoken_item)
        item = Item(self.spoken_item, "message", "user", sound=True, audio_ms=self.ear.commit())
        await self.caller_turn(item)
        if not self.ear.vad["create_response"]:
            return
        if self.active:
            self.note(f"turn {item.turn} gets no answer: a response is running")
            return
        await self.respond({})

    async def caller_turn(self, item):
        talk = self.bind()
        talk.turn += 1
        item.turn = talk.turn
        self.log.count("turns")
        p = self.script.turns.get(talk.turn)
        heard = p.heard if p and p.heard else {"text": unscripted(talk.turn), "failed": False,
                                               "delay": None, "late": False}
        item.text = heard["text"]
        talk.texts.append(heard["text"])
        await self.commit_item(item)
        if not self.config["audio"]["input"]["transcription"]:
            return
        again = talk.turn in talk.tried         # told again: as soon as can be
        if heard["late"] and not again:
            self.late.append((item, heard))
        else:
            wait = self.script.settings["heard-delay"] if again or heard["delay"] is None else heard["delay"]
            self.spawn(self.transcribed(item, wait / 1000, heard["failed"]))

    async def commit_item(self, item):
        await self.send("input_audio_buffer.committed", item_id=item.id, previous_item_id=self.last_id())
        await self.add_item(item)
        await self.send("conversation.item.done", previous_item_id=self.before(item), item=item.json())

    async def transcribed(self, item, wait_s, failed=False):
        await asyncio.sleep(wait_s)
        kind = "conversation.item.input_audio_transcription."
        if failed:
            await self.send(kind + "failed", item_id=item.id, content_index=0, error={
                "type": "transcription_error", "code": "audio_unintelligible", "message": "The audio could not be "
                "transcribed.", "param": None})
            return
        half = len(item.text) // 2
        for delta in (item.text[:half], item.text[half:]):
            if delta:
                await self.send(kind + "delta", item_id=item.id, content_index=0, delta=delta)
        tokens = {"type": "tokens", "input_tokens": int(item.audio_ms / 100), "output_tokens": len(item.text) // 4,
                  "input_token_details": {"text_tokens": 0, "audio_tokens": int(item.audio_ms / 100)}}
        tokens["total_tokens"] = tokens["input_tokens"] + tokens["output_tokens"]
        await self.send(kind + "completed", item_id=item.id, content_index=0, transcript=item.text, usage=tokens)

    async def on_commit(self, event):
        have = self.ear.uncommitted_ms()
        if have < 100:
            code = "input_audio_buffer_commit_empty"
            await self.refuse(event, code, Problem(code, None, "Error committing input audio buffer: buffer too small. "
                                                   "Expected at least 100ms of audio, but buffer only has "
                                                   f"{have:.2f}ms of audio."))
            return
        await self.caller_turn(Item(self.new_id("item"), "message", "user", sound=True, audio_ms=self.ear.commit()))

    async def on_clear(self, event):
        self.ear.clear()
        await self.send("input_audio_buffer.cleared")
