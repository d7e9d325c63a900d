"""The life of a broadcast channel from its owner's, an author's, a subscriber's and a passer-by's side."""

import time

from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, OLDEST, TDLIB
from scenarios.j_supergroups import is_tdlib, may_not, may_not_write, may_write, named, stands

# Owner, author, subscriber: each client in each part; the oldest layer beside the newest client.
ROLES = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)] + [(NEWEST, LIBRARIES[0], OLDEST)]
WRITER = "telethon-abridged"
WITH = [(WRITER, it) for it in (*LIBRARIES, TDLIB[-1], OLDEST)]
FIRE = "🔥"
NAME = "news_of_paris"


async def signed(person, channel, number, name, leads_to=None):
    await person.comes_to((name, leads_to), lambda: person.signature(channel, number))


async def reads(person, channel, text):
    async def is_there():
        return text in await person.texts(channel)

    await person.comes_to(True, is_there)


@scenario(each=ROLES, outbox=ROLES[:1], seconds=90)
async def the_life_of_a_channel(stage, kinds):
    names = ("Claude", "Ignace", "Abraham", "Antoine")
    people = [await stage.join(*it) for it in zip((*kinds, kinds[0]), names)]
    owner, author, reader, passer = people
    await stage.acquaint(*people)
    channel = await it_is_founded_and_found(owner, author, reader, passer)
    await its_posts_are_signed(owner, author, reader, passer, channel)
    await its_posts_are_kept_up(owner, author, reader, channel)
    await its_readers_only_read(owner, reader, channel)
    await it_stands_in_a_profile(owner, passer, channel)

    await reader.go_away(channel)
    await stands(reader, channel, "out")
    await owner.comes_to(2, lambda: members(owner, channel))
    await owner.dissolve(channel)
    await stands(author, channel, "forbidden")
    await may_not_write(author, channel, "CHANNEL_PRIVATE")


async def members(person, channel):
    return (await person.facts(channel))[0]


async def it_is_founded_and_found(owner, author, reader, passer):
    channel = await owner.broadcast("News", "of all kinds")
    await owner.bring(channel, author.id)
    await stands(author, channel, "in")
    await may_not_write(author, channel, "CHAT_ADMIN_REQUIRED")
    await owner.appoint(channel, author.id, ("post_messages",), "")
    await may_write(author, channel, "first")
    await owner.hears("first")
    await owner.rename_group(channel, "News of Paris")
    await named(author, channel, "News of Paris")
    await owner.name_group(channel, NAME)
    assert await owner.public_channels() == [channel]

    # Who passes by reads without joining.
    assert await passer.find_group(NAME) == channel
    await stands(passer, channel, "out")
    await passer.look_in(channel)
    await reads(passer, channel, "first")
    assert await reader.find_group(NAME) == channel
    await reader.enter_group(channel)
    await stands(reader, channel, "in")
    await owner.comes_to((3, "of all kinds", 0), lambda: owner.facts(channel))
    return channel


async def its_posts_are_signed(owner, author, reader, passer, channel):
    plain = await author.send(channel, "plain")
    assert (await reader.hears("plain")).id == plain
    await signed(reader, channel, plain, "")
    if not is_tdlib(owner):
        assert await owner.author(channel, plain) == author.id
    await owner.sign_posts(channel)
    by_name = await author.send(channel, "by name")
    await reader.hears("by name")
    await owner.sign_posts(channel, profiles=True)
    by_profile = await author.send(channel, "by profile")
    await reader.hears("by profile")
    for person in (owner, reader, passer):
        await reads(person, channel, "by profile")
        await signed(person, channel, plain, "")
        await signed(person, channel, by_name, author.name)
        await signed(person, channel, by_profile, author.name, author.id)
    await author.later(channel, "in an hour", int(time.time()) + 3600)
    [(queued, text)] = await author.queue(channel)
    assert text == "in an hour", text
    await author.send_queued(channel, queued)
    await reader.hears("in an hour")
    saved = await reader.forward(channel, by_profile, reader.id)
    assert await reader.source(reader.id, saved) == (channel, by_profile, author.name)


async def its_posts_are_kept_up(owner, author, reader, channel):
    number = await author.send(channel, "a mistaek")
    await reader.hears("a mistaek")
    await owner.edit(channel, number, "a mistake")
    await reader.sees_edit("a mistake")
    await owner.pin_message(channel, number)
    await reader.comes_to(["a mistake"], lambda: reader.pinned_messages(channel))
    await reader.react(channel, number, FIRE)
    await owner.comes_to(((FIRE, 1),), lambda: owner.reactions(channel, number))
    await author.delete(channel, [number])
    await reader.sees_deletion(number)


async def its_readers_only_read(owner, reader, channel):
    await may_not_write(reader, channel, "CHAT_ADMIN_REQUIRED")
    await may_not(reader, "CHAT_ADMIN_REQUIRED", reader.rename_group(channel, "Mine"))
    assert await owner.hears_of_members(channel) and not await reader.hears_of_members(channel)
    await owner.keep_posts(channel)
    last = await owner.send(channel, "not to be taken away")
    await reader.hears("not to be taken away")
    if not is_tdlib(reader):
        await may_not(reader, "CHAT_FORWARDS_RESTRICTED", reader.forward(channel, last, reader.id))


async def it_stands_in_a_profile(owner, passer, channel):
    assert await passer.shown_channel(owner.id) is None
    await owner.show_channel(channel)
    await passer.comes_to(channel, lambda: passer.shown_channel(owner.id))


async def channel_of(stage, kinds):
    """Two people who know each other, and the channel of one that the other reads."""
    one, two = await stage.two(kinds)
    channel = await one.broadcast("Moths", "")
    await one.bring(channel, two.id)
    await named(two, channel, "Moths")
    await stage.settle()
    return one, two, channel


@scenario(each=WITH, outbox=WITH[:1])
async def subscribers_hear_their_channel_and_miss_nothing(stage, kinds):
    one, two, channel = await channel_of(stage, kinds)
    first = await one.send(channel, "good evening")
    assert (await two.hears("good evening")).chat == channel
    await one.edit(channel, first, "good night")
    await two.sees_edit("good night")
    stage.quiet()
    await two.away()

    for number in range(5):
        await one.send(channel, f"missed {number}")
    await one.edit(channel, first, "it was night")
    await stage.delivered()
    before = stage.differences()
    await two.resume()
    for number in range(5):
        await two.hears(f"missed {number}")
    assert (await two.texts(channel))[-6:] == ["it was night", *(f"missed {number}" for number in range(5))]
    await stage.settle()
    assert stage.differences()[1] - before[1] == 1, "one question about the channel brings all of it"
    await one.send(channel, "and on")
    await two.hears("and on")
    stage.quiet()
