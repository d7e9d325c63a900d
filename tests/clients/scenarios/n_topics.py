"""A forum: topics opened, written in, closed, pinned and deleted by its owner at each client, and seen by a member."""

from harness.scenario import scenario
from harness.stage import NEWEST

PAIRS = [
    ("telethon-full", "mtcute-tcp"), ("mtcute-tcp", "telethon-full"), ("tdlib-1.8.66", "mtcute-tcp"),
    (NEWEST, "telethon-full"), ("mtcute-tcp", "tdlib-1.8.66")]


@scenario(each=PAIRS)
async def a_forum_has_topics_and_what_is_said_in_them(stage, kinds):
    owner, member = await stage.two(kinds)
    forum = await owner.make_forum("Optics", member.id)
    lenses = await owner.open_topic(forum, "Lenses")
    mirrors = await owner.open_topic(forum, "Mirrors")
    await owner.say_in(forum, lenses, "convex")
    await member.comes_to("Lenses, Mirrors, General", lambda: member.topic_list(forum))
    await member.say_in(forum, lenses, "concave")
    await member.comes_to(["concave", "convex"], lambda: member.said_in(forum, lenses))
    await owner.comes_to(["concave", "convex"], lambda: owner.said_in(forum, lenses))
    assert await member.said_in(forum, mirrors) == []
    await owner.close_topic(forum, mirrors)
    await owner.pin_topic(forum, mirrors)
    await member.comes_to("^xMirrors, Lenses, General", lambda: member.topic_list(forum))
    await owner.away()
    await member.away()
    await stage.server.restart()
    await owner.resume()
    await member.resume()
    await member.comes_to("^xMirrors, Lenses, General", lambda: member.topic_list(forum))
    await owner.delete_topic(forum, lenses)
    await member.comes_to("^xMirrors, General", lambda: member.topic_list(forum))


# One device of the owner's and another: each client in each part.
@scenario(each=[("telethon-full", NEWEST), ("mtcute-tcp", "telethon-full"), ("tdlib-1.8.66", "mtcute-tcp")])
async def a_topic_has_a_draft_of_its_own_on_every_device(stage, kinds):
    owner, member = await stage.two((kinds[0], "telethon-abridged"))
    forum = await owner.make_forum("Optics", member.id)
    lenses = await owner.open_topic(forum, "Lenses")
    mirrors = await owner.open_topic(forum, "Mirrors")
    other = await stage.device(owner, kinds[1])
    await other.sign_in()
    await other.dialogs()
    await other.comes_to("Mirrors, Lenses, General", lambda: other.topic_list(forum))
    await owner.draft_in(forum, lenses, "convex")
    await other.comes_to("convex", lambda: other.draft_of(forum, lenses))
    assert await other.draft_of(forum, mirrors) == ""
    await other.draft_in(forum, mirrors, "flat")
    await owner.comes_to("flat", lambda: owner.draft_of(forum, mirrors))
    await owner.draft_in(forum, lenses, "")
    await other.comes_to("", lambda: other.draft_of(forum, lenses))
