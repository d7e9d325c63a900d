"""Away and back, restarts, kills: nothing that was answered is lost, nothing comes twice."""
import asyncio

from telethon import functions

from stage import scenario


@scenario(noisy=True)
async def who_was_away_catches_up_with_exactly_what_it_missed(stage):
    one, two = await stage.two()
    await one.client.send_message(two.user.id, "seen")
    await two.receives("seen")
    await two.disconnect()
    missed = [f"missed {n}" for n in range(30)]
    for text in missed:
        await one.client.send_message(two.user.id, text)
    two.arrived.clear()
    await two.connect(catch_up=True)
    await two.receives(missed[-1])
    await one.client.send_message(two.user.id, "live again")
    await two.receives("live again")
    assert two.texts() == [*missed, "live again"], two.texts()


@scenario(noisy=True)
async def messages_outlive_a_restart(stage):
    one, two = await stage.two()
    await one.client.send_message(two.user.id, "before")
    await two.receives("before")
    stage.server.restart()
    await one.client.send_message(two.user.id, "after")
    await two.receives("after")
    assert [it.raw_text for it in await two.client.get_messages(one.user.id, 5)] == ["after", "before"]
    assert two.texts() == ["before", "after"], two.texts()


@scenario(noisy=True)
async def a_killed_server_loses_nothing_that_it_acknowledged(stage):
    one, two = await stage.two()
    peer = await one.client.get_input_entity(two.user.id)
    answered, in_flight = [], []

    async def write():
        for n in range(200):
            text = f"line {n}"
            in_flight.append(text)
            # Telethon sends the request again, with the same random id, when the connection comes back.
            await one.client(functions.messages.SendMessageRequest(peer, text, random_id=1_000_000 + n))
            answered.append(text)

    writing = asyncio.create_task(write())
    while len(answered) < 60:
        assert not writing.done(), writing
        await asyncio.sleep(0.01)
    stage.server.kill()
    at_the_kill = list(answered)
    stage.server.start()
    kept = [it.raw_text async for it in two.client.iter_messages(one.user.id, reverse=True)]
    assert set(at_the_kill) <= set(kept), sorted(set(at_the_kill) - set(kept))
    await asyncio.wait_for(writing, 40)
    for who, other in ((one, two), (two, one)):
        kept = [it.raw_text async for it in who.client.iter_messages(other.user.id, reverse=True)]
        assert kept == in_flight, (len(kept), len(in_flight))


@scenario()
async def a_random_id_is_sent_once(stage):
    one, two = await stage.two()
    peer = await one.client.get_input_entity(two.user.id)
    ask = functions.messages.SendMessageRequest(peer, "once", random_id=4711)
    answers = [await one.client(ask) for _ in range(3)]
    assert len({str(it) for it in map(lambda it: getattr(it, "id", None) or it.updates[0].id, answers)}) == 1, answers
    await one.client.send_message(two.user.id, "last")
    await two.receives("last")
    assert two.texts() == ["once", "last"]
