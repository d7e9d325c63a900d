"""What people keep of files, at each client: what persons inherit. A file is shown as the SHA-256 of its bytes."""

import hashlib
import pathlib

from telethon import functions, types, utils

from .carrying import digest


class TelethonKeeping:
    async def send_gif(self, chat, path):
        about = [types.DocumentAttributeVideo(1, 16, 16, nosound=True), types.DocumentAttributeAnimated()]
        sent = await self.client.send_file(
            await self._chat(chat), str(path), attributes=about, mime_type="video/mp4")
        return sent.id

    async def send_song(self, chat, path):
        about = [types.DocumentAttributeAudio(3, title="a song", performer="a band")]
        return (await self.client.send_file(await self._chat(chat), str(path), attributes=about)).id

    async def gifs(self):
        """Saved GIFs, the last one first."""
        return await self._digests((await self.ask(functions.messages.GetSavedGifsRequest(0))).gifs)

    async def save_gif(self, chat, number, yes=True):
        await self.ask(functions.messages.SaveGifRequest(await self._document(chat, number), not yes))

    async def add_sound(self, path):
        file = await self.client.upload_file(str(path))
        await self.ask(functions.account.UploadRingtoneRequest(file, pathlib.Path(path).name, "audio/mpeg"))

    async def sounds(self):
        return await self._digests((await self.ask(functions.account.GetSavedRingtonesRequest(0))).ringtones)

    async def put_song(self, chat, number, yes=True):
        """Puts the song of a message on the own profile."""
        await self.ask(functions.account.SaveMusicRequest(await self._document(chat, number), unsave=not yes))

    async def songs(self, user):
        """The music on a profile."""
        user = utils.get_input_user(await self._chat(user))
        return await self._digests((await self.ask(functions.users.GetSavedMusicRequest(user, 0, 10, 0))).documents)

    async def set_wallpaper(self, chat, path, for_both=False):
        """Sets a picture as the wallpaper of a private chat."""
        file, look = await self.client.upload_file(str(path)), types.WallPaperSettings()
        made = await self.ask(functions.account.UploadWallPaperRequest(file, "image/jpeg", look, for_chat=True))
        named = types.InputWallPaper(made.id, made.access_hash)
        await self.ask(functions.messages.SetChatWallPaperRequest(
            await self._chat(chat), for_both=for_both, wallpaper=named, settings=look))

    async def take_off_wallpaper(self, chat):
        """Takes off what the other side has laid over its own."""
        await self.ask(functions.messages.SetChatWallPaperRequest(await self._chat(chat), revert=True))

    async def wallpaper(self, chat):
        """What is seen in a private chat; nothing where that is the client's own."""
        user = utils.get_input_user(await self._chat(chat))
        shown = (await self.ask(functions.users.GetFullUserRequest(user))).full_user.wallpaper
        return shown and (await self._digests([shown.document]))[0]

    async def save_photos(self, yes=True):
        """Photos of private chats are saved to the device by themselves."""
        save = types.AutoSaveSettings(photos=yes, videos=False, video_max_size=100 << 20)
        await self.ask(functions.account.SaveAutoSaveSettingsRequest(save, users=True))

    async def saves_photos(self):
        found = await self.ask(functions.account.GetAutoSaveSettingsRequest())
        return bool(found.users_settings.photos)

    async def largest_fetched(self):
        """Bytes of a film that is fetched by itself, little and much."""
        found = await self.ask(functions.account.GetAutoDownloadSettingsRequest())
        return found.low.video_size_max, found.high.video_size_max

    async def wallpapers(self):
        """How many are on its list."""
        return len((await self.ask(functions.account.GetWallPapersRequest(0))).wallpapers)

    async def add_wallpaper(self, path):
        """Uploads a picture and puts it on the list."""
        file, look = await self.client.upload_file(str(path)), types.WallPaperSettings()
        made = await self.ask(functions.account.UploadWallPaperRequest(file, "image/jpeg", look))
        named = types.InputWallPaper(made.id, made.access_hash)
        await self.ask(functions.account.InstallWallPaperRequest(named, look))

    async def wallpaper_files(self):
        """Of the pictures on the list, the last one first."""
        return await self._digests([it.document for it in await self._pictures()])

    async def drop_wallpaper(self, place):
        """Takes a picture off the list."""
        it = (await self._pictures())[place]
        await self.ask(functions.account.SaveWallPaperRequest(
            types.InputWallPaper(it.id, it.access_hash), True, types.WallPaperSettings()))

    async def reset_wallpapers(self):
        await self.ask(functions.account.ResetWallPapersRequest())

    async def _pictures(self):
        found = await self.ask(functions.account.GetWallPapersRequest(0))
        return [it for it in found.wallpapers if isinstance(it, types.WallPaper)]

    async def by_hash(self, path, mime):
        """The file that one keeps already with this content; nothing where one keeps none."""
        data = path.read_bytes()
        found = await self.ask(functions.messages.GetDocumentByHashRequest(hashlib.sha256(data).digest(), len(data), mime))
        return None if isinstance(found, types.DocumentEmpty) else (await self._digests([found]))[0]

    async def _document(self, chat, number):
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        return utils.get_input_document(found.document)

    async def _digests(self, documents):
        return [digest(await self.client.download_media(it, file=bytes)) for it in documents]


