"""Folders on all devices of a person, a folder that somebody shares, and the archive."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Who shares a folder, who takes it over: each library in each part once.
PAIRS = list(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]))


async def _shown(devices, *wanted):
    for it in devices:
        await it.comes_to(list(wanted), it.folders)


@scenario(seconds=90)
async def folders_are_in_step_on_three_devices(stage):
    one, two = await stage.two((LIBRARIES[0], "telethon-full"))
    await two.send(one.id, "hello")
    await one.send(one.id, "note")
    devices = [one]
    for kind in LIBRARIES[1:]:
        device = await stage.device(one, kind)
        await device.sign_in()
        devices.append(device)
    for it in devices:
        # Both chats are in the client's list, so that they may be in a folder.
        for chat, text in (two.id, "hello"), (one.id, "note"):
            await it.comes_to(text, lambda: _top(it, chat))
    work, own = [two.id], [one.id]
    for it in devices:
        await it.make_folder("Work", work)
        await _shown(devices, "*", ("Work", work))
        await it.make_folder("Own", own)
        await it.change_folder("Work", "Home", sorted([two.id, one.id]))
        await _shown(devices, "*", ("Home", sorted([two.id, one.id])), ("Own", own))
        await it.order_folders("*", "Own", "Home")
        await _shown(devices, "*", ("Own", own), ("Home", sorted([two.id, one.id])))
        await it.delete_folder("Own")
        await it.delete_folder("Home")
        await _shown(devices, "*")


@scenario(each=PAIRS, outbox=PAIRS[:1])
async def a_folder_is_shared_taken_over_and_left(stage, kinds):
    owner, guest = await stage.two(kinds)
    group, other = await owner.found("Walkers"), await owner.found("Readers")
    await owner.make_folder("Clubs", [group, other])
    await owner.comes_to(["*", ("Clubs", sorted([group, other]))], owner.folders)
    link = await owner.share_folder("Clubs", [group, other])
    assert await guest.folder_behind(link) == ("Clubs", ["Readers", "Walkers"])
    await guest.take_folder(link)
    await guest.comes_to(["*", ("Clubs", sorted([group, other]))], guest.folders)
    await owner.send(group, "welcome")
    assert (await guest.hears("welcome")).text == "welcome"
    await guest.leave_folder("Clubs")
    await guest.comes_to(["*"], guest.folders)
    await owner.send(group, "are you there?")
    await owner.send(guest.id, "you left")
    await guest.hears("you left")
    assert "are you there?" not in guest.heard()


@scenario(each=PAIRS)
async def the_archive_is_the_same_on_two_devices(stage, kinds):
    one, two = await stage.two((kinds[0], "telethon-full"))
    device = await stage.device(one, kinds[1])
    await device.sign_in()
    await two.send(one.id, "hello")
    for it in one, device:
        await it.comes_to("hello", lambda: _top(it, two.id))
    for it, other in (one, device), (device, one):
        await it.archive(two.id)
        for shown in it, other:
            await shown.comes_to([two.id], shown.archived)
        # What comes to an archived chat brings it back.
        await two.send(one.id, f"to {it.kind}")
        for shown in it, other:
            await shown.comes_to([], shown.archived)


async def _top(person, chat):
    return next((it.text for it in await person.dialogs() if it.chat == chat), None)
