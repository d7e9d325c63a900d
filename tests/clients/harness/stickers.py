"""Sticker sets at each client: what persons inherit. A sticker is shown as its set's short name, its emoji, and the
SHA-256 of its file."""

import hashlib
import pathlib

from telethon import functions, types

# What TDLib calls what sets are of.
KINDS = {
    "regular": {"@type": "stickerTypeRegular"}, "mask": {"@type": "stickerTypeMask"},
    "emoji": {"@type": "stickerTypeCustomEmoji"}}


def digest(data):
    return hashlib.sha256(data).hexdigest()


class TelethonStickers:
    async def make_set(self, title, name, stickers, kind="regular"):
        """A set of pictures, each with its emoji."""
        items = []
        for path, emoji in stickers:
            file = await self.client.upload_file(str(path))
            media = types.InputMediaUploadedDocument(file, "image/png", [types.DocumentAttributeFilename("a.png")])
            kept = await self.ask(functions.messages.UploadMediaRequest(types.InputPeerSelf(), media))
            document = kept.document
            named = types.InputDocument(document.id, document.access_hash, document.file_reference)
            items.append(types.InputStickerSetItem(named, emoji))
        await self.ask(functions.stickers.CreateStickerSetRequest(
            types.InputUserSelf(), title, name, items, masks=kind == "mask", emojis=kind == "emoji"))

    async def _set(self, name):
        return await self.ask(functions.messages.GetStickerSetRequest(types.InputStickerSetShortName(name), 0))

    async def set_of(self, name):
        """A set's title, and the emoji of its stickers."""
        it = await self._set(name)
        return it.set.title, [_alt(document) for document in it.documents]

    async def install(self, name):
        await self.ask(functions.messages.InstallStickerSetRequest(types.InputStickerSetShortName(name), False))

    async def installed(self):
        """Short names, in order."""
        return [it.short_name for it in (await self.ask(functions.messages.GetAllStickersRequest(0))).sets]

    async def order_sets(self, *names):
        order = [(await self._set(it)).set.id for it in names]
        await self.ask(functions.messages.ReorderStickerSetsRequest(order))

    async def send_sticker(self, chat, name, place):
        document = (await self._set(name)).documents[place]
        return (await self.client.send_file(await self._chat(chat), document)).id

    async def sticker(self, chat, number):
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        of = next(it for it in found.document.attributes if isinstance(it, types.DocumentAttributeSticker))
        name = (await self.ask(functions.messages.GetStickerSetRequest(of.stickerset, 0))).set.short_name
        return name, of.alt, await self.sticker_file(chat, number)

    async def sticker_file(self, chat, number):
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        return digest(await self.client.download_media(found, file=bytes))

    async def fave(self, name, place):
        it = (await self._set(name)).documents[place]
        named = types.InputDocument(it.id, it.access_hash, it.file_reference)
        await self.ask(functions.messages.FaveStickerRequest(named, False))

    async def faved(self):
        """The emoji of favourites."""
        return [_alt(it) for it in (await self.ask(functions.messages.GetFavedStickersRequest(0))).stickers]

    async def recent(self):
        """The emoji of stickers that were sent last."""
        return [_alt(it) for it in (await self.ask(functions.messages.GetRecentStickersRequest(0))).stickers]

    async def drop_set(self, name):
        await self.ask(functions.stickers.DeleteStickerSetRequest(types.InputStickerSetShortName(name)))

    async def shown_sets(self):
        """Sets that the operator shows."""
        found = await self.ask(functions.messages.GetFeaturedStickersRequest(0))
        return [it.set.short_name for it in found.sets]


def _alt(document):
    return next(it.alt for it in document.attributes if hasattr(it, "alt"))


