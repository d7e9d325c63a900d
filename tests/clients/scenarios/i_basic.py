"""The life of a basic group, from its creator's, an admin's, a member's and a newcomer's side, at every client."""

from harness.person import Refused
from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, OLDEST


def turned(kinds):
    """Each client in each role."""
    return [tuple(kinds[at:] + kinds[:at]) for at in range(len(kinds))]


ROLES = turned([*LIBRARIES, OLDEST])


async def heard_by_all(sender, people, text):
    for person in people:
        if person is not sender:
            await person.hears(text)


@scenario(each=ROLES, outbox=ROLES[:1], seconds=120)
async def the_life_of_a_basic_group(stage, kinds):
    names = ("Claude", "Ignace", "Abraham", "Antoine")
    claude, ignace, abraham, antoine = people = [await stage.join(*it) for it in zip(kinds, names)]
    await stage.acquaint(*people)
    await stage.settle()

    group = await claude.make_group("Semaphores", ignace.id, abraham.id)
    three = people[:3]
    for person in three:
        await person.comes_to(("Semaphores", True), lambda person=person: person.group(group))
    for sender in three:
        await sender.send(group, f"{sender.name} is here")
        await heard_by_all(sender, three, f"{sender.name} is here")

    # A reply mentions whom it answers.
    got = await ignace.hears("Abraham is here")
    await ignace.send(group, "welcome", reply_to=got.id)
    welcome = await abraham.hears("welcome")
    await claude.hears("welcome")
    await abraham.comes_to(["welcome"], lambda: abraham.mentions(group))
    assert await claude.mentions(group) == []
    await abraham.read_mentions(group)
    await abraham.comes_to([], lambda: abraham.mentions(group))

    # Whoever reads, the author learns of it.
    await abraham.read(group, welcome.id)
    mine = next(it.id for it in await ignace.history(group) if it.text == "welcome")
    await ignace.sees_read(mine)

    await ignace.edit(group, mine, "welcome, all")
    for person in (claude, abraham):
        await person.sees_edit("welcome, all")
    pinned = next(it.id for it in await claude.history(group) if it.text == "welcome, all")
    await claude.pin_message(group, pinned)
    for person in three:
        await person.comes_to(["welcome, all"], lambda person=person: person.pinned_messages(group))
    await ignace.react(group, mine, "❤")
    await claude.sees_reactions(pinned, **{"❤": 1})

    await claude.call_group(group, "Telegraphs")
    for person in three:
        await person.comes_to(("Telegraphs", True), lambda person=person: person.group(group))

    # An admin may what a member may not.
    await claude.promote(group, ignace.id)
    wanted = [(claude.id, "creator"), (ignace.id, "admin"), (abraham.id, "member")]
    for person in three:
        await person.comes_to(wanted, lambda person=person: person.members(group))
    theirs = next(it.id for it in await ignace.history(group) if it.text == "Claude is here")
    gone = {it: next(m.id for m in await it.history(group) if m.text == "Claude is here") for it in (claude, abraham)}
    await ignace.delete(group, [theirs])
    for person, number in gone.items():
        await person.sees_deletion(number)

    # A newcomer is given what was said last.
    await ignace.add_member(group, antoine.id, forward=2)
    await antoine.hears("welcome, all")
    for person in people:
        await person.comes_to(4, lambda person=person: count(person, group))
    await antoine.send(group, "thank you")
    await heard_by_all(antoine, people, "thank you")

    # Who is removed keeps what it has and hears no more.
    await ignace.remove_member(group, abraham.id)
    await abraham.comes_to(("Telegraphs", False), lambda: abraham.group(group))
    await claude.send(group, "and then there were three")
    for person in (ignace, antoine):
        await person.hears("and then there were three")
    assert "and then there were three" not in await abraham.texts(group)
    assert "welcome, all" in await abraham.texts(group)

    await antoine.leave_group(group)
    await antoine.comes_to(("Telegraphs", False), lambda: antoine.group(group))
    await claude.comes_to(2, lambda: count(claude, group))
    stage.quiet()


async def count(person, group):
    return len(await person.members(group))


async def has_said(person, group, text):
    if text in person.heard():
        return True
    try:
        return text in await person.texts(group)
    except (AssertionError, Refused):
        # It has not heard of the group yet.
        return False


@scenario(each=[*LIBRARIES, OLDEST, NEWEST], outbox=LIBRARIES[:1])
async def who_was_away_from_a_group_is_told_what_it_missed_and_once(stage, kind):
    away, here = await stage.two((kind, "telethon-full"))
    third = await stage.join("mtcute-tcp", "Abraham")
    await stage.acquaint(here, third)
    group = await here.make_group("Semaphores", away.id, third.id)
    await here.send(group, "before")
    await away.hears("before")
    await away.away()
    for text in ("one", "two"):
        await here.send(group, text)
    await third.hears("two")
    await third.send(group, "three")
    await here.hears("three")
    await here.call_group(group, "Telegraphs")
    await stage.settle()
    await away.resume()
    for text in ("one", "two", "three"):
        await away.hears(text)
    await away.comes_to(("Telegraphs", True), lambda: away.group(group))
    assert away.heard().count("before") == 0, away.heard()


@scenario(each=turned(LIBRARIES), outbox=turned(LIBRARIES)[:1])
async def a_basic_group_becomes_a_supergroup(stage, kinds):
    claude, ignace, abraham = people = [await stage.join(*it) for it in zip(kinds, ("Claude", "Ignace", "Abraham"))]
    await stage.acquaint(*people)
    await stage.settle()
    group = await claude.make_group("Semaphores", ignace.id, abraham.id)
    await ignace.comes_to(("Semaphores", True), lambda: ignace.group(group))
    await ignace.send(group, "before")
    await heard_by_all(ignace, people, "before")
    link, closed = await claude.link(group, "Door"), await claude.link(group, "Bell", by_request=True)
    guest, asker = await stage.join(LIBRARIES[0], "Gus"), await stage.join(LIBRARIES[0], "Ada")
    await guest.follow(link)
    await asker.refuses("INVITE_REQUEST_SENT", asker.follow(closed))
    wide = await claude.migrate(group)
    await claude.send(wide, "after")
    for person in people:
        # A client that only now learns of the supergroup reads its history, and is told nothing of what is in there.
        await person.comes_to(True, lambda person=person: has_said(person, wide, "after"))
    for person in people:
        assert "before" in await person.texts(group), "what was said stays where it was"
    await ignace.send(wide, "from Ignace")
    await heard_by_all(ignace, people, "from Ignace")
    # Links go along, and who came by one or asks.
    assert await claude.came_by(wide, link) == [guest.id]
    assert await claude.asking(wide) == [asker.id]
    await claude.grant(wide, asker.id)
    assert await claude.came_by(wide, closed) == [asker.id]
