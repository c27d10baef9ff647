#!/usr/bin/python3
"""Killed, or cut off from the model, at the worst moments of a turn: the caller need not say it again, nothing is said or written
down twice, no tool is called twice."""
from brain import *

U, A = "user", "assistant"


def turn(who, text, cut=False):
    return {"who": who, "text": text, "cut": cut}


HELLO = turn(A, "Hello.")


def at_every_moment_of_a_turn():
    with Brain("""set resume always
greet say "Hello."
turn 1 heard "What is two and two?"  say "Four."
turn 2 heard "And three?"  after 300 say "Six."
turn 3 heard "Tell me a story." delay 5000 say "Once upon a time there was a telephone that nobody had called for years." pace 1
text "Go on exactly where"  say "Then it rang."
turn 4 heard "How late is it?" delay 5000  call time {}  then say "It is {time.text}, indeed."
turn 5 heard "One more thing." delay 5000 say "Yes?"
turn 6 heard "Who are you?" delay 5000 say "It is me."
turn 7 heard "Thanks." say "You are welcome."
expect conversations 1
expect turns 12""", expect=["no answer to call.clear"]) as b:
        def words():
            return [e["text"] for e in b.said("user.text")]

        def again(turns):
            b.restart()
            b.begin(turns)

        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()

        # while he speaks: the first half is in the file, the second half comes
        b.speak(400, 0)
        b.until(lambda: b.said("user.speech.started"))
        again([HELLO])
        b.speak(400)
        b.wait_spoken("Four.")
        b.until(lambda: len(words()) == 1)
        turns = [HELLO, turn(U, "What is two and two?"), turn(A, "Four.")]
        b.hear_all()

        # he has finished, and nothing came of it yet
        b.speak()
        b.until(lambda: len(b.said("user.speech.stopped")) == 2)
        again(turns)
        b.wait_spoken("Six.")
        b.until(lambda: len(words()) == 2)
        turns += [turn(U, "And three?"), turn(A, "Six.")]
        b.hear_all()

        # the answer has begun, his words are not written down: they are, and it is not begun anew
        b.speak()
        story = b.until(lambda: [e for e in b.said("assistant.text") if e["text"].startswith("Once")])[0]
        check("not written down yet", len(words()) == 2, words())
        again(turns + [turn(A, "Once upon a time", True)])
        b.heard(story["item"], 500, 500)
        b.until(lambda: len(words()) == 3, what="the words of the third turn")
        b.heard(story["item"], 900, 900, end=True)
        b.wait_spoken("Then it rang.")
        seeds = [l["event"] for l in b.model.lines() if l["kind"] == "in" and l["conn"] == 4]
        kinds = [e["type"] for e in seeds if e["type"] in ("input_audio_buffer.commit", "response.create")]
        check("committed, and asked once", kinds == ["input_audio_buffer.commit", "response.create"], kinds)
        order = [e["type"] if e["type"].startswith("input") else e["item"]["content"][0]["text"] for e in seeds
                 if e["type"] in ("input_audio_buffer.commit", "conversation.item.create")]
        check("in its place", order.index("Six.") < order.index("input_audio_buffer.commit") < order.index("Once upon a time"), order)
        turns += [turn(U, "Tell me a story."), turn(A, "Once upon a time", True), turn(A, "Then it rang.")]
        b.hear_all()

        # a tool is at work: its answer is waited for, and nobody calls it again
        b.speak()
        call = b.until(lambda: b.said("tool.call"))[0]
        again(turns)
        b.until(lambda: len(words()) == 4, what="the words of the fourth turn")
        b.during(0.6)
        asked = len(b.asked("response.create"))
        check("nothing is asked meanwhile", not [l for l in b.model.lines() if l["kind"] == "plan" and l["conn"] == 5], b.model.lines()[-5:])
        b.result(call["id"], text="five")
        b.wait_spoken("It is five, indeed.")
        check("one call, one question", len(b.said("tool.call")) == 1 and len(b.asked("response.create")) == asked + 1)
        turns += [turn(U, "How late is it?"), turn("tool", "time: five"), turn(A, "It is five, indeed.")]
        b.hear_all()

        # two turns were answered and are not written down
        for text in ("Yes?", "It is me."):
            b.speak()
            b.wait_spoken(text)
            b.hear_all()
        check("neither is written down", len(words()) == 4, words())
        again(turns + [turn(A, "Yes?"), turn(A, "It is me.")])
        b.until(lambda: len(words()) == 6, what="the words of both")
        b.speak()
        b.wait_spoken("You are welcome.")
        b.until(lambda: len(words()) == 7)
        check("every turn once, in order", words() == ["What is two and two?", "And three?", "Tell me a story.", "How late is it?",
                                                       "One more thing.", "Who are you?", "Thanks."], words())
        said = [e["text"] for e in b.said("assistant.done")]
        check("every answer once", said.count("Hello.") == said.count("Four.") == said.count("Six.") == said.count("Then it rang.") == 1, said)
        b.finish(last=False)


def where_nobody_is_found():
    """What is said again was no speech: whoever waits for the rest of an answer gets it all the same."""
    with Brain("""set resume always
greet say "Hello."
turn 1 heard "What is two and two?"  say "Four."
text "Go on exactly where"  say "And no more." """) as b:
        b.begin()
        b.wait_spoken("Hello.")
        b.hear_all()
        b.speak()
        b.wait_spoken("Four.")
        b.hear_all()
        b.until(lambda: b.said("user.text"))
        b.speak(100, 0)
        b.until(lambda: len(b.said("user.speech.started")) == 2)
        b.kill()
        with open(f"{b.dir}/untold", "r+b") as f:
            f.seek(-60 * 8000, os.SEEK_END)
            f.write(QUIET * (2 * 8000 // len(QUIET)))
        b.start()
        b.begin([HELLO, turn(U, "What is two and two?"), turn(A, "Four", True)])
        b.until(lambda: b.spoken("And no more."), 15, "the rest")
        check("asked once", len([l for l in b.model.lines() if l["kind"] == "in" and l["conn"] == 2
                                 and l["event"]["type"] == "response.create"]) == 1)
        b.finish(last=False)


side_by_side(at_every_moment_of_a_turn, where_nobody_is_found)
