"""A second public name, which the operator gives: its holder switches it on, puts it first, and is found by it."""

import asyncio

from harness.scenario import scenario
from harness.stage import LIBRARIES

from .u_pages import web

# Who holds the names, who reads along, who looks for them: each client in each part.
TRIOS = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)]
FIRST, SECOND = "optics_news", "tower_of_lille"


async def give(stage, name, to):
    said = await asyncio.to_thread(stage.server.run, "name", "grant", name, "--to", to)
    assert f"@{name}" in said, said


async def three(stage, kinds):
    return [await stage.join(*it) for it in zip(kinds, ("Olga", "Rita", "Sam"))]


@scenario(each=TRIOS)
async def a_channel_with_two_names_is_found_by_each(stage, kinds):
    owner, reader, stranger = await three(stage, kinds)
    channel = await owner.publish("Optics", FIRST)
    await owner.send(channel, "the telegraph at Lille")
    await reader.find_group(FIRST)
    await reader.enter_group(channel)
    await give(stage, SECOND, f"@{FIRST}")
    await owner.comes_to([SECOND], lambda: owner.silent_names(channel))
    assert web(stage, f"/s/{SECOND}")[0] == 404
    assert (await reader.names_of(channel), await reader.silent_names(channel)) == ([FIRST], [])

    await owner.switch_name(channel, SECOND)
    for who in (owner, reader):
        await who.comes_to([FIRST, SECOND], lambda who=who: who.names_of(channel))
    assert await stranger.find_group(SECOND) == channel
    assert "the telegraph at Lille" in await stranger.texts(channel)
    await owner.comes_to(True, lambda: says(stage, SECOND, "the telegraph at Lille"))
    await owner.order_names(channel, SECOND, FIRST)
    await reader.comes_to([SECOND, FIRST], lambda: reader.names_of(channel))

    await owner.hush_names(channel)
    for who in (owner, reader):
        await who.comes_to([FIRST], lambda who=who: who.names_of(channel))
    assert web(stage, f"/s/{SECOND}")[0] == 404 and await says(stage, FIRST, "the telegraph at Lille")
    await owner.dissolve(channel)
    # Both names are free again.
    await stranger.set_username(SECOND)
    assert (await stranger.me())[2] == SECOND


async def says(stage, name, text):
    return text in web(stage, f"/s/{name}")[1]


@scenario(each=TRIOS)
async def a_person_with_two_names_is_found_by_each(stage, kinds):
    one, other, stranger = await three(stage, kinds)
    await stage.acquaint(one, other)
    await one.set_username("olga_of_lille")
    await give(stage, SECOND, one.phone)
    await one.comes_to([SECOND], lambda: one.silent_names(one.id))
    await one.switch_name(one.id, SECOND)
    for who in (one, other):
        await who.comes_to(["olga_of_lille", SECOND], lambda who=who: who.names_of(one.id))
    assert await stranger.find(SECOND) == one.id
    await one.order_names(one.id, SECOND, "olga_of_lille")
    await other.comes_to([SECOND, "olga_of_lille"], lambda: other.names_of(one.id))
    await one.switch_name(one.id, SECOND, False)
    await other.comes_to(["olga_of_lille"], lambda: other.names_of(one.id))
    await asyncio.to_thread(stage.server.run, "name", "withdraw", SECOND)
    await one.comes_to([], lambda: one.silent_names(one.id))
    await other.set_username(SECOND)
    assert (await other.me())[2] == SECOND
