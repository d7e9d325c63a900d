"""Groups change hands under their owner's password, and an owner says what all members may do."""

from harness.person import Refused
from harness.scenario import scenario
from harness.stage import LIBRARIES, NEWEST, OLDEST

# Owner, heir, member: each client in each part.
TRIOS = [tuple(LIBRARIES[at:] + LIBRARIES[:at]) for at in range(3)]
PASSWORD = "three arms"


async def three(stage, kinds):
    people = [await stage.join(*it) for it in zip(kinds, ("Claude", "Ignace", "Abraham"))]
    await stage.acquaint(*people)
    return people


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def a_supergroup_is_handed_over_under_its_owners_password(stage, kinds):
    owner, heir, member = people = await three(stage, kinds)
    group = await owner.raise_group("Optics", "lenses")
    await owner.bring(group, heir.id, member.id)
    for who in (heir, member):
        await who.comes_to("in", lambda who=who: who.standing(group))
    await owner.set_password(PASSWORD)
    await owner.refuses("PASSWORD_HASH_INVALID", owner.hand_over(group, heir.id, "two arms"))
    for who in people:
        await who.comes_to(True, lambda who=who: who.owns(group, owner.id))
    await owner.hand_over(group, heir.id, PASSWORD)
    for who in people:
        await who.comes_to(True, lambda who=who: who.owns(group, heir.id))
        await who.comes_to(False, lambda who=who: who.owns(group, owner.id))
    # Who was the owner is an admin still; what only an owner may the new one does.
    await owner.rename_group(group, "Optics of Lille")
    await owner.comes_to(sorted([owner.id, heir.id]), lambda: owner.people(group, "Admins"))
    await in_vain(owner, owner.name_group(group, "optics_of_paris"), "CHAT_ADMIN_REQUIRED")
    await heir.name_group(group, "optics_of_lille")
    assert await member.find_group("optics_of_lille") == group


# mtcute knows the older method alone, which is for supergroups.
@scenario(each=[("telethon-full", NEWEST, "mtcute-tcp"), (NEWEST, "mtcute-tcp", "telethon-full")])
async def a_basic_group_is_handed_over_under_its_creators_password(stage, kinds):
    creator, heir, member = people = await three(stage, kinds)
    group = await creator.make_group("Semaphores", heir.id, member.id)
    for who in (heir, member):
        await who.comes_to(("Semaphores", True), lambda who=who: who.group(group))
    await creator.set_password(PASSWORD)
    await creator.refuses("PASSWORD_HASH_INVALID", creator.hand_over(group, heir.id, "two arms"))
    await creator.hand_over(group, heir.id, PASSWORD)
    for who in people:
        await who.comes_to("creator", lambda who=who: part(who, group, heir))
        await who.comes_to("admin", lambda who=who: part(who, group, creator))
    await heir.promote(group, member.id)
    await creator.comes_to("admin", lambda: part(creator, group, member))


async def part(who, group, other):
    return dict(await who.members(group))[other.id]


@scenario(each=[*TRIOS, (OLDEST, NEWEST, "mtcute-tcp")], outbox=TRIOS[:1])
async def a_member_of_a_basic_group_may_what_all_may(stage, kinds):
    creator, admin, member = people = await three(stage, kinds)
    group = await creator.make_group("Semaphores", admin.id, member.id)
    for who in (admin, member):
        await who.comes_to(("Semaphores", True), lambda who=who: who.group(group))
    await creator.promote(group, admin.id)
    await admin.comes_to("admin", lambda: part(admin, group, admin))
    await creator.forbid_all(group, "send_messages")
    for who in people:
        await who.comes_to(False, lambda who=who: who.may_all_write(group))
    await in_vain(member, member.send(group, "in vain"), "CHAT_WRITE_FORBIDDEN", "CHAT_SEND_PLAIN_FORBIDDEN")
    await admin.send(group, "silence")
    await member.hears("silence")
    await creator.forbid_all(group)
    for who in people:
        await who.comes_to(True, lambda who=who: who.may_all_write(group))
    await member.send(group, "noise")
    for who in (creator, admin):
        await who.hears("noise")


async def in_vain(who, call, *names):
    try:
        await call
    except Refused as why:
        # The last is TDLib's own word, which it says before it asks the server.
        assert any(it in str(why) for it in (*names, "Not enough rights")), why
    else:
        raise AssertionError(f"{who} was let")
