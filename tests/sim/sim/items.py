"""The conversation's items: created, truncated and deleted by the client, and judged as the server would."""
import re

from .conversation import Item, text_of
from .schema import Problem, invalid

SHORT_MS = 85       # manner short-items: so much shorter the server believes its sound to be


class Items:
    """The part of Session that keeps the items."""

    def find(self, ident):
        return next((i for i in self.items if i.id == ident and not i.deleted), None)

    def last_id(self):
        return next((i.id for i in reversed(self.items) if not i.deleted), None)

    def before(self, item):
        alive = [i.id for i in self.items if not i.deleted or i is item]
        at = alive.index(item.id)
        return alive[at - 1] if at else None

    async def add_item(self, item, at=None):
        self.items.insert(len(self.items) if at is None else at, item)
        await self.send("conversation.item.added", previous_item_id=self.before(item),
                        item=item.json(empty=item.status == "in_progress"))

    async def on_item_create(self, event):
        at, problem = self._place(event.get("previous_item_id"))
        given = event["item"]
        problem = problem or self._item_problem(given)
        if problem:
            await self.refuse(event, problem.code, problem)
            return
        item = Item(given.get("id") or self.new_id("item"), given["type"], given.get("role"), modality="text",
                    text=text_of(given.get("content", [])), call_id=given.get("call_id"), name=given.get("name"),
                    arguments=given.get("arguments"), output=given.get("output"), seeded=self.talk is None)
        if item.kind == "function_call":
            self.calls[item.call_id] = item.name
        elif item.kind == "function_call_output":
            self._take_output(item)
        if item.seeded:
            self.log.count("seeded")
            self.log.write("seed", conn=self.number, item=item.summary())
        await self.add_item(item, at)
        await self.send("conversation.item.done", previous_item_id=self.before(item), item=item.json())

    def _place(self, previous):
        if previous is None:
            return None, None
        if previous == "root":
            return 0, None
        item = self.find(previous)
        if item is None:
            return None, Problem("item_create_invalid_previous_item_id", "previous_item_id", "Error adding item: the "
                                 f"previous item with id '{previous}' does not exist.")
        return self.items.index(item) + 1, None

    def _item_problem(self, given):
        kinds = [p["type"] for p in given.get("content", [])]
        if given.get("id") and self.find(given["id"]):
            return invalid("item.id", f"Error adding item: an item with id '{given['id']}' already exists.")
        if given["type"].startswith("mcp_"):
            return invalid("item.type", f"Items of type '{given['type']}' are made by the server.")
        if given["type"] == "message" and not kinds:
            return invalid("item.content", "Invalid 'item.content': expected at least one part.")
        if "output_audio" in kinds:
            return invalid("item.content[0].type", "Assistant audio cannot be created by the client.")
        if given["type"] == "function_call_output" and given["call_id"] not in self.calls:
            return Problem("invalid_tool_call_id", None,
                           f"Tool call ID '{given['call_id']}' not found in conversation.")
        return None

    def _take_output(self, item):
        tool = self.calls[item.call_id]
        self.outputs.append((item.call_id, tool, item.output))
        if self.talk and self.talk.pending:
            self.talk.pending.take(item.call_id, tool, item.output)
        self.log.count("outputs")

    def recalled(self, text):
        """{said:WORDS} is the word behind these words, as this session was told it or heard it; else "unknown"."""
        def word(m):
            told = " ".join(i.text for i in self.items if not i.deleted and i.text)
            found = re.findall(re.escape(m.group(1)) + r"\s+(\w+)", told, re.I)
            return found[-1] if found else "unknown"
        return re.sub(r"\{said:([^}]*)\}", word, text)

    async def on_retrieve(self, event):
        item = await self._existing(event, "retrieve")
        if item:
            await self.send("conversation.item.retrieved", item=item.json())

    async def on_delete(self, event):
        item = await self._existing(event, "delete")
        if item:
            item.deleted = True
            self.log.count("deleted")
            await self.send("conversation.item.deleted", item_id=item.id)

    async def _existing(self, event, verb):
        item = self.find(event["item_id"])
        if item is None:
            code = f"item_{verb}_invalid_item_id"
            await self.refuse(event, code, Problem(code, "item_id", f"Item with id '{event['item_id']}' not found."))
        return item

    async def on_truncate(self, event):
        item = await self._existing(event, "truncate")
        if item is None:
            return
        end = event["audio_end_ms"]
        have = int(item.audio_ms) - (SHORT_MS if "short-items" in self.script.manners else 0)
        have = have if item.heard_ms is None else min(have, item.heard_ms)
        if item.role != "assistant" or not item.sound:
            code = "unsupported_content_type"
            await self.refuse(event, code, Problem(code, None, "Only model output audio messages can be truncated."))
        elif event["content_index"] != 0:
            await self.refuse(event, "invalid_value", invalid("content_index", "There is no such content part."))
        elif end > have:
            await self.refuse(event, "truncate_too_long", Problem(None, None, f"Audio content of {have}ms is already "
                                                                  f"shorter than {end}ms"))
        else:
            item.heard_ms = end
            self.log.count("truncated")
            await self.send("conversation.item.truncated", item_id=item.id, content_index=0, audio_end_ms=end)
