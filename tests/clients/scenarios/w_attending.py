"""Who is there, who has read, and what a person does with a group for itself: on all of its devices, and on no other's."""

import time

from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, TDLIB

# Who looks, and whom it looks at: each client in each part.
TRIOS = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)]
# One device and another of the same person: each client in each part.
DEVICES = [("telethon-full", NEWEST), ("mtcute-tcp", "telethon-full"), (TDLIB[0], "mtcute-tcp")]
# Nearer than this a message is sent at once.
SOON = 11
# Seconds after which a message destroys itself.
PERIOD = 3


async def three_in(stage, kinds, basic=False):
    people = [await stage.join(*it) for it in zip(kinds, ("Claude", "Ignace", "Abraham"))]
    await stage.acquaint(*people)
    return *people, await group_of(*people, basic=basic)


async def group_of(owner, *others, basic=False):
    """A group of theirs, which all of them know of."""
    if basic:
        group = await owner.make_group("Semaphores", *(it.id for it in others))
    else:
        group = await owner.raise_group("Semaphores", "")
        await owner.bring(group, *(it.id for it in others))
    for who in others:
        await who.comes_to(True, lambda who=who: knows(who, group))
    return group


async def knows(who, group):
    return any(it.chat == group for it in await who.dialogs())


async def both_groups(owner, *others):
    return [await group_of(owner, *others, basic=basic) for basic in (True, False)]


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def a_member_sees_how_many_are_online(stage, kinds):
    one, two, three, group = await three_in(stage, kinds)
    for count, who in enumerate((one, two, three), 1):
        await who.set_online()
        await one.comes_to(count, lambda: one.onlines(group))
    await three.set_online(False)
    await one.comes_to(2, lambda: one.onlines(group))


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def who_wrote_sees_who_has_read_it(stage, kinds):
    one, two, three, wide = await three_in(stage, kinds)
    for group in (wide, await group_of(one, two, three, basic=True)):
        text = f"who reads {group}?"
        sent = await one.send(group, text)
        at_two, at_three = await two.hears(text), await three.hears(text)
        assert await one.readers(group, sent) == []
        await two.read(group, at_two.id)
        await one.comes_to([two.id], lambda: one.readers(group, sent))
        await three.read(group, at_three.id)
        await one.comes_to(sorted([two.id, three.id]), lambda: one.readers(group, sent))


@scenario(each=DEVICES, outbox=DEVICES[:1])
async def what_one_clears_for_itself_is_gone_on_all_of_its_devices(stage, kinds):
    one, other = await stage.two((kinds[0], "telethon-abridged"))
    tablet = await stage.device(one, kinds[1])
    await tablet.sign_in()
    group = await group_of(other, one)
    await tablet.comes_to(True, lambda: knows(tablet, group))
    await other.send(group, "before")
    for device in (one, tablet):
        await device.hears("before")
        assert "before" in await device.texts(group)
    await stage.settle()
    await one.forget_history(group)
    for device in (one, tablet):
        await device.comes_to(False, lambda device=device: shows(device, group, "before"))
    assert await shows(other, group, "before"), "it was cleared for one alone"
    await other.send(group, "after")
    for device in (one, tablet):
        await device.hears("after")
        await device.comes_to(True, lambda device=device: shows(device, group, "after"))
        assert not await shows(device, group, "before")
    stage.quiet()


async def shows(who, group, text):
    return text in await who.texts(group)


@scenario(each=DEVICES)
async def a_forum_is_one_chat_for_who_wants_it_so_on_all_of_its_devices(stage, kinds):
    one, other = await stage.two((kinds[0], "telethon-abridged"))
    tablet = await stage.device(one, kinds[1])
    await tablet.sign_in()
    forum = await one.make_forum("Optics", other.id)
    for who in (tablet, other):
        await who.comes_to(True, lambda who=who: knows(who, forum))
    for here, there, yes in ((one, tablet, True), (tablet, one, False), (one, tablet, True)):
        await here.show_as_messages(forum, yes)
        for device in (here, there):
            await device.comes_to(yes, lambda device=device: device.shown_as_messages(forum))
        assert not await other.shown_as_messages(forum), "another sees it as it wants"


@scenario(each=DEVICES, outbox=DEVICES[:1])
async def each_group_has_a_draft_of_its_own_on_every_device(stage, kinds):
    one, other = await stage.two((kinds[0], "telethon-abridged"))
    tablet = await stage.device(one, kinds[1])
    await tablet.sign_in()
    basic, wide = await both_groups(one, other)
    for group in (basic, wide):
        await tablet.comes_to(True, lambda group=group: knows(tablet, group))
    for here, there in ((one, tablet), (tablet, one)):
        drafts = {group: f"begun at {here.kind} in {group}" for group in (basic, wide)}
        for group, text in drafts.items():
            await here.set_draft(group, text)
        for group, text in drafts.items():
            await there.comes_to(text, lambda group=group: there.draft(group))
    # What is sent ends the draft, here and there.
    await one.send(wide, "sent")
    await other.hears("sent")
    assert await tablet.draft(basic) == drafts[basic]


@scenario(each=[*TRIOS, (NEWEST, "telethon-full", "mtcute-tcp")], outbox=TRIOS[:1])
async def members_hear_what_was_written_for_later_at_its_time(stage, kinds):
    one, two, three, wide = await three_in(stage, kinds)
    groups = [wide, await group_of(one, two, three, basic=True)]
    for group in groups:
        await one.later(group, f"by hand {group}", int(time.time()) + 3600)
        numbers = {text: number for number, text in await one.queue(group)}
        await one.send_queued(group, numbers[f"by hand {group}"])
        for who in (two, three):
            await who.hears(f"by hand {group}")
    due = int(time.time()) + SOON
    for group in groups:
        await one.later(group, f"in time {group}", due)
    for group in groups:
        assert [text for _, text in await one.queue(group)] == [f"in time {group}"]
    for group in groups:
        await one.comes_to([], lambda group=group: one.queue(group))
        for who in (two, three):
            await who.hears(f"in time {group}")
            assert time.time() >= due, "it came too early"
            assert (await who.texts(group))[-2:] == [f"by hand {group}", f"in time {group}"]


@scenario(each=LIBRARIES, outbox=LIBRARIES[:1])
async def messages_of_groups_end_with_their_period(stage, kind):
    owner, member = await stage.two(("telethon-abridged", kind))
    for group in await both_groups(owner, member):
        await owner.send(group, f"stays in {group}")
        await owner.set_timer(group, PERIOD)
        gone = await owner.send(group, f"goes from {group}")
        heard = await member.hears(f"goes from {group}")
        await owner.sees_deletion(gone)
        await member.sees_deletion(heard.id)
        for who in (owner, member):
            await who.comes_to(False, lambda who=who: shows(who, group, f"goes from {group}"))
            assert await shows(who, group, f"stays in {group}"), "it was written before"
