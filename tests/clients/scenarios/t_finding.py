"""Finding channels and what they say: by name, by tag, by words, by link, and by who else reads them."""

from harness.scenario import scenario
from harness.stage import LIBRARIES

# Who publishes, who reads, who looks for it: each library in each part once.
TRIOS = [(LIBRARIES[at], LIBRARIES[(at + 1) % 3], LIBRARIES[(at + 2) % 3]) for at in range(3)]


@scenario(each=TRIOS, outbox=TRIOS[:1], seconds=90)
async def channels_and_posts_are_found_by_strangers(stage, kinds):
    owner, reader, stranger = [await stage.join(kind, name) for kind, name in zip(kinds, ("Olga", "Rea", "Sam"))]
    moths = await owner.publish("Moths of the Night", "silent_wings")
    bees = await owner.publish("Bees by Day", "humming_wings")
    hidden = await owner.publish("Moths in secret")
    for person in (reader, stranger):
        await names_are_found(person, moths, bees)
    await posts_are_found(owner, stranger, moths, hidden)
    await links_show_what_they_lead_to(owner, stranger, moths, hidden)
    await readers_are_shared(owner, reader, stranger, moths, bees)


async def names_are_found(person, moths, bees):
    await person.comes_to([moths], lambda: person.finds("moths"))
    await person.comes_to([moths], lambda: person.finds("night mot"))
    await person.comes_to(sorted([moths, bees]), lambda: in_order(person.finds("wings")))
    assert await person.find_group("Humming_Wings") == bees
    await person.refuses("USERNAME_NOT_OCCUPIED", person.find_group("loud_wings"))


async def in_order(found):
    return sorted(await found)


async def posts_are_found(owner, stranger, moths, hidden):
    await owner.send(hidden, "a secret #obelisk")
    first = await owner.send(moths, "of #Obelisk and zephyr")
    await owner.send(moths, "of obelisk alone")
    await stranger.comes_to(["of #Obelisk and zephyr"], lambda: stranger.posts_tagged("obelisk"))
    assert await stranger.posts_tagged("obel") == []
    assert await stranger.within(moths, "#obelisk") == ["of #Obelisk and zephyr"]
    left = await stranger.searches_left()
    assert await stranger.posts_worded("obelisk alone") == ["of obelisk alone"]
    assert await stranger.posts_worded("secret") == []
    await stranger.comes_to(left - 2, stranger.searches_left)
    await owner.delete(moths, [first])
    await stranger.comes_to([], lambda: stranger.posts_tagged("obelisk"))


async def readers_are_shared(owner, reader, stranger, moths, bees):
    for channel in (moths, bees):
        await reader.enter_group(channel)
    assert await stranger.alike(moths) == [bees]
    await stranger.enter_group(moths)
    assert await stranger.alike() == [bees]
    await owner.send(bees, "a zephyr over the fields")
    await reader.comes_to(["a zephyr over the fields"], lambda: reader.anywhere("zephyr fields"))
    # A channel that is renamed, or closed, is found so at once.
    await owner.rename_group(bees, "Wasps by Day")
    await stranger.comes_to([bees], lambda: stranger.finds("wasps"))
    assert await stranger.finds("bees by") == []
    await owner.name_group(bees, "")
    await stranger.comes_to([], lambda: stranger.finds("wasps by"))


async def links_show_what_they_lead_to(owner, stranger, moths, hidden):
    link = await owner.link(hidden, "Friends")
    assert await stranger.looks(link) == (False, "Moths in secret", False)
    asked = await owner.link(hidden, "Others", by_request=True)
    assert await stranger.looks(asked) == (False, "Moths in secret", True)
    await stranger.refuses("INVITE_REQUEST_SENT", stranger.follow(asked))
    open_to_all = await owner.link(moths, "All")
    assert (await stranger.looks(open_to_all))[:2] == (True, "Moths of the Night")
