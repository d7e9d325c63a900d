"""Accounts and what belongs to them: a login shown as a QR code, a forgotten password, privacy, the end."""

import asyncio

from harness.person import PATIENCE
from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, TDLIB

PAIRS = [*zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1]), *APART]


@scenario(each=[*PAIRS, (TDLIB[1], "mtcute-pfs")])
async def a_shown_login_is_let_in_by_another_device(stage, kinds):
    one = await stage.join(kinds[0], "Claude")
    other = await stage.device(one, kinds[1])
    await one.let_in(await other.show_login())
    await other.shown_login()
    assert other.id == one.id
    assert len(await one.devices()) == 2
    await one.expect("new", lambda it: "New login" in it.message.text, "from the service")
    await one.set_password("three arms")
    last = await stage.device(one, kinds[0])
    await other.let_in(await last.show_login())
    await last.shown_login(password="three arms")
    assert last.id == one.id
    sent = await last.send(one.id, "let in")
    assert (await one.expect("new", lambda it: it.message.text == "let in")).message.id == sent


async def _recover(stage, kind):
    one, address = await stage.join(kind, "Claude"), "claude@example.org"
    await one.set_password("three arms", email=address, code=lambda: stage.server.post.code(address))
    other = await stage.device(one, kind)
    await other.refuses("SESSION_PASSWORD_NEEDED", other.sign_in())
    assert await other.recover(lambda: stage.server.post.code(address, after=1)) == "c***e@example.org"
    assert other.id == one.id
    last = await stage.device(one, kind)
    # The recovered account has no password any more.
    await last.sign_in()
    assert last.id == one.id


# Not at older clients, which are asked in lines of JSON: a function that reads the mail is no line.
@scenario(each=LIBRARIES, codes_by="smtp")
async def a_mailed_code_recovers_a_forgotten_password(stage, kind):
    await _recover(stage, kind)


@scenario(each=LIBRARIES[:1], codes_by="webhook")
async def a_posted_code_recovers_a_forgotten_password(stage, kind):
    await _recover(stage, kind)


async def _until(person, user, fits):
    """Waits until a person sees a user so."""
    async with asyncio.timeout(PATIENCE):
        while not fits(seen := await person.profile(user)):
            await asyncio.sleep(0.1)
    return seen


@scenario(each=PAIRS)
async def what_a_person_hides_is_not_seen(stage, kinds):
    one, two = await stage.join(kinds[0], "Claude"), await stage.join(kinds[1], "Ignace")
    for what in ("status", "phone", "forwards"):
        await one.hide(what)
    await stage.acquaint(two, one)
    await one.add(two.phone, two.name)
    await one.set_online()
    await two.set_online()
    seen = await _until(two, one.id, lambda it: it.status == "recently")
    assert one.phone.strip("+") != seen.phone, seen
    # Who hides it is not shown it either.
    await _until(one, two.id, lambda it: it.status == "recently")
    said = await one.send(two.id, "between us")
    heard = await two.hears("between us")
    note = await two.forward(one.id, heard.id, one.id)
    assert await two.origin(one.id, note) == "Claude"
    await two.send(one.id, "openly", reply_to=heard.id)
    heard = await one.hears("openly")
    assert heard.reply_to == said
    note = await one.forward(two.id, heard.id, two.id)
    assert await one.origin(two.id, note) == two.id


@scenario(each=PAIRS)
async def contacts_see_each_other_come_and_go(stage, kinds):
    one, two = await stage.two(kinds)
    await one.set_online()
    await _until(two, one.id, lambda it: it.status == "online")
    await one.set_online(False)
    seen = await _until(two, one.id, lambda it: it.status == "offline")
    assert seen.name == "Claude" and not seen.deleted, seen


@scenario(each=PAIRS, rough=True)
async def a_deleted_account_leaves_its_words_with_others(stage, kinds):
    one, two = await stage.two(kinds)
    await one.send(two.id, "keep this")
    await two.hears("keep this")
    await one.set_password("three arms")
    await one.refuses("PASSWORD_HASH_INVALID", one.delete_account("two arms"))
    await one.delete_account("three arms")
    await _until(two, one.id, lambda it: it.deleted)
    await one.signed_out()
    assert await two.texts(one.id) == ["keep this"]
    await two.refuses("", two.send(one.id, "are you there?"))
    assert await two.add(one.phone, "Claude") is None
    again = await stage.person(kinds[0], one.phone, "Claudette").join()
    assert again.id != one.id
    assert await two.add(again.phone, "Claudette") == again.id
