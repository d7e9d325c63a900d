"""Photos of people and chats: set by one client, seen and fetched by another, byte for byte the same square."""

import re
import urllib.request

from harness.person import Refused
from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, OLDEST

from .z_files import PAIRS, picture

# Shown by who asks for a photo that is no longer there.
GONE = "gone"


def _picture(stage, name, *shape):
    return str(picture(stage.server.folder / name, *shape))


async def _seen(viewer, of, expected):
    await viewer.comes_to(expected, lambda: viewer.portrait(of.id))


@scenario(each=[*PAIRS, (NEWEST, LIBRARIES[0]), (OLDEST, LIBRARIES[2])], outbox=PAIRS[:2])
async def a_photo_of_oneself_is_seen_by_others_until_it_is_deleted(stage, kinds):
    one, two = await stage.two(kinds)
    assert await two.portrait(one.id) is None
    await one.show(_picture(stage, "first.png", 300, 200, 3))
    first = await one.portrait(one.id)
    await _seen(two, one, first)
    await one.show(_picture(stage, "second.png", 900, 700, 5))
    second = await one.portrait(one.id)
    assert first and second and first != second
    await _seen(two, one, second)
    assert await two.portraits(one.id) == [second, first]
    await one.unshow()
    await _seen(two, one, first)
    assert await two.portraits(one.id) == [first]
    await one.hide_portrait()
    await _seen(two, one, None)
    assert await one.portrait(one.id) == first
    stage.quiet()


@scenario(each=PAIRS, outbox=PAIRS[1:2])
async def a_proposed_photo_is_taken_and_one_of_ones_own_stays_ones_own(stage, kinds):
    one, two = await stage.two(kinds)
    await one.propose_portrait(two.id, _picture(stage, "proposed.png", 400, 300, 3))
    await two.comes_to(True, lambda: two.take_portrait(one.id))
    taken = await two.portrait(two.id)
    assert taken
    await _seen(one, two, taken)
    await one.give_portrait(two.id, _picture(stage, "given.png", 300, 400, 5))
    given = await one.portrait(two.id)
    assert given and given != taken
    assert await two.portrait(two.id) == taken
    stage.quiet()


TURNED = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)]


@scenario(each=TURNED, outbox=TURNED[:1])
async def a_photo_of_a_group_is_seen_by_members_until_it_is_taken_away(stage, kinds):
    one, two, three = people = [await stage.join(*it) for it in zip(kinds, ("Claude", "Ignace", "Abraham"))]
    await stage.acquaint(*people)
    await stage.settle()
    group = await one.make_group("Semaphores", two.id, three.id)
    await one.send(group, "here")
    for person in (two, three):
        await person.hears("here")
    await one.show_group(group, _picture(stage, "tower.png", 400, 400, 7))
    shown = await one.group_portrait(group)
    assert shown
    for person in (two, three):
        await person.comes_to(shown, lambda person=person: person.group_portrait(group))
    await two.show_group(group, _picture(stage, "mast.png", 640, 640, 9))
    await one.comes_to(True, lambda: _other(one, group, shown))
    await one.show_group(group, None)
    for person in people:
        await person.comes_to(None, lambda person=person: _seen_or_gone(person, group))
    stage.quiet()


@scenario(each=TURNED)
async def a_photo_of_a_supergroup_is_seen_by_members_until_it_is_taken_away(stage, kinds):
    one, two, three = people = [await stage.join(*it) for it in zip(kinds, ("Claude", "Ignace", "Abraham"))]
    await stage.acquaint(*people)
    await stage.settle()
    group = await one.raise_group("Semaphores", "towers")
    await one.bring(group, two.id, three.id)
    await one.send(group, "here")
    for person in (two, three):
        await person.hears("here")
    # Who comes in looks where the group's log stands.
    await stage.settle()
    await one.show_group(group, _picture(stage, "tower.png", 400, 400, 7))
    shown = await one.group_portrait(group)
    assert shown
    for person in (two, three):
        await person.comes_to(shown, lambda person=person: person.group_portrait(group))
    await one.show_group(group, None)
    for person in people:
        await person.comes_to(None, lambda person=person: person.group_portrait(group))
    stage.quiet()


@scenario(each=LIBRARIES)
async def a_photo_of_a_public_channel_is_on_the_web(stage, kind):
    owner = await stage.join(kind, "Olga")
    channel = await owner.announce("Optics")
    await owner.name_group(channel, "optics_seen")

    async def linked():
        return re.findall(r'class="portrait" src="(/file/[0-9a-f]+)"', stage.server.get("/optics_seen")[2])

    assert await linked() == []
    await owner.show_group(channel, _picture(stage, "lens.png", 400, 400, 7))
    [link] = await linked()
    with urllib.request.urlopen(f"http://127.0.0.1:{stage.server.port}{link}", timeout=5) as answer:
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.read(3) == b"\xff\xd8\xff"
    await owner.show_group(channel, None)
    assert await linked() == []


async def _other(person, group, than):
    return await _seen_or_gone(person, group) not in (None, GONE, than)


async def _seen_or_gone(person, group):
    """What a client shows; one that has not yet heard of a change may ask for a photo that is gone."""
    try:
        return await person.group_portrait(group)
    except Refused:
        return GONE
