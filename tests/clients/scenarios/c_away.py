"""Who was away gets exactly what was missed; a server that dies loses nothing that it acknowledged."""

import asyncio

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, TDLIB

WRITER = "telethon-abridged"
SLEEP = [(WRITER, it) for it in LIBRARIES]
WRITE = [(it, WRITER) for it in LIBRARIES]
# Clients wait longer and longer between two tries to connect.
RECONNECT_SECONDS = 40


@scenario(each=[*SLEEP, (WRITER, "mtcute-pfs"), (WRITER, TDLIB[-1]), *APART], outbox=SLEEP)
async def who_comes_back_has_missed_nothing(stage, kinds):
    one, two = await stage.two(kinds)
    first = await one.send(two.id, "you are here")
    old = await two.hears("you are here")
    await two.away()

    for number in range(5):
        await one.send(two.id, f"missed {number}")
    gone = await one.send(two.id, "taken back")
    await one.edit(two.id, first, "you were here")
    await one.delete(two.id, [gone])

    await stage.delivered()
    await two.resume()
    for number in range(5):
        await two.hears(f"missed {number}")
    assert "taken back" not in two.heard()
    assert await two.texts(one.id) == ["you were here", *(f"missed {number}" for number in range(5))]
    assert (await two.history(one.id))[-1].id == old.id
    await stage.settle()
    await two.send(one.id, "I am back")
    await one.hears("I am back")
    stage.quiet()


@scenario(each=[*SLEEP, *APART], outbox=SLEEP)
async def more_than_a_slice_is_caught_up(stage, kinds):
    one, two = await stage.two(kinds)
    await two.away()
    said = [f"line {number}" for number in range(250)]
    for text in said:
        await one.send(two.id, text)
    await two.resume()
    await two.hears(said[-1])
    assert await two.texts(one.id, limit=len(said)) == said
    assert (await two.dialog(one.id)).unread == len(said)


# Three restarts take their time: the oldest and the newest client play this in one role each.
@scenario(each=[*WRITE, APART[0]], outbox=WRITE, rough=True, seconds=120)
async def a_killed_server_keeps_what_it_acknowledged(stage, kinds):
    one, two = await stage.two(kinds)
    said = []
    for round_ in range(3):
        for number in range(10):
            said.append(f"round {round_}, line {number}")
            await one.send(two.id, said[-1])
        await stage.server.kill()
        await stage.server.start()
        # Both clients reconnect by themselves.
        said.append(f"after kill {round_}")
        await asyncio.wait_for(one.send(two.id, said[-1]), RECONNECT_SECONDS)
    for text in said:
        await two.hears(text)
    assert await one.texts(two.id) == said
    assert await two.texts(one.id) == said


@scenario(each=[*WRITE, *APART], outbox=WRITE, rough=True)
async def a_message_written_while_the_server_is_down_arrives_once(stage, kinds):
    one, two = await stage.two(kinds)
    # Telethon knows from the first update on where it stands.
    await one.send(two.id, "hello")
    await two.hears("hello")
    await stage.server.stop()
    sending = asyncio.create_task(one.send(two.id, "patience"))
    # So that the client has tried and failed.
    await asyncio.sleep(1)
    await stage.server.start()
    await asyncio.wait_for(sending, RECONNECT_SECONDS)
    # A Telethon that comes back later than the writer learns of it with the next message only: it begins anew.
    await two.comes_to(["hello", "patience"], lambda: two.texts(one.id))
    await one.send(two.id, "here we are")
    await two.hears("patience")
    await two.hears("here we are")
    assert two.heard().count("patience") == 1, two.heard()
