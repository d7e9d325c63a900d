"""Sticker sets: made at one client, installed and sent at another, told to the other devices of whoever has them."""

import asyncio

from harness.scenario import scenario
from harness.stage import LIBRARIES

from .z_files import picture

# Who makes the set, who sends a sticker of it, who gets it: each client in each part.
TRIOS = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)]
# Whoever has a second device, and what that is.
DEVICES = [tuple((LIBRARIES + LIBRARIES)[at:at + 2]) for at in range(3)]


def pictures(stage, *emoji):
    return [(picture(stage.server.folder / f"sticker-{at}.png", 512, 512, at + 2), it) for at, it in enumerate(emoji)]


@scenario(each=TRIOS)
async def a_set_is_made_by_one_and_a_sticker_of_it_sent_by_another(stage, kinds):
    maker, sender, reader = [await stage.join(*it) for it in zip(kinds, ("Olga", "Rita", "Sam"))]
    await stage.acquaint(sender, reader)
    await maker.make_set("Cats of Lille", "cats_of_lille", pictures(stage, "😀", "🐱"))
    assert await maker.installed() == ["cats_of_lille"]
    assert await sender.set_of("Cats_of_Lille") == ("Cats of Lille", ["😀", "🐱"])
    await sender.install("cats_of_lille")
    assert await sender.installed() == ["cats_of_lille"]
    await stage.settle()
    await sender.send_sticker(reader.id, "cats_of_lille", 1)
    await sender.send(reader.id, "there")
    await reader.hears("there")
    number = (await reader.history(sender.id))[1].id
    mine = (await sender.history(reader.id))[1].id
    got = await reader.sticker(sender.id, number)
    assert got == await sender.sticker(reader.id, mine) and got[:2] == ("cats_of_lille", "🐱"), got
    stage.quiet()


@scenario(each=DEVICES)
async def lists_of_sets_and_stickers_are_told_to_the_other_device(stage, kinds):
    maker = await stage.join(LIBRARIES[0], "Olga")
    for name in "one", "two":
        await maker.make_set(name.title(), f"set_{name}", pictures(stage, "😀", "🐱"))
    one = await stage.join(kinds[0], "Claude")
    second = await stage.device(one, kinds[1])
    await second.sign_in()
    await stage.settle()
    assert await second.installed() == [] and await second.faved() == [] and await second.recent() == []
    await one.install("set_one")
    await one.install("set_two")
    await second.comes_to(["set_two", "set_one"], second.installed)
    await one.order_sets("set_one", "set_two")
    await second.comes_to(["set_one", "set_two"], second.installed)
    await one.fave("set_one", 1)
    await second.comes_to(["🐱"], second.faved)
    await one.send_sticker(one.id, "set_two", 0)
    await second.comes_to(["😀"], second.recent)
    stage.quiet()


@scenario(each=LIBRARIES)
async def a_set_that_is_deleted_is_gone_and_what_was_sent_stays(stage, kind):
    one, two = await stage.two((kind, kind))
    await one.make_set("Cats", "cats_that_go", pictures(stage, "😀"))
    await one.send_sticker(two.id, "cats_that_go", 0)
    await one.send(two.id, "there")
    await two.hears("there")
    await one.drop_set("cats_that_go")
    await one.comes_to([], one.installed)
    await two.refuses("STICKERSET_INVALID", two.install("cats_that_go"))
    shown = (await two.history(one.id))[1]
    mine = (await one.history(two.id))[1]
    assert await two.sticker_file(one.id, shown.id) == await one.sticker_file(two.id, mine.id)


@scenario(each=LIBRARIES)
async def the_operator_shows_a_set_to_everybody(stage, kind):
    one, two = await stage.two((kind, kind))
    await one.make_set("Cats", "cats_for_all", pictures(stage, "😀"))
    said = await asyncio.to_thread(stage.server.run, "stickers", "feature", "cats_for_all")
    assert "is shown to everybody" in said, said
    assert await two.shown_sets() == ["cats_for_all"]
    said = await asyncio.to_thread(stage.server.run, "stickers", "unfeature", "cats_for_all")
    assert "is shown no longer" in said, said
