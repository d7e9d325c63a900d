"""What admins of a supergroup do beside the daily things, as a member at another client has it."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

from .w_attending import TRIOS, three_in


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def what_an_admin_takes_back_is_gone_for_all(stage, kinds):
    owner, noisy, member, group = await three_in(stage, kinds)
    for text in ("noise", "more noise"):
        await noisy.send(group, text)
    for text in ("rules", "more rules"):
        await owner.pin_message(group, await owner.send(group, text))
    for who in (noisy, member):
        await who.comes_to(["more rules", "rules"], lambda who=who: who.pinned_messages(group))
    await owner.unpin_all(group)
    for who in (noisy, member):
        await who.comes_to([], lambda who=who: who.pinned_messages(group))

    await owner.delete_all_of(group, noisy.id)
    for who in (owner, noisy, member):
        await who.comes_to(["rules", "more rules"], lambda who=who: said(who, group))


async def said(who, group):
    return [it for it in await who.texts(group) if "noise" in it or "rules" in it]


@scenario(each=TRIOS)
async def an_owner_sees_the_links_of_all_admins(stage, kinds):
    owner, admin, _, group = await three_in(stage, kinds)
    await owner.appoint(group, admin.id, ("invite_users",), "")
    await admin.comes_to(("invite_users",), lambda: rights(admin, group))
    await owner.link(group, "Gate")
    links = {title: await admin.link(group, title) for title in ("Door", "Window", "Hole")}
    await owner.comes_to(["Door", "Hole", "Window"], lambda: owner.links_of(group, admin.id))
    for title in ("Window", "Hole"):
        await admin.revoke_link(group, links[title])
    assert await owner.links_of(group, admin.id) == ["Door"]
    assert await owner.links_of(group, admin.id, revoked=True) == ["Hole", "Window"]
    assert await owner.link_makers(group) == sorted([(owner.id, 0), (admin.id, 2)])
    await owner.drop_revoked(group, admin.id)
    assert await admin.links_of(group, admin.id, revoked=True) == []
    assert await admin.links_of(group, admin.id) == ["Door"]


async def rights(admin, group):
    return (await admin.my_rights(group, ("invite_users",)))[0]


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def a_channel_speaks_in_a_public_group(stage, kinds):
    owner, writer, member, group = await three_in(stage, kinds)
    await owner.name_group(group, "optics_talk")
    channel = await writer.publish("Optics", "optics_voice")
    await writer.comes_to(sorted([writer.id, channel]), lambda: writer.voices(group))
    await writer.speak_as(group, channel)
    await writer.send(group, "as a channel")
    heard = await member.hears("as a channel")
    assert await member.speaker(group, heard.id) == channel
    await writer.speak_as(group, writer.id)
    await writer.send(group, "as myself")
    assert await member.speaker(group, (await member.hears("as myself")).id) == writer.id


@scenario(each=TRIOS)
async def switches_of_a_group_are_seen_and_heeded(stage, kinds):
    owner, admin, member, group = await three_in(stage, kinds)
    await owner.appoint(group, admin.id, ("invite_users", "ban_users"), "")
    await owner.name_group(group, "optics_talk")
    await owner.let_in_by_hand(group)
    await owner.hide_members(group)
    for who in (admin, member):
        await who.comes_to((True, True), lambda who=who: who.switches(group))
    stranger = await stage.join(LIBRARIES[0], "Sam")
    assert await stranger.find_group("optics_talk") == group
    await stranger.refuses("INVITE_REQUEST_SENT", stranger.enter_group(group))
    await admin.comes_to([stranger.id], lambda: admin.asking(group))
    await admin.grant(group, stranger.id)
    await stranger.comes_to("in", lambda: stranger.standing(group))
    await stranger.refuses("CHAT_ADMIN_REQUIRED", stranger.people(group, "Recent"))
    await owner.let_in_by_hand(group, False)
    await owner.hide_members(group, False)
    for who in (admin, member):
        await who.comes_to((False, False), lambda who=who: who.switches(group))
    await stranger.comes_to(4, lambda: count(stranger, group))


async def count(who, group):
    return len(await who.people(group, "Recent"))
