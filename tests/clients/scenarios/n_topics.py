"""A forum: topics opened, written in, closed, pinned and deleted by its owner at each client, and seen by a member."""

from harness.scenario import scenario
from harness.stage import NEWEST

PAIRS = [
    ("telethon-full", "mtcute-tcp"), ("mtcute-tcp", "telethon-full"), ("tdlib-1.8.66", "mtcute-tcp"),
    (NEWEST, "telethon-full")]


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
