"""Clients of the oldest and the newest API layers served, in one chat: what one says, the other shows."""

from harness.scenario import scenario
from harness.stage import OLDER
from scenarios.b_talk import a_conversation

OLDEST, BETWEEN = OLDER
NEWEST = "tdlib-1.8.68"
PAIRS = [(OLDEST, NEWEST), (NEWEST, OLDEST), (OLDEST, BETWEEN), (BETWEEN, "mtcute-tcp")]


@scenario(each=PAIRS)
async def layers_apart(stage, kinds):
    await a_conversation(stage, kinds)


# Kinds that both layers have; the last is an older one with something added.
FORMATS = ["Bold", "Italic", "Code", "Strike", "Underline", "Spoiler", "Blockquote"]
DAY = 86400


@scenario()
async def nothing_that_the_older_one_could_show_is_missing(stage):
    old, new = await stage.two((OLDEST, "telethon-full"))
    text = " ".join(FORMATS)
    entities = [(it, text.index(it), len(it)) for it in FORMATS]
    for one, two in ((old, new), (new, old)):
        first = await one.send(two.id, f"{one.name} begins")
        heard = await two.hears(f"{one.name} begins")
        formatted = await one.send_formatted(two.id, text, entities, reply_to=first)
        await two.expect("new", lambda it: it.message.text == text and it.message.reply_to == heard.id)
        at = await two.hears(text)
        await two.react(one.id, at.id, "👍")
        await one.sees_reactions(formatted, **{"👍": 1})
        await one.react(two.id, formatted, "❤")
        await two.sees_reactions(at.id, **{"👍": 1, "❤": 1})
        shown = next(it for it in await two.shown(one.id) if it[0] == at.id)
        assert shown[1:4] == (text, tuple(entities), heard.id), shown
        assert dict(shown[4]) == {"👍": 1, "❤": 1}, shown
        two.events.clear()
        one.events.clear()
    await new.keep_for(old.id, DAY)
    assert (await old.shown(new.id))[-1][5] == "MessageActionSetMessagesTTL"
    stage.quiet()
    # What came while it was away comes as a difference, at its layer.
    await old.away()
    sent = await new.send_formatted(old.id, text, entities)
    await new.edit(old.id, sent, f"{text}!")
    await old.resume()
    await old.hears(f"{text}!")
