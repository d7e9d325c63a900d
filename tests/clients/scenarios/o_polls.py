"""Polls in a basic group: asked, answered, answered anew, closed, by each client."""

from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, TDLIB

PAIRS = [*zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]), (NEWEST, "telethon-full")]


async def _asked(stage, kinds):
    one, two = await stage.two(kinds)
    group = await one.gather_voters("Optics", two.id)
    await one.ask_poll(group, "Which lens?", "convex", "concave")
    await two.comes_to("convex, concave", lambda: two.poll(group, "Which lens?"))
    await two.vote(group, "Which lens?", 1)
    await two.comes_to("convex 0, +concave 1", lambda: two.poll(group, "Which lens?"))
    await one.comes_to("convex, concave", lambda: one.poll(group, "Which lens?"))
    await one.vote(group, "Which lens?", 0)
    await one.comes_to("+convex 1, concave 1", lambda: one.poll(group, "Which lens?"))
    await two.vote(group, "Which lens?", 0)
    await two.comes_to("+convex 2, concave 0", lambda: two.poll(group, "Which lens?"))
    assert await one.voters(group, "Which lens?") == sorted([one.id, two.id])
    return one, two, group


@scenario(each=PAIRS)
async def a_poll_is_asked_answered_and_closed(stage, kinds):
    one, two, group = await _asked(stage, kinds)
    await one.away()
    await two.away()
    await stage.server.restart()
    await one.resume()
    await two.resume()
    await one.close_poll(group, "Which lens?")
    for it in one, two:
        await it.comes_to("+convex 2, concave 0 closed", lambda: it.poll(group, "Which lens?"))


@scenario(deliveries="outbox")
async def a_poll_is_answered_through_the_outbox(stage):
    await _asked(stage, ("telethon-full", TDLIB[2]))
