"""Reactions of one person to the other's messages, and Saved Messages by where they came from."""

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, NEWEST, OLDEST, TDLIB

PAIRS = [*zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]), *APART]
THUMB, HEART, FIRE = "👍", "❤", "🔥"
# Stands for authors whose accounts are hidden.
HIDDEN = 2666000


async def _react(stage, kinds):
    one, two = await stage.two(kinds)
    sent = await one.send(two.id, "what do you think?")
    heard = await two.hears("what do you think?")
    assert {THUMB, HEART, FIRE} <= set(await two.offered(one.id, heard.id))

    await two.react(one.id, heard.id, THUMB)
    await one.sees_reactions(sent, **{THUMB: 1})
    assert await one.unread_reactions(two.id) == 1
    await one.read_reactions(two.id)
    assert await one.unread_reactions(two.id) == 0

    await one.react(two.id, sent, HEART, FIRE)
    await two.sees_reactions(heard.id, **{THUMB: 1, HEART: 1, FIRE: 1})
    assert await two.unread_reactions(one.id) == 0, "whose message it is not has nothing to read"
    await two.react(one.id, heard.id)
    await one.sees_reactions(sent, **{HEART: 1, FIRE: 1})
    await two.react(one.id, heard.id, FIRE)
    await one.sees_reactions(sent, **{HEART: 1, FIRE: 2})
    assert await one.unread_reactions(two.id) == 1
    await one.open(two.id, sent)
    assert await one.unread_reactions(two.id) == 0
    # TDLib shows it read before it says so.
    await stage.called("messages.readMessageContents")
    await two.react(one.id, heard.id)
    await one.sees_reactions(sent, **{HEART: 1, FIRE: 1})
    await one.edit(two.id, sent, "what do you really think?")
    await two.sees_edit("what do you really think?")
    stage.quiet()
    return one, two, sent, heard.id


@scenario(each=PAIRS)
async def a_reaction_is_seen_read_and_taken_back(stage, kinds):
    one, two, sent, heard = await _react(stage, kinds)
    await one.away()
    await two.away()
    await stage.server.restart()
    await two.resume()
    await two.react(one.id, heard, FIRE)
    await one.resume()
    await one.sees_reactions(sent, **{HEART: 1, FIRE: 2})
    assert await one.reactions(two.id, sent) == ((HEART, 1), (FIRE, 2))
    assert await two.reactions(one.id, heard) == ((HEART, 1), (FIRE, 2))
    assert await one.unread_reactions(two.id) == 1


@scenario(deliveries="outbox")
async def a_reaction_travels_through_the_outbox(stage):
    await _react(stage, ("telethon-full", TDLIB[2]))


# The oldest layer served has no parts of Saved Messages, which came with 170: it only writes what is saved.
@scenario(each=[*((it, "telethon-full") for it in LIBRARIES), (NEWEST, OLDEST)])
async def what_is_saved_stands_by_where_it_came_from(stage, kinds):
    one, two = await stage.two(kinds)
    three = await stage.join("telethon-abridged", "Abraham")
    await stage.acquaint(one, three)
    await three.hide("forwards")
    await stage.settle()
    await one.send(one.id, "a note of my own")
    for number, (other, text) in enumerate([(two, "a saying"), (three, "in confidence"), (two, "another saying")]):
        await other.send(one.id, text)
        await one.forward(other.id, (await one.hears(text)).id, one.id)
    mine, open_, hidden = (one.id, False, "a note of my own"), (two.id, False, "another saying"), (HIDDEN, False, "in confidence")
    await one.shows_saved(open_, hidden, mine)
    assert await one.saved_texts(two.id) == ["a saying", "another saying"]
    stage.quiet()

    await one.pin_saved(HIDDEN, True)
    for person in (one, two, three):
        await person.away()
    await stage.server.restart()
    await one.resume()
    await one.shows_saved((HIDDEN, True, "in confidence"), open_, mine)
    assert await one.saved_texts(HIDDEN) == ["in confidence"]
    await one.forget_saved(two.id)
    await one.shows_saved((HIDDEN, True, "in confidence"), mine)
    # TDLib asks for the pins again, and an answer from before the next call would outlive it there.
    await stage.settle()
    await one.pin_saved(HIDDEN, False)
    await one.shows_saved(hidden, mine)
    assert sorted(await one.texts(one.id)) == ["a note of my own", "in confidence"]


# TDLib lets only people tag who pay; it shows the tags to everybody. The oldest layer served has no tags.
@scenario(each=LIBRARIES[:2])
async def a_note_is_tagged_and_found_by_its_tag(stage, kind):
    one = await stage.join(kind, "Claude")
    tablet = await stage.device(one, TDLIB[0])
    await tablet.sign_in()
    await stage.settle()
    first = await one.send(one.id, "semaphore")
    second = await one.send(one.id, "telescope")
    await one.react(one.id, first, FIRE, HEART)
    await tablet.sees_reactions(first, **{FIRE: 1, HEART: 1})
    await one.react(one.id, second, FIRE)
    await tablet.sees_reactions(second, **{FIRE: 1})
    await one.name_tag(FIRE, "urgent")
    for device in (one, tablet):
        assert await device.tags() == [(FIRE, "urgent", 2), (HEART, "", 1)]
        assert await device.tagged(FIRE) == ["telescope", "semaphore"]
        assert await device.tagged(HEART) == ["semaphore"]
    assert await one.unread_reactions(one.id) == 0
    stage.quiet()
