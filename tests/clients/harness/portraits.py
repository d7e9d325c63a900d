"""Photos of people and chats, at each client: what persons inherit. A photo is shown as the SHA-256 of its large square."""

import pathlib

from telethon import functions, types

from .carrying import digest


class TelethonPortraits:
    async def show(self, path):
        """Sets this person's photo."""
        file = await self.client.upload_file(str(path))
        await self.ask(functions.photos.UploadProfilePhotoRequest(file=file))

    async def unshow(self):
        """Deletes the photo that is shown."""
        mine = await self.client.get_profile_photos("me", limit=1)
        await self.ask(functions.photos.DeletePhotosRequest(
            [types.InputPhoto(it.id, it.access_hash, it.file_reference) for it in mine]))

    async def portrait(self, user):
        """What this person sees of somebody; None: no photo."""
        await self.ask(functions.users.GetUsersRequest([await self._chat(user)]))
        found = await self.client.get_entity(await self._chat(user))
        data = await self.client.download_profile_photo(found, file=bytes)
        return data and digest(data)

    async def portraits(self, user):
        """The large squares of all photos of somebody, the latest first."""
        found = await self.client.get_profile_photos(await self._chat(user))
        return [digest(await self.client.download_media(it, file=bytes)) for it in found]

    async def hide_portrait(self):
        """From everybody."""
        await self.ask(functions.account.SetPrivacyRequest(
            types.InputPrivacyKeyProfilePhoto(), [types.InputPrivacyValueDisallowAll()]))

    async def give_portrait(self, user, path):
        """A photo of a contact that only this person sees."""
        file = await self.client.upload_file(path)
        await self.ask(functions.photos.UploadContactProfilePhotoRequest(await self._chat(user), file=file))

    async def propose_portrait(self, user, path):
        file = await self.client.upload_file(path)
        await self.ask(functions.photos.UploadContactProfilePhotoRequest(await self._chat(user), suggest=True, file=file))

    async def take_portrait(self, user):
        """Shows the photo that somebody proposed last; whether there was one."""
        last = (await self.client.get_messages(await self._chat(user), limit=1))[0]
        photo = getattr(last.action, "photo", None)
        if photo:
            photo = types.InputPhoto(photo.id, photo.access_hash, photo.file_reference)
            await self.ask(functions.photos.UpdateProfilePhotoRequest(photo))
        return photo is not None

    async def show_group(self, group, path):
        """Sets the photo of a basic group or channel; None: takes it away."""
        photo = types.InputChatPhotoEmpty()
        if path:
            photo = types.InputChatUploadedPhoto(file=await self.client.upload_file(str(path)))
        chat = await self._chat(group)
        if isinstance(chat, types.InputPeerChat):
            await self.ask(functions.messages.EditChatPhotoRequest(chat.chat_id, photo))
        else:
            await self.ask(functions.channels.EditPhotoRequest(chat, photo))

    async def group_portrait(self, group):
        found = await self.client.get_entity(await self._chat(group))
        data = await self.client.download_profile_photo(found, file=bytes)
        return data and digest(data)


class TdlibPortraits:
    async def show(self, path):
        await self.ask("setProfilePhoto", photo=_still(path), is_public=False)

    async def unshow(self):
        photo = (await self.ask("getMe"))["profile_photo"]
        await self.ask("deleteProfilePhoto", profile_photo_id=photo["id"])

    async def portrait(self, user):
        return await self._square((await self.ask("getUser", user_id=user)).get("profile_photo"))

    async def portraits(self, user):
        found = await self.ask("getUserProfilePhotos", user_id=user, offset=0, limit=100)
        large = [max(it["sizes"], key=lambda it: it["width"])["photo"] for it in found["photos"]]
        return [await self._digest(it) for it in large]

    async def hide_portrait(self):
        rules = {"@type": "userPrivacySettingRules", "rules": [{"@type": "userPrivacySettingRuleRestrictAll"}]}
        setting = {"@type": "userPrivacySettingShowProfilePhoto"}
        await self.ask("setUserPrivacySettingRules", setting=setting, rules=rules)

    async def give_portrait(self, user, path):
        await self.ask("setUserPersonalProfilePhoto", user_id=user, photo=_still(path))

    async def propose_portrait(self, user, path):
        await self.ask("suggestUserProfilePhoto", user_id=user, photo=_still(path))

    async def take_portrait(self, user):
        found = await self.ask(
            "getChatHistory", chat_id=await self._chat(user), from_message_id=0, offset=0, limit=1, only_local=False)
        content = found["messages"][0]["content"] if found["messages"] else {"@type": None}
        if content["@type"] != "messageSuggestProfilePhoto":
            return False
        photo = {"@type": "inputChatPhotoPrevious", "chat_photo_id": content["photo"]["id"]}
        await self.ask("setProfilePhoto", photo=photo, is_public=False)
        return True

    async def show_group(self, group, path):
        await self.ask("setChatPhoto", chat_id=group, photo=_still(path) if path else None)

    async def group_portrait(self, group):
        return await self._square((await self.ask("getChat", chat_id=group)).get("photo"))

    async def _square(self, photo):
        return photo and await self._digest(photo["big"])

    async def _digest(self, file):
        got = await self.ask("downloadFile", file_id=file["id"], priority=32, offset=0, limit=0, synchronous=True)
        return digest(pathlib.Path(got["local"]["path"]).read_bytes())


def _still(path):
    return {"@type": "inputChatPhotoStatic", "photo": {"@type": "inputFileLocal", "path": str(path)}}


class MtcutePortraits:
    async def show(self, path):
        await self.ask("show", path=str(path))

    async def unshow(self):
        await self.ask("unshow")

    async def portrait(self, user):
        return await self.ask("portrait", user=user)

    async def portraits(self, user):
        return await self.ask("portraits", user=user)

    async def hide_portrait(self):
        await self.ask("hidePortrait")

    async def give_portrait(self, user, path):
        await self.ask("givePortrait", user=user, path=path, suggest=False)

    async def propose_portrait(self, user, path):
        await self.ask("givePortrait", user=user, path=path, suggest=True)

    async def take_portrait(self, user):
        return await self.ask("takePortrait", user=user)

    async def show_group(self, group, path):
        await self.ask("showGroup", group=group, path=path and str(path))

    async def group_portrait(self, group):
        return await self.ask("groupPortrait", group=group)