class TdlibKeeping:
    async def send_gif(self, chat, path):
        file = {"@type": "inputFileLocal", "path": str(path)}
        animation = {"@type": "inputAnimation", "animation": file, "duration": 1, "width": 16, "height": 16}
        return await self._send_content(chat, {"@type": "inputMessageAnimation", "animation": animation})

    async def send_song(self, chat, path):
        file = {"@type": "inputFileLocal", "path": str(path)}
        audio = {"@type": "inputAudio", "audio": file, "duration": 3, "title": "a song", "performer": "a band"}
        return await self._send_content(chat, {"@type": "inputMessageAudio", "audio": audio})

    async def _send_content(self, chat, content):
        sent = await self.ask("sendMessage", chat_id=await self._chat(chat), input_message_content=content)
        return await self._until_sent(sent["id"])

    async def gifs(self):
        return await self._digests(it["animation"] for it in (await self.ask("getSavedAnimations"))["animations"])

    async def save_gif(self, chat, number, yes=True):
        file = (await self._message(chat, number))["content"]["animation"]["animation"]["id"]
        kind = "addSavedAnimation" if yes else "removeSavedAnimation"
        await self.ask(kind, animation={"@type": "inputFileId", "id": file})

    async def add_sound(self, path):
        await self.ask("addSavedNotificationSound", sound={"@type": "inputFileLocal", "path": str(path)})

    async def sounds(self):
        found = await self.ask("getSavedNotificationSounds")
        return await self._digests(it["sound"] for it in found["notification_sounds"])

    async def put_song(self, chat, number, yes=True):
        file = (await self._message(chat, number))["content"]["audio"]["audio"]["id"]
        if not yes:
            return await self.ask("removeProfileAudio", file_id=file)
        audio = {"@type": "inputAudio", "audio": {"@type": "inputFileId", "id": file}}
        # Older versions take the file alone.
        await self.ask("addProfileAudio", audio=audio, file_id=file)

    async def songs(self, user):
        found = await self.ask("getUserProfileAudios", user_id=user, offset=0, limit=10)
        return await self._digests(it["audio"] for it in found["audios"])

    async def set_wallpaper(self, chat, path, for_both=False):
        file = {"@type": "inputFileLocal", "path": str(path)}
        await self.ask(
            "setChatBackground", chat_id=await self._chat(chat), dark_theme_dimming=0, only_for_self=not for_both,
            background={"@type": "inputBackgroundLocal", "background": file},
            type={"@type": "backgroundTypeWallpaper", "is_blurred": False, "is_moving": False})

    async def take_off_wallpaper(self, chat):
        await self.ask("deleteChatBackground", chat_id=await self._chat(chat), restore_previous=True)

    async def wallpaper(self, chat):
        shown = (await self.ask("getChat", chat_id=await self._chat(chat))).get("background")
        return shown and digest(await self._bytes_of(shown["background"]["document"]["document"]))

    async def save_photos(self, yes=True):
        save = {"@type": "scopeAutosaveSettings", "autosave_photos": yes, "autosave_videos": False}
        await self.ask(
            "setAutosaveSettings", scope={"@type": "autosaveSettingsScopePrivateChats"},
            settings=save | {"max_video_file_size": 100 << 20})

    async def saves_photos(self):
        return (await self.ask("getAutosaveSettings"))["private_chat_settings"]["autosave_photos"]

    async def largest_fetched(self):
        found = await self.ask("getAutoDownloadSettingsPresets")
        return found["low"]["max_video_file_size"], found["high"]["max_video_file_size"]

    async def wallpapers(self):
        return len((await self.ask("getInstalledBackgrounds", for_dark_theme=False))["backgrounds"])

    async def add_wallpaper(self, path):
        file = {"@type": "inputFileLocal", "path": str(path)}
        await self.ask(
            "setDefaultBackground", background={"@type": "inputBackgroundLocal", "background": file},
            type={"@type": "backgroundTypeWallpaper", "is_blurred": False, "is_moving": False}, for_dark_theme=False)

    async def wallpaper_files(self):
        return await self._digests(it["document"]["document"] for it in await self._pictures())

    async def drop_wallpaper(self, place):
        await self.ask("removeInstalledBackground", background_id=(await self._pictures())[place]["id"])

    async def reset_wallpapers(self):
        await self.ask("resetInstalledBackgrounds")

    async def _pictures(self):
        found = (await self.ask("getInstalledBackgrounds", for_dark_theme=False))["backgrounds"]
        return [it for it in found if it.get("document")]

    async def _digests(self, files):
        return [digest(await self._bytes_of(it)) for it in files]

    async def _bytes_of(self, file):
        got = await self.ask("downloadFile", file_id=file["id"], priority=32, offset=0, limit=0, synchronous=True)
        return pathlib.Path(got["local"]["path"]).read_bytes()


