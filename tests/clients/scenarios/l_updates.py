"""Supergroups, as members learn of them: what is pushed, what was missed while away, and nothing to others."""

from harness.scenario import scenario
from harness.stage import MTCUTE, TELETHON

WRITER = "telethon-abridged"
WITH = [(WRITER, TELETHON[0]), (WRITER, MTCUTE[0])]


async def group_of(stage, kinds):
    """Two people who know each other, and their group."""
    one, two = await stage.two(kinds)
    group = await one.gather("Moths", two.id)
    await two.comes_to("Moths", lambda: name_of(two, group))
    await stage.settle()
    return one, two, group


async def name_of(person, group):
    return next((it.name for it in await person.dialogs() if it.chat == group), None)


@scenario(each=WITH, outbox=WITH)
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


@scenario(each=WITH, outbox=WITH)
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
