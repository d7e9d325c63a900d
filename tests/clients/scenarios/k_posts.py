"""A supergroup talks: what one member says, changes and takes away reaches the others, in every library."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Two members beside an owner at Telethon, who makes the group: each library speaks and listens.
TELETHON = next(it for it in LIBRARIES if it.startswith("telethon"))
PAIRS = [(LIBRARIES[at], LIBRARIES[(at + 1) % 3]) for at in range(3)]
FIRE = "🔥"


@scenario(each=PAIRS, outbox=PAIRS[:1])
async def a_supergroup_talks(stage, kinds):
    owner = await stage.join(TELETHON, "Olga")
    one, two = [await stage.join(kind, name) for kind, name in zip(kinds, ("Claude", "Ignace"))]
    await stage.acquaint(owner, one, two)
    group = await owner.gather("Optics", one.id, two.id)
    await stage.delivered()
    await owner.send(group, "welcome")
    for member in (one, two):
        await member.hears("welcome")

    sent = await one.send(group, "the telegraph at Lille")
    for other in (owner, two):
        assert (await other.hears("the telegraph at Lille")).id == sent, "one number for all"
    await two.send(group, "which?", reply_to=sent)
    await one.hears("which?")
    await one.edit(group, sent, "the telegraph at Paris")
    await two.sees_edit("the telegraph at Paris")
    await owner.react(group, sent, FIRE)
    await one.sees_reactions(sent, **{FIRE: 1})
    await two.read(group, sent)

    gone = await one.send(group, "a slip")
    await two.hears("a slip")
    await one.delete(group, [gone])
    await two.sees_deletion(gone)
    assert "the telegraph at Paris" in await two.search("telegraph", group)
    texts = [it.text for it in await two.history(group, 4)]
    assert "a slip" not in texts and {"which?", "the telegraph at Paris", "welcome"} <= set(texts), texts
