"""The life of a supergroup from its owner's, an admin's, a member's and a newcomer's side, at every client."""

import asyncio
import time

from harness.person import PATIENCE, Refused
from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, OLDEST

# Owner, admin, member: each client in each part; the oldest layer beside the newest client.
ROLES = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)] + [(NEWEST, LIBRARIES[0], OLDEST)]
RIGHTS = ("change_info", "ban_users", "invite_users")
# What TDLib says by itself of what it was told that it may not.
OWN_WORDS = (
    "Not enough rights", "Need administrator rights", "Have no write access", "Have no rights", "not accessible",
    "Chat not found", "Too Many Requests", "Can't remove chat owner")
# Longer than clients wait by themselves before they try again.
SLOW = 300
DAY = 24 * 60 * 60
LOGGED = {
    "ChangeTitle", "ChangeAbout", "ChangeUsername", "ParticipantInvite", "ParticipantJoin", "ParticipantToggleAdmin",
    "ParticipantToggleBan", "DefaultBannedRights", "ToggleSlowMode", "TogglePreHistoryHidden", "ParticipantLeave"}


async def may_write(person, group, text):
    """Writes, once its client knows that it may."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await person.send(group, text)
            except Refused as why:
                assert any(it in str(why) for it in OWN_WORDS), why
                await asyncio.sleep(0.1)


async def may_not(person, name, call):
    try:
        await call
    except Refused as why:
        own = OWN_WORDS if is_tdlib(person) else ()
        assert any(it in str(why) for it in (name, *own)), f"{person} is refused with {why}, not {name}"
    else:
        raise AssertionError(f"{person} was let, and {name} was due")


async def may_not_write(person, group, name):
    await may_not(person, name, person.send(group, "in vain"))


def is_tdlib(person):
    """TDLib forbids each kind of message by itself, the others all at once."""
    return person.kind.startswith("tdlib")


async def named(person, group, title):
    async def name():
        return next((it.name for it in await person.dialogs() if it.chat == group), None)

    await person.comes_to(title, name)


async def stands(person, group, how):
    await person.comes_to(how, lambda: person.standing(group))


async def lists(person, group, kind, *people, words=""):
    await person.comes_to(sorted(it.id for it in people), lambda: person.people(group, kind, words))


async def tells(person, group, *facts):
    await person.comes_to(facts, lambda: person.facts(group))


@scenario(each=ROLES, outbox=ROLES[:1], seconds=90)
async def the_life_of_a_supergroup(stage, kinds):
    names = ("Claude", "Ignace", "Abraham", "Antoine")
    people = [await stage.join(*it) for it in zip((*kinds, kinds[1]), names)]
    owner, admin, member, newcomer = people
    await stage.acquaint(*people)
    group = await it_is_founded_and_found(owner, admin, member)
    await an_admin_rules(owner, admin, member, group)
    await all_are_slowed(owner, admin, member, group)
    await one_is_out_for_a_day(owner, admin, member, group)
    await a_newcomer_comes_and_goes(owner, admin, newcomer, group)

    assert await member.common(owner.id) == [group]
    logged = set(await admin.admin_log(group))
    assert LOGGED <= logged, LOGGED - logged

    await owner.dissolve(group)
    for person in (admin, member):
        await stands(person, group, "forbidden")
        await may_not_write(person, group, "CHANNEL_PRIVATE")
    # TDLib keeps what it was told before for a while: this one asks the first time.
    assert await admin.common(owner.id) == []


async def it_is_founded_and_found(owner, admin, member):
    group = await owner.raise_group("Optics", "lenses")
    await owner.bring(group, admin.id)
    await stands(admin, group, "in")
    await owner.rename_group(group, "Optics of Paris")
    await named(admin, group, "Optics of Paris")
    await owner.describe_group(group, "mirrors")
    await owner.name_group(group, "optics_of_paris")
    assert await member.find_group("optics_of_paris") == group
    await stands(member, group, "out")
    await member.enter_group(group)
    await stands(member, group, "in")
    await tells(admin, group, 3, "mirrors", 0)
    await lists(owner, group, "Recent", owner, admin, member)
    await lists(member, group, "Search", admin, words="Ignac")
    return group


async def an_admin_rules(owner, admin, member, group):
    await owner.appoint(group, admin.id, RIGHTS, "Foreman")
    names = (*RIGHTS, "delete_messages", "add_admins")
    await admin.comes_to((RIGHTS, "Foreman"), lambda: admin.my_rights(group, names))
    assert await member.my_rights(group, names) == ((), "")
    await may_not(member, "CHAT_ADMIN_REQUIRED", member.rename_group(group, "Mine"))
    await may_not(admin, "USER_ADMIN_INVALID", admin.restrict(group, owner.id, 0, "view_messages"))
    await lists(member, group, "Admins", owner, admin)

    await admin.restrict(group, member.id, 0, "send_messages")
    await may_not_write(member, group, "CHAT_SEND_PLAIN_FORBIDDEN" if is_tdlib(admin) else "USER_BANNED_IN_CHANNEL")
    await lists(owner, group, "Banned", member)
    await admin.restrict(group, member.id, 0)
    await may_write(member, group, "free again")
    await admin.hears("free again")
    await lists(owner, group, "Banned")


async def all_are_slowed(owner, admin, member, group):
    await owner.forbid_all(group, "send_messages")
    await may_not_write(member, group, "CHAT_SEND_PLAIN_FORBIDDEN" if is_tdlib(owner) else "CHAT_WRITE_FORBIDDEN")
    await admin.send(group, "silence")
    await member.hears("silence")
    await owner.forbid_all(group)
    await may_write(member, group, "noise")
    await admin.hears("noise")

    await owner.slow(group, SLOW)
    await tells(admin, group, 3, "mirrors", SLOW)
    await member.send(group, "slowly")
    await may_not_write(member, group, "SLOWMODE_WAIT")
    await admin.send(group, "admins are not slowed")
    await admin.send(group, "not at all")
    await member.hears("not at all")
    await owner.slow(group, 0)
    await tells(member, group, 3, "mirrors", 0)


async def one_is_out_for_a_day(owner, admin, member, group):
    until = int(time.time()) + DAY
    await admin.restrict(group, member.id, until, "view_messages")
    await stands(member, group, "forbidden")
    await may_not_write(member, group, "CHANNEL_PRIVATE")
    await lists(owner, group, "Kicked", member)
    assert await owner.banned_until(group, member.id) == until
    await tells(owner, group, 2, "mirrors", 0)
    await admin.restrict(group, member.id, 0)
    await lists(owner, group, "Kicked")
    await stands(member, group, "out")
    assert await member.find_group("optics_of_paris") == group
    await member.enter_group(group)
    await stands(member, group, "in")
    await may_write(member, group, "back")
    await owner.hears("back")


async def a_newcomer_comes_and_goes(owner, admin, newcomer, group):
    # A public group hides nothing.
    await owner.name_group(group, "")
    await owner.send(group, "before")
    await owner.hide_history(group)
    await admin.bring(group, newcomer.id)
    await stands(newcomer, group, "in")
    await owner.send(group, "after")
    await newcomer.hears("after")
    texts = await newcomer.texts(group)
    assert "after" in texts and "before" not in texts, texts
    await tells(owner, group, 4, "mirrors", 0)
    await newcomer.go_away(group)
    await stands(newcomer, group, "forbidden")
    await lists(owner, group, "Search", words="Antoine")
    await tells(owner, group, 3, "mirrors", 0)
