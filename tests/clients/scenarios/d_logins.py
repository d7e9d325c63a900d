"""Logins: codes, passwords, devices, and their end."""

from harness.scenario import scenario
from harness.stage import APART, LIBRARIES, TDLIB

OTHER = dict(zip(LIBRARIES, LIBRARIES[1:] + LIBRARIES[:1])) | dict(APART)


@scenario(each=LIBRARIES)
async def a_wrong_code_is_refused(stage, kind):
    one = await stage.join(kind, "Claude")
    other = await stage.device(one, kind)
    await other.refuses("PHONE_CODE_INVALID", other.sign_in(code="11111"))


@scenario(each=OTHER)
async def a_password_guards_the_next_login(stage, kind):
    one = await stage.join(kind, "Claude")
    await one.set_password("three arms and a telescope")
    for other in LIBRARIES if kind in LIBRARIES else (OTHER[kind],):
        wrong = await stage.device(one, other)
        await wrong.refuses("PASSWORD_HASH_INVALID", wrong.sign_in(password="two arms"))
        right = await stage.device(one, other)
        await right.sign_in(password="three arms and a telescope")
        assert right.id == one.id
    await one.set_password(None, old="three arms and a telescope")
    last = await stage.device(one, OTHER[kind])
    await last.sign_in()
    assert last.id == one.id


@scenario(each=OTHER)
async def a_device_that_logs_out_is_gone(stage, kind):
    one = await stage.join(kind, "Claude")
    other = await stage.device(one, OTHER[kind])
    await other.sign_in()
    assert sorted(current for _, current in await other.devices()) == [False, True]
    await one.log_out()
    assert [current for _, current in await other.devices()] == [True]
    again = await stage.device(one, kind)
    await again.sign_in()
    assert again.id == other.id


@scenario(each=[*OTHER, "mtcute-pfs", TDLIB[1]], rough=True)
async def a_revoked_device_is_signed_out(stage, kind):
    one = await stage.join(kind, "Claude")
    other = await stage.device(one, OTHER.get(kind, "telethon-full"))
    await other.sign_in()
    revoked = next(number for number, current in await other.devices() if not current)
    await other.revoke(revoked)
    await one.signed_out()
    assert [current for _, current in await other.devices()] == [True]
    await other.send(other.id, "still here")