class TdlibStickers:
    async def make_set(self, title, name, stickers, kind="regular"):
        made = [_input_sticker(path, emoji) for path, emoji in stickers]
        await self.ask(
            "createNewStickerSet", user_id=self.id, title=title, name=name,
            sticker_type=KINDS[kind], needs_repainting=False, stickers=made, source="")

    async def _set(self, name):
        return await self.ask("searchStickerSet", name=name, ignore_cache=True)

    async def set_of(self, name):
        it = await self._set(name)
        return it["title"], [sticker["emoji"] for sticker in it["stickers"]]

    async def install(self, name):
        number = (await self._set(name))["id"]
        await self.ask("changeStickerSet", set_id=number, is_installed=True, is_archived=False)

    async def installed(self):
        found = await self.ask("getInstalledStickerSets", sticker_type={"@type": "stickerTypeRegular"})
        return [it["name"] for it in found["sets"]]

    async def order_sets(self, *names):
        order = [(await self._set(it))["id"] for it in names]
        await self.ask(
            "reorderInstalledStickerSets", sticker_type={"@type": "stickerTypeRegular"}, sticker_set_ids=order)

    async def send_sticker(self, chat, name, place):
        # As apps do when they show stickers. A list that comes while one is sent is a list that TDLib has changed itself
        # by then, and it complains of its hash.
        await self.ask("getRecentStickers", is_attached=False)
        it = (await self._set(name))["stickers"][place]
        file = {"@type": "inputFileId", "id": it["sticker"]["id"]}
        sticker = {"@type": "inputSticker", "sticker": file, "width": 512, "height": 512}
        content = {"@type": "inputMessageSticker", "sticker": sticker, "emoji": it["emoji"]}
        return await self._until_sent((await self.ask(
            "sendMessage", chat_id=await self._chat(chat), input_message_content=content))["id"])

    async def sticker(self, chat, number):
        it = (await self._message(chat, number))["content"]["sticker"]
        name = (await self.ask("getStickerSet", set_id=it["set_id"]))["name"]
        return name, it["emoji"], await self.sticker_file(chat, number)

    async def sticker_file(self, chat, number):
        file = (await self._message(chat, number))["content"]["sticker"]["sticker"]["id"]
        got = await self.ask("downloadFile", file_id=file, priority=32, offset=0, limit=0, synchronous=True)
        return digest(pathlib.Path(got["local"]["path"]).read_bytes())

    async def fave(self, name, place):
        file = (await self._set(name))["stickers"][place]["sticker"]["id"]
        await self.ask("addFavoriteSticker", sticker={"@type": "inputFileId", "id": file})

    async def faved(self):
        return [it["emoji"] for it in (await self.ask("getFavoriteStickers"))["stickers"]]

    async def recent(self):
        return [it["emoji"] for it in (await self.ask("getRecentStickers", is_attached=False))["stickers"]]

    async def drop_set(self, name):
        await self.ask("deleteStickerSet", name=name)

    async def shown_sets(self):
        found = await self.ask(
            "getTrendingStickerSets", sticker_type={"@type": "stickerTypeRegular"}, offset=0, limit=100)
        return [it["name"] for it in found["sets"]]


def _input_sticker(path, emoji):
    return {
        "@type": "inputSticker", "sticker": {"@type": "inputFileLocal", "path": str(path)},
        "format": {"@type": "stickerFormatWebp"}, "emojis": emoji, "keywords": []}


class MtcuteStickers:
    async def make_set(self, title, name, stickers, kind="regular"):
        made = [[str(path), emoji] for path, emoji in stickers]
        await self.ask("makeSet", title=title, name=name, stickers=made, kind=kind)

    async def set_of(self, name):
        title, emoji = await self.ask("setOf", name=name)
        return title, emoji

    async def install(self, name):
        await self.ask("install", name=name)

    async def installed(self):
        return await self.ask("installed")

    async def order_sets(self, *names):
        await self.ask("orderSets", names=names)

    async def send_sticker(self, chat, name, place):
        return await self.ask("sendSticker", chat=chat, name=name, place=place)

    async def sticker(self, chat, number):
        return tuple(await self.ask("sticker", chat=chat, number=number))

    async def sticker_file(self, chat, number):
        return (await self.fetched(chat, number))[1]

    async def fave(self, name, place):
        await self.ask("fave", name=name, place=place)

    async def faved(self):
        return await self.ask("faved")

    async def recent(self):
        return await self.ask("recent")

    async def drop_set(self, name):
        await self.ask("dropSet", name=name)

    async def shown_sets(self):
        return await self.ask("shownSets")
