"""What people do with messages beside writing them: for later, looking for them, passing them on, for a time."""

import time

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, NEWEST, OLDEST

OTHER = "telethon-abridged"
PAIRS = [*((it, OTHER) for it in LIBRARIES), *APART]
# More than the index takes in one step, so that a search reads both it and what is newer.
INDEXED = 70
# Nearer than this a message is sent at once.
SOON = 11


# It waits long: the oldest and the newest client play this in one role each.
@scenario(each=PAIRS[:-1])
async def a_message_waits_for_its_time(stage, kinds):
    one, two = await stage.two(kinds)
    now = int(time.time())
    await one.later(two.id, "not at all", now + 7000)
    await one.later(two.id, "by hand", now + 3600)
    await one.later(two.id, "in time", now + SOON)
    numbers = {text: number for number, text in await one.queue(two.id)}
    assert list(numbers) == ["not at all", "by hand", "in time"], numbers
    await one.unqueue(two.id, numbers["not at all"])
    await one.send_queued(two.id, numbers["by hand"])
    await two.hears("by hand")
    assert "in time" not in two.heard()
    await two.hears("in time")
    assert 0 <= time.time() - now - SOON < 4
    await one.comes_to([], lambda: one.queue(two.id))
    assert await one.texts(two.id) == ["by hand", "in time"] == await two.texts(one.id)
    await one.later(one.id, "remember", int(time.time()) + 3600)
    assert [text for _, text in await one.queue(one.id)] == ["remember"]
    stage.quiet()


@scenario(rough=True)
async def a_queue_survives_a_kill_and_is_sent_once(stage):
    one, two = await stage.two(("telethon-full", OTHER))
    await one.later(two.id, "still here", int(time.time()) + SOON)
    await stage.server.kill()
    await stage.server.start()
    await two.hears("still here")
    assert await one.texts(two.id) == ["still here"] == await two.texts(one.id)


@scenario(each=PAIRS)
async def words_are_found_in_a_chat_and_everywhere(stage, kinds):
    one, two = await stage.two(kinds)
    for number in range(INDEXED):
        await two.send(one.id, f"Zephyr {number}" if number % 10 == 0 else f"calm {number}")
    note = "a Caf\u00e9 called zephyr"
    await one.send(one.id, note)
    await one.hears(f"calm {INDEXED - 1}")
    expected = [f"Zephyr {number}" for number in range(INDEXED - 10, -1, -10)]
    assert await one.search("zeph", two.id) == expected
    assert await one.search("zephyr") == [note, *expected]
    assert await one.search("cafe") == [note]
    assert await one.search("zephyr 60 calm") == []
    old = next(it for it in await one.history(two.id) if it.text == "Zephyr 10")
    await one.delete(two.id, [old.id])
    await two.comes_to([], lambda: two.search("zephyr 10", one.id))
    assert await one.search("zephyr 1", two.id) == []
    stage.quiet()


@scenario(each=PAIRS)
async def a_forward_says_whose_it_is_as_far_as_it_may(stage, kinds):
    one, two = await stage.two(kinds)
    await two.send(one.id, "mine")
    heard = await one.hears("mine")
    saved = await one.forward(two.id, heard.id, one.id)
    assert await one.origin(one.id, saved) == two.id
    await two.hide("forwards")
    saved = await one.forward(two.id, heard.id, one.id)
    # As the forwarder's address book calls the author.
    assert await one.origin(one.id, saved) == "Ignace"
    assert await one.texts(one.id) == ["mine", "mine"]
    stage.quiet()


# TDLib forwards nothing from a protected chat, so that it asks no server.
@scenario(each=[*PAIRS[:2], (OLDEST, NEWEST)])
async def nothing_leaves_a_protected_chat(stage, kinds):
    one, two = await stage.two(kinds)
    await two.send(one.id, "between us")
    heard = await one.hears("between us")
    await two.protect(one.id, True)
    await one.refuses("CHAT_FORWARDS_RESTRICTED", one.forward(two.id, heard.id, one.id))
    await two.protect(one.id, False)
    await one.forward(two.id, heard.id, one.id)
    assert await one.texts(one.id) == ["between us"]
    stage.quiet()


@scenario(each=PAIRS)
async def drafts_and_pins_are_the_same_on_every_device(stage, kinds):
    one, two = await stage.two((kinds[0], OTHER))
    tablet = await stage.device(one, kinds[1])
    await tablet.sign_in()
    await one.send(two.id, "hello")
    await one.send(one.id, "note")
    await stage.settle()
    for here, there in ((one, tablet), (tablet, one)):
        await here.set_draft(two.id, f"begun at {here.kind}")
        await there.comes_to(f"begun at {here.kind}", lambda: there.draft(two.id))
        await here.pin(two.id)
        await there.comes_to([two.id], there.pinned)
        await here.pin(two.id, False)
        await there.comes_to([], there.pinned)
    await one.send(two.id, "sent otherwise")
    stage.quiet()


@scenario(each=PAIRS)
async def messages_of_a_chat_end_with_its_period(stage, kinds):
    one, two = await stage.two(kinds)
    await one.send(two.id, "stays")
    await two.set_timer(one.id, 2)
    gone = await one.send(two.id, "goes")
    heard = await two.hears("goes")
    await one.sees_deletion(gone)
    await two.sees_deletion(heard.id)
    assert await one.texts(two.id) == ["stays"] == await two.texts(one.id)
    stage.quiet()
