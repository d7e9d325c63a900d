"""A channel with one post of every kind, written by a real client, and what must not be seen of others."""

import datetime

from telethon import functions, types, utils

NAME, OTHER_NAME, PROTECTED, GROUP = "Optical_Line", "relay_towers", "quiet_towers", "tower_talk"
SECRET = "the key is under the third stone"
ATTACK = "<script>alert(1)</script> & \"quotes\" <b>"
# Enough for three pages.
DAILY = 45


async def fill(owner, other):
    """The numbers of the posts by what they are."""
    marks = types
    channel = await make(owner, "Optical Line", "News of the line from Paris to Lille.\nTowers, clocks and codes: https://example.org/line", NAME)
    posts = {}

    async def post(key, text, entities=(), **more):
        sent = await owner.client.send_message(channel, text, formatting_entities=list(entities), **more)
        posts[key] = sent.id

    for number in range(1, DAILY + 1):
        await post(f"daily {number}", f"Report {number} of the day: all towers answer.")
    await post("attack", ATTACK)
    text = "Bold, italic, under, struck, code, hidden, and @relay_towers #optics with a link."
    at = lambda part: (text.index(part), len(part))
    await post("marks", text, [
        marks.MessageEntityBold(*at("Bold")), marks.MessageEntityItalic(*at("italic")),
        marks.MessageEntityUnderline(*at("under")), marks.MessageEntityStrike(*at("struck")),
        marks.MessageEntityCode(*at("code")), marks.MessageEntitySpoiler(*at("hidden")),
        marks.MessageEntityTextUrl(*at("link"), "https://example.org/?a=1&b=\"2\""),
    ])
    quote = "As Claude wrote:\nThe weather decides, not the code. A signal that nobody sees is no signal.\nSo we wait."
    place = quote.index("The weather"), len("The weather decides, not the code. A signal that nobody sees is no signal.")
    await post("quote", quote, [marks.MessageEntityBlockquote(*place), marks.MessageEntityBold(place[0], 11)])
    code = "The table of signals:\nfn signal(n: u8) -> Option<char> {\n    TABLE.get(n as usize).copied()\n}"
    await post("code", code, [marks.MessageEntityPre(code.index("fn"), len(code) - code.index("fn"), "rust")])
    await post("emoji", "😀 Mist has lifted over Lille 🌤", [marks.MessageEntityBold(3, 4)])
    await post("arabic", "مرحبا بكم في الخط البصري")
    await post("reply", "Which it did, at noon.", reply_to=posts["emoji"])
    answers = [types.PollAnswer(said(it), bytes([48 + at])) for at, it in enumerate(("By day", "By night", "Both"))]
    poll = types.Poll(0, said("When shall we signal?"), answers, hash=0)
    posts["poll"] = (await owner.client.send_message(channel, file=types.InputMediaPoll(poll))).id
    await post("reacted", "The line is open to everybody from today on.")
    await post("edited", "Tower 7 is clozed.")
    await owner.client.edit_message(channel, posts["edited"], "Tower 7 is closed for repairs.")
    await post("gone", "This was a mistake.")
    await owner.client.delete_messages(channel, [posts["gone"]])

    # What others read: one votes, one reacts, without being in it.
    there = await other.client.get_input_entity(NAME)
    await other.ask(functions.channels.JoinChannelRequest(there))
    await other.ask(functions.messages.SendVoteRequest(there, posts["poll"], [b"0"]))
    await owner.ask(functions.messages.SendVoteRequest(channel, posts["poll"], [b"2"]))
    for who, where, emoji in ((owner, channel, "🔥"), (other, there, "👍")):
        reaction = [types.ReactionEmoji(emoji)]
        await who.ask(functions.messages.SendReactionRequest(where, posts["reacted"], reaction=reaction))

    await forwards(owner, channel, posts)
    posts["last"] = max(posts.values())
    return channel, posts


async def forwards(owner, channel, posts):
    """Posts that were first said elsewhere: in public, by a person, and where nobody may look."""
    public = await make(owner, "Relay Towers", "Each tower by its number.", OTHER_NAME)
    private = await make(owner, "The Inner Circle", "Nobody else reads this.")
    said_there = await owner.client.send_message(public, "Tower 12 answers again.")
    secret = await owner.client.send_message(private, SECRET)
    passed_on = await owner.client.send_message(private, "What may be told: the line pays for itself.")
    alone = await owner.client.send_message("me", "A note of my own.")
    assert secret.id
    for key, message, source in (("forward", said_there, public), ("private", passed_on, private), ("person", alone, "me")):
        sent = await owner.client.forward_messages(channel, message, source)
        posts[key] = sent.id if not isinstance(sent, list) else sent[0].id


async def make(owner, title, about, username=None, megagroup=False):
    made = await owner.ask(functions.channels.CreateChannelRequest(title, about, broadcast=not megagroup, megagroup=megagroup))
    channel = await owner.client.get_input_entity(utils.get_peer_id(types.PeerChannel(made.chats[0].id)))
    if username:
        await owner.ask(functions.channels.UpdateUsernameRequest(channel, username))
    return channel


def said(text):
    return types.TextWithEntities(text, [])
