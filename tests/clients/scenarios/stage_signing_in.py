"""Signing up and in, over every transport; passwords, devices, log-outs."""
import asyncio

from telethon import errors, functions

from stage import TRANSPORTS, each, scenario


async def _raises(kind, call):
    try:
        got = await call
    except kind as why:
        return why
    raise AssertionError(f"{kind.__name__} expected, got {got}")


@each(TRANSPORTS)
async def a_new_number_signs_up_and_sees_itself(stage, value):
    one = await stage.person(1, transport=value, name="Alice")
    me = await one.client.get_me()
    assert (me.id, me.first_name, me.phone, me.is_self) == (one.user.id, "Alice", one.phone[1:], True), me
    stage.quiet()


@scenario()
async def a_known_number_signs_in_on_a_second_device(stage):
    one = await stage.person(1)
    second = await (await stage.device(1, "tablet", "obfuscated")).sign_in()
    assert second.user.id == one.user.id
    devices = (await one.client(functions.account.GetAuthorizationsRequest())).authorizations
    assert sorted(it.current for it in devices) == [False, True], devices


@scenario()
async def a_wrong_code_is_refused_and_the_right_one_still_works(stage):
    one = await stage.person(1)
    second = await stage.device(1, "tablet")
    code_hash = await second.code_sent()
    ask = lambda code: second.client.sign_in(second.phone, code, phone_code_hash=code_hash)  # noqa: E731
    await _raises(errors.PhoneCodeInvalidError, ask("11111"))
    assert (await ask("22222")).id == one.user.id
    await _raises(errors.PhoneNumberInvalidError, second.client.send_code_request("+1"))


@scenario()
async def a_password_is_asked_for_and_checked(stage):
    one = await stage.person(1)
    assert await one.client.edit_2fa(new_password="correct horse", hint="a horse")
    second = await stage.device(1, "tablet")
    code_hash = await second.code_sent()
    await _raises(errors.SessionPasswordNeededError, second.client.sign_in(second.phone, "22222", phone_code_hash=code_hash))
    await _raises(errors.PasswordHashInvalidError, second.client.sign_in(password="wrong horse"))
    assert (await second.client.sign_in(password="correct horse")).id == one.user.id
    assert await one.client.edit_2fa(current_password="correct horse", new_password=None)
    third = await (await stage.device(1, "desk")).sign_in()
    assert third.user.id == one.user.id


@scenario()
async def a_stored_session_outlives_a_restart_of_the_server(stage):
    one = await stage.person(1)
    await one.disconnect()
    stage.server.restart()
    await one.connect()
    assert (await one.client.get_me()).id == one.user.id


@scenario()
async def who_logs_out_has_to_sign_in_again(stage):
    one = await stage.person(1)
    assert await one.client.log_out()
    again = await (await stage.device(1, "tablet")).sign_in()
    assert again.user.id == one.user.id
    devices = (await again.client(functions.account.GetAuthorizationsRequest())).authorizations
    assert len(devices) == 1, devices


@scenario(noisy=True)
async def a_revoked_device_is_told_so(stage):
    one = await stage.person(1)
    second = await (await stage.device(1, "tablet")).sign_in()
    devices = (await one.client(functions.account.GetAuthorizationsRequest())).authorizations
    other = next(it for it in devices if not it.current)
    await one.client(functions.account.ResetAuthorizationRequest(other.hash))
    await _raises(errors.UnauthorizedError, asyncio.wait_for(second.client(functions.updates.GetStateRequest()), 20))
    assert (await one.client.get_me()).id == one.user.id
    devices = (await one.client(functions.account.GetAuthorizationsRequest())).authorizations
    assert len(devices) == 1, devices
