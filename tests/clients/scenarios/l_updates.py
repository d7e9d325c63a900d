"""Supergroups, as members learn of them: what is pushed, what was missed while away, and nothing to others."""

import asyncio
import re

from harness.scenario import scenario
from harness.stage import LIBRARIES, TDLIB

WRITER = "telethon-abridged"
WITH = [(WRITER, it) for it in LIBRARIES]
# Up to so many members each is told in words of its own, with users that have an access hash.
SMALL = 200


async def group_of(stage, kinds):
    """Two people who know each other, and their group."""
    one, two = await stage.two(kinds)
    group = await one.gather("Moths", two.id)
    await two.comes_to("Moths", lambda: name_of(two, group))
    await stage.settle()
    return one, two, group


async def name_of(person, group):
    return next((it.name for it in await person.dialogs() if it.chat == group), None)


@scenario(each=[*WITH, (WRITER, TDLIB[-1])], outbox=WITH)
async def members_hear_their_group_and_nobody_else_does(stage, kinds):
    one, two, group = await group_of(stage, kinds)
    first = await one.send(group, "good evening")
    assert (await two.hears("good evening")).chat == group
    await one.edit(group, first, "good night")
    await two.sees_edit("good night")
    await two.send(group, "so soon?")
    assert (await one.hears("so soon?")).chat == group
    stage.quiet()

    await one.take_out(group, two.id)
    await one.send(group, "between us")
    await one.send(two.id, "you are out")
    await stage.delivered()
    await two.hears("you are out")
    assert "between us" not in two.heard()


@scenario(each=[*WITH, (WRITER, TDLIB[-1])], outbox=WITH)
async def who_comes_back_has_missed_nothing_of_a_group(stage, kinds):
    one, two, group = await group_of(stage, kinds)
    first = await one.send(group, "you are here")
    await two.hears("you are here")
    await two.away()

    for number in range(5):
        await one.send(group, f"missed {number}")
    await one.edit(group, first, "you were here")
    await stage.delivered()
    before = stage.differences()
    await two.resume()
    for number in range(5):
        await two.hears(f"missed {number}")
    assert (await two.texts(group))[-6:] == ["you were here", *(f"missed {number}" for number in range(5))]
    await stage.settle()
    assert stage.differences()[1] - before[1] == 1, "one question about the group brings all of it"
    await two.send(group, "I am back")
    await one.hears("I am back")
    stage.quiet()


@scenario(each=LIBRARIES)
async def a_large_group_tells_all_the_same(stage, kind):
    """The people are seeded, and so is the group: they only sign in."""
    await asyncio.to_thread(stage.server.run, "seed", "--group", str(SMALL + 1))
    numbers = [f"+999662{it:04}" for it in (1, 50, 90)]
    kinds = (WRITER, kind, "telethon-full")
    owner, two, three = [stage.person(*it, "Somebody") for it in zip(kinds, numbers)]
    for person in (owner, two, three):
        await person.join()
    group = (await owner.dialogs())[0].chat
    assert group < 0
    for person in (two, three):
        assert any(it.chat == group for it in await person.dialogs())
    await stage.settle()
    await three.send(group, "who is who here?")
    told = await two.hears("who is who here?")
    assert told.chat == group
    await owner.hears("who is who here?")
    # Who was only seen in the group is written to by the message in which it was seen.
    await two.answer_alone(group, told.id, "it is me")
    await three.hears("it is me")
    # Clients may ask once about an author of whom they know no more than a push tells.
    before = stage.asked
    await stage.settle()
    assert sum(stage.differences()) - sum(before) <= 2
    rendered = renders(stage)
    await three.send(group, "and you?")
    await two.hears("and you?")
    await owner.hears("and you?")
    # One for those at each of two layers; the author's own session has it in its answer.
    assert 0 < renders(stage) - rendered <= 2
    stage.quiet()


def renders(stage):
    return int(re.search(r"^chappe_renders_total (\d+)", stage.server.get("/metrics", admin=True)[2], re.M).group(1))