class MtcuteKeeping:
    async def send_gif(self, chat, path):
        return await self.ask("sendGif", chat=chat, path=str(path))

    async def send_song(self, chat, path):
        return await self.ask("sendSong", chat=chat, path=str(path))

    async def gifs(self):
        return await self.ask("gifs")

    async def save_gif(self, chat, number, yes=True):
        await self.ask("saveGif", chat=chat, number=number, yes=yes)

    async def add_sound(self, path):
        await self.ask("addSound", path=str(path))

    async def sounds(self):
        return await self.ask("sounds")

    async def put_song(self, chat, number, yes=True):
        await self.ask("putSong", chat=chat, number=number, yes=yes)

    async def songs(self, user):
        return await self.ask("songs", user=user)

    async def set_wallpaper(self, chat, path, for_both=False):
        await self.ask("setWallpaper", chat=chat, path=str(path), both=for_both)

    async def take_off_wallpaper(self, chat):
        await self.ask("takeOffWallpaper", chat=chat)

    async def wallpaper(self, chat):
        return await self.ask("wallpaper", chat=chat)

    async def wallpapers(self):
        return await self.ask("wallpapers")

    async def add_wallpaper(self, path):
        await self.ask("addWallpaper", path=str(path))

    async def wallpaper_files(self):
        return await self.ask("wallpaperFiles")

    async def drop_wallpaper(self, place):
        await self.ask("dropWallpaper", place=place)

    async def reset_wallpapers(self):
        await self.ask("resetWallpapers")

    async def by_hash(self, path, mime):
        data = path.read_bytes()
        return await self.ask("byHash", sha256=hashlib.sha256(data).hexdigest(), size=len(data), mime=mime)

    async def save_photos(self, yes=True):
        await self.ask("savePhotos", yes=yes)

    async def saves_photos(self):
        return await self.ask("savesPhotos")

    async def largest_fetched(self):
        return tuple(await self.ask("largestFetched"))
