"""Posts of a channel are seen and passed on: everybody sees the counters move, and the owner sees what came of it."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Who posts, who looks first, who second: each library in each part once.
TRIOS = [(LIBRARIES[at], LIBRARIES[(at + 1) % 3], LIBRARIES[(at + 2) % 3]) for at in range(3)]


@scenario(each=TRIOS, outbox=TRIOS[:1])
async def views_and_forwards_are_seen_live_and_in_statistics(stage, kinds):
    owner, reader, other = [await stage.join(kind, name) for kind, name in zip(kinds, ("Olga", "Rita", "Otto"))]
    await stage.acquaint(owner, reader, other)
    news = await owner.announce("News", reader.id, other.id)
    await stage.delivered()
    number = await owner.send(news, "the line to Lille is open")
    for one in (reader, other):
        await one.hears("the line to Lille is open")

    await reader.look_at(news, number)
    await owner.sees_count("views", number, 2)
    await other.sees_count("views", number, 2)
    # Nobody counts twice, the author never again.
    for one in (reader, owner, other):
        await one.look_at(news, number)
    await owner.sees_count("views", number, 3)
    saved = await reader.forward(news, number, reader.id)
    await owner.sees_count("forwards", number, 1)
    for one in (owner, other):
        await one.comes_to((3, 1), lambda: one.counts(news, number))
    # TDLib keeps a copy's counters as they were when it was made.
    if not reader.kind.startswith("tdlib"):
        await reader.comes_to((3, 1), lambda: reader.counts(reader.id, saved))

    followers, posts, graphs = await owner.statistics(news)
    assert (followers, posts) == (3, [(number, 3, 1)]), (followers, posts)
    wanted = {"Joined": 2, "Left": 0, "Views": 2, "Shares": 1, "Followers": 2, "Private chats": 0, "Invited": 2}
    assert wanted.items() <= graphs.items(), graphs
    assert await owner.post_statistics(news, number) == {"Views": 2, "Shares": 1}
    # TDLib does not even ask.
    if not reader.kind.startswith("tdlib"):
        await reader.refuses("CHAT_ADMIN_REQUIRED", reader.statistics(news))
