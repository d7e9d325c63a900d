"""Clients of the oldest and the newest API layers served, in one chat: nothing that the older could show is missing.

The pair plays every other talk of this suite, too (APART); here is what no other scenario says."""

from harness.scenario import scenario
from harness.stage import APART, NEWEST, OLDEST

# Kinds that both layers have, with what they hold; the blockquote is an older one with something added.
FORMATS = {"Bold": (), "Italic": (), "Code": (), "Strike": (), "Underline": (), "Spoiler": (), "Blockquote": ()}
FORMATS |= {"Pre": ("rust",), "TextUrl": ("https://chappe.example/",)}
TEXT = " ".join(FORMATS)
ENTITIES = tuple((it, TEXT.index(it), len(it), *more) for it, more in FORMATS.items())
DAY = 86400


@scenario(each=[(OLDEST, "telethon-full"), (OLDEST, NEWEST)])
async def formats_replies_and_reactions_cross_the_layers(stage, kinds):
    old, new = await stage.two(kinds)
    for one, two in ((old, new), (new, old)):
        first = await one.send(two.id, f"{one.name} begins")
        heard = await two.hears(f"{one.name} begins")
        formatted = await one.send_formatted(two.id, TEXT, ENTITIES, reply_to=first)
        await two.expect("new", lambda it: it.message.text == TEXT and it.message.reply_to == heard.id)
        at = await two.hears(TEXT)
        await two.react(one.id, at.id, "👍")
        await one.sees_reactions(formatted, **{"👍": 1})
        await one.react(two.id, formatted, "❤")
        await two.sees_reactions(at.id, **{"👍": 1, "❤": 1})
        shown = next(it for it in await two.shown(one.id) if it[0] == at.id)
        assert shown[1:] == (TEXT, ENTITIES, heard.id, (("❤", 1), ("👍", 1)), ""), shown
        two.events.clear()
        one.events.clear()
    stage.quiet()
    # What came while it was away comes as a difference, at its layer.
    for one, two in ((old, new), (new, old)):
        await one.away()
        sent = await two.send_formatted(one.id, TEXT, ENTITIES)
        await two.edit(one.id, sent, f"{TEXT}!")
        await one.resume()
        await one.hears(f"{TEXT}!")


@scenario(each=APART)
async def service_messages_names_and_typing_cross_the_layers(stage, kinds):
    one = await stage.join(kinds[0], "Claude")
    phone = stage.next_phone()
    assert await one.add(phone, "Ignace") is None
    two = await stage.join(kinds[1], "Ignace")
    assert await one.add(two.phone, two.name) == two.id
    await one.shows_services(two.id, "ContactSignUp")
    await one.set_online()
    await two.set_online()
    # Who has no number of somebody sees the name that they gave themselves.
    await one.send(two.id, "hello")
    await two.hears("hello")
    await two.send(one.id, "who are you?")
    await one.hears("who are you?")
    assert (await two.profile(one.id)).name == "Claude"
    await one.set_name("Claudette")
    # Only contacts are told; others see it with the next message.
    await one.send(two.id, "one who uses telegraphs")
    await two.hears("one who uses telegraphs")
    await two.shows_name(one.id, "Claudette")
    await stage.settle()
    await one.type_in(two.id)
    await two.sees_typing(one.id)
    await two.type_in(one.id)
    await one.sees_typing(two.id)
    await one.set_timer(two.id, DAY)
    await two.set_timer(one.id, 7 * DAY)
    await one.shows_services(two.id, "ContactSignUp", "SetMessagesTTL", "SetMessagesTTL")
    await two.shows_services(one.id, "SetMessagesTTL", "SetMessagesTTL")
    # TDLib tells of screenshots in secret chats only.
    if kinds[0] == OLDEST:
        await one.tell_of_screenshot(two.id, (await one.history(two.id))[-1].id)
        await two.shows_services(one.id, "SetMessagesTTL", "SetMessagesTTL", "ScreenshotTaken")
    stage.quiet()
