"""A channel's posts and their comments: by members of its group and by passers-by, seen from the channel and in the
group, at each client."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Who owns both, and who is in the channel alone; a member of both is at Telethon.
TELETHON = next(it for it in LIBRARIES if it.startswith("telethon"))
# The chat with answers to comments.
REPLIES = 1271266957
PAIRS = [(LIBRARIES[at], LIBRARIES[(at + 1) % 3]) for at in range(3)]


@scenario(each=PAIRS, outbox=PAIRS[:1])
async def a_channels_posts_are_commented_on(stage, kinds):
    owner, passer = [await stage.join(kind, name) for kind, name in zip(kinds, ("Olga", "Ignace"))]
    member = await stage.join(TELETHON, "Claude")
    await stage.acquaint(owner, passer, member)
    channel, group = await owner.begin_channel("News"), await owner.raise_group("Talk", "")
    await owner.bring(channel, passer.id, member.id)
    await owner.bring(group, member.id)
    await stage.delivered()
    assert group in await owner.for_comments()
    early = await owner.send(channel, "before")
    await owner.link_group(channel, group)
    for who in (owner, passer, member):
        await who.comes_to("in", lambda who=who: who.standing(channel))
        await who.comes_to(group, lambda who=who: who.linked_group(channel))
    await member.comes_to(channel, lambda: member.linked_group(group))

    post = await owner.send(channel, "the telegraph at Lille")
    await stage.delivered()
    await member.comes_to(True, lambda: _in_group(member, group, "the telegraph at Lille"))
    await passer.comment(channel, post, "from outside")
    await member.comment(channel, post, "from inside")
    for who in (owner, passer, member):
        await who.comes_to(["from inside", "from outside"], lambda who=who: who.comments(channel, post))
        await who.comes_to(2, lambda who=who: who.comment_count(channel, post))
    assert (await member.texts(group))[-3:] == ["the telegraph at Lille", "from outside", "from inside"]
    assert await member.comment_count(channel, early) is None, "what was posted before has no comments"
    await member.hears("from outside")

    await passer.comes_to(1, lambda: passer.unread_comments(channel, post))
    await passer.read_comments(channel, post)
    await passer.comes_to(0, lambda: passer.unread_comments(channel, post))

    await owner.edit(channel, post, "the telegraph at Paris")
    await member.comes_to(True, lambda: _in_group(member, group, "the telegraph at Paris"))
    await owner.delete(channel, [post])
    await member.comes_to(False, lambda: _in_group(member, group, "the telegraph at Paris"))
    assert (await member.texts(group))[-2:] == ["from outside", "from inside"], "what people wrote stays"
    await owner.link_group(channel, None)
    await member.comes_to(None, lambda: member.linked_group(channel))


@scenario(each=LIBRARIES, outbox=[TELETHON])
async def who_comments_as_a_guest_finds_answers_among_its_replies(stage, kind):
    owner, guest = await stage.join(TELETHON, "Olga"), await stage.join(kind, "Ignace")
    await stage.acquaint(owner, guest)
    channel, group = await owner.begin_channel("News"), await owner.raise_group("Talk", "")
    await owner.bring(channel, guest.id)
    await owner.link_group(channel, group)
    await stage.delivered()
    await guest.comes_to(group, lambda: guest.linked_group(channel))
    post = await owner.send(channel, "the telegraph at Lille")
    await stage.delivered()
    said = await guest.comment(channel, post, "which?")
    await owner.send(group, "the optical one", reply_to=said)
    answer = await guest.hears("the optical one")
    assert answer.chat == REPLIES, answer
    await guest.comes_to(["the optical one"], lambda: guest.texts(REPLIES))
    await guest.block_from_replies(answer.id)
    await guest.comes_to([], lambda: guest.texts(REPLIES))
    await owner.send(group, "the electric one", reply_to=said)
    await stage.delivered()
    assert await guest.texts(REPLIES) == [], "who is blocked is not heard"


async def _in_group(who, group, text):
    return text in await who.texts(group)
