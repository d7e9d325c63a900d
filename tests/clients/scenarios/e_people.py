"""How people find each other, and what they may keep from each other."""

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES

PAIRS = list(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]))
ALL = [*PAIRS, *APART]


@scenario(each=ALL)
async def a_username_is_found_and_belongs_to_one(stage, kinds):
    one, two = await stage.join(kinds[0], "Claude"), await stage.join(kinds[1], "Ignace")
    await one.set_username("claude_chappe")
    assert (await one.me())[2] == "claude_chappe"
    assert await two.find("claude_chappe") == one.id
    await two.refuses("USERNAME_OCCUPIED", two.set_username("Claude_Chappe"))
    if not kinds[1].startswith("tdlib"):
        # TDLib looks at it before the server does.
        await two.refuses("USERNAME_INVALID", two.set_username("1no"))
    await stage.settle()
    await two.send(one.id, "found you")
    await one.hears("found you")
    stage.quiet()


@scenario(each=ALL, outbox=PAIRS)
async def a_stranger_who_writes_can_be_answered_and_blocked(stage, kinds):
    one, two = await stage.join(kinds[0], "Claude"), await stage.join(kinds[1], "Ignace")
    assert await one.add(two.phone, two.name) == two.id
    await stage.settle()
    await one.send(two.id, "you do not know me")
    heard = await two.hears("you do not know me")
    await two.send(heard.chat, "who are you?", reply_to=heard.id)
    await one.hears("who are you?")
    stage.quiet()
    await two.block(one.id)
    await one.refuses("USER_IS_BLOCKED", one.send(two.id, "hello?"))
    await two.block(one.id, yes=False)
    await one.send(two.id, "thank you")
    await two.hears("thank you")


@scenario(each=LIBRARIES)
async def a_number_that_nobody_has_is_not_found(stage, kind):
    one = await stage.join(kind, "Claude")
    assert await one.add("+9996629999", "Nobody") is None
