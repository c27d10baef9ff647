"""What the model says next: looks at the conversation and finds the part of the script that answers it."""
import re

from .script import normal


class Choice:
    """A reply that was found: a name for the log, the steps, what follows a tool call, how texts are filled in."""

    def __init__(self, name, replies, turn=0, render=None):
        self.name, self.steps, self.later = name, replies[0], replies[1:]
        self.turn, self.render = turn, render


def asked(text, loosely=True):
    """The sentence that instructions ask for: the longest one in quotes, else (loosely) what is behind a colon."""
    if not text:
        return None
    quoted = re.findall(r'["\u201c]([^"\u201c\u201d]{2,})["\u201d]', text)
    if quoted:
        return max(quoted, key=len)
    if not loosely:
        return None
    behind = re.search(r":\s+(\S.*)", text, re.DOTALL)
    return behind.group(1).strip() if behind else None


def plain(text):
    return [[("say", {"text": text, "pace": None, "upto": None})]]


def choose(session, params):
    """The reply to a response.create, or to the end of the caller's turn."""
    script, talk = session.script, session.talk
    if params.get("conversation") == "none":
        return Choice("side", script.side.replies if script.side else plain("Noted."))
    waiting = talk.pending
    found = unanswered(session)
    if waiting and waiting.complete():
        return after_tools(session, waiting, found)
    if found:
        return found
    if not talk.spoken and talk.turn == 0:
        return greeting(session, params)
    wanted = asked(params.get("instructions"))
    if wanted:
        return Choice("as asked", plain(wanted))
    if waiting:
        session.note("response.create before all tool outputs")
        return Choice("wait for tools", plain("One moment, please."))
    return Choice("otherwise", script.other.replies if script.other else [[]])


def after_tools(session, waiting, found):
    """What follows the outputs; if the caller spoke meanwhile, his answer comes in the same breath."""
    session.talk.pending, session.talk.told = None, waiting
    replies = waiting.replies or [[]]
    if found:
        replies = [replies[0] + found.steps] + (found.later or replies[1:])
    return Choice(f"{waiting.name} then", replies, found.turn if found else 0, waiting.render)


def greeting(session, params):
    """The script's words, else those that were asked for, else those in the instructions."""
    replies = session.script.greet.replies if session.script.greet else [[]]
    if any(verb in ("say", "status", "call") for verb, _ in replies[0]):
        return Choice("greet", replies)
    tail = [i.text for i in session.items if i.kind == "message" and i.role != "assistant" and not i.deleted]
    for source, loosely in [(params.get("instructions"), True)] + [(t, True) for t in tail[::-1]] + \
            [(session.config["instructions"], False)]:
        words = asked(source, loosely)
        if words:
            return Choice("greet as asked", [replies[0] + plain(words)[0]] + replies[1:])
    return Choice("greet", [replies[0] + plain("Hello.")[0]] + replies[1:])


def unanswered(session):
    """The reply to what the caller said or typed since the assistant's last word."""
    for item in reversed(session.items):
        if item.deleted:
            continue
        if item.kind != "message" or item.role == "assistant":
            return None
        if item.turn:
            return turn(session, item.turn)
        found = by_text(session, item)
        if found:
            return found
    return None


ACCIDENTS = ("cut", "close", "mute", "freeze", "error", "status", "alarm")


def turn(session, number):
    """The caller's turn. Asked again after a reconnect it is answered without its accidents."""
    script = session.script
    again = number in session.talk.tried
    session.talk.tried.add(number)
    if number in script.turns:
        replies = script.turns[number].replies
        return Choice(f"turn {number}" + " again" * again, [without(r) for r in replies] if again else replies, number)
    replies = script.other.replies if script.other else plain("I see.")
    return Choice(f"turn {number} (otherwise)", replies, number)


def without(steps):
    """The steps of a reply as if nothing went wrong."""
    return [(verb, dict(args, upto=None) if verb == "say" else args) for verb, args in steps if verb not in ACCIDENTS]


def by_text(session, item):
    """Written words: the lost words of a turn that are said again, or a key or note the script waits for."""
    number = session.script.turn_of_words(item.text) if item.role == "user" else 0
    if number:
        session.talk.turn = max(session.talk.turn, number)
        return turn(session, number)
    for pattern, p in session.script.texts:
        if normal(pattern) in normal(item.text):
            return Choice(p.name, p.replies)
    return None
