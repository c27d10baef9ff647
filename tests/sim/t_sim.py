#!/usr/bin/python3
"""Self-test of rd-sim-model: starts it with small scripts and talks to it as a client would. Arguments name cases.

No waiting for time to pass: the caller's sound is sent as fast as it goes (the simulator counts ms of sound), and
every step waits for an event. A wait that lasts longer than LIMIT_S fails the case.
"""
import asyncio
import sys
import time
import traceback

sys.dont_write_bytecode = True

from cases import faults, judge, talk       # noqa: E402

CASES = talk.CASES + judge.CASES + faults.CASES


async def main():
    wanted = [c for c in CASES if c.__name__ in sys.argv[1:]] or CASES
    failed = 0
    for case in wanted:
        begin = time.monotonic()
        try:
            await case()
            print(f"ok   {case.__name__} {time.monotonic() - begin:.1f} s", flush=True)
        except Exception:       # any fault of a case is its failure
            failed += 1
            print(f"FAIL {case.__name__}: {traceback.format_exc()}")
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
