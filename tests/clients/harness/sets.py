"""Sets of each kind at each client, put away and looked for: what persons inherit. Sets are shown by their short names,
and a kind is "regular", "mask" or "emoji"."""

from telethon import functions, types

from .stickers import KINDS, digest


class TelethonSets:
    async def installed_of(self, kind):
        ask = {
            "regular": functions.messages.GetAllStickersRequest, "mask": functions.messages.GetMaskStickersRequest,
            "emoji": functions.messages.GetEmojiStickersRequest}
        return [it.short_name for it in (await self.ask(ask[kind](0))).sets]

    async def put_away(self, name):
        """Into the archive, out of what is installed."""
        await self.ask(functions.messages.InstallStickerSetRequest(types.InputStickerSetShortName(name), True))

    async def archived_sets(self, kind):
        found = await self.ask(functions.messages.GetArchivedStickersRequest(
            0, 100, masks=kind == "mask", emojis=kind == "emoji"))
        return [it.set.short_name for it in found.sets]

    async def find_sets(self, words, kind):
        ask = {
            "regular": functions.messages.SearchStickerSetsRequest,
            "emoji": functions.messages.SearchEmojiStickerSetsRequest}
        return [it.set.short_name for it in (await self.ask(ask[kind](words, 0))).sets]

    async def find_stickers(self, emoji):
        """What stands for an emoji: the SHA-256 of each file."""
        found = await self.ask(functions.messages.GetStickersRequest(emoji, 0))
        return [digest(await self.client.download_media(it, file=bytes)) for it in found.stickers]

    async def files_of(self, name):
        """The SHA-256 of each file of a set."""
        return [digest(await self.client.download_media(it, file=bytes)) for it in (await self._set(name)).documents]

    async def send_emoji(self, chat, name, place):
        """A text of one custom emoji."""
        number = (await self._set(name)).documents[place].id
        entity = types.MessageEntityCustomEmoji(0, 2, number)
        sent = await self.client.send_message(await self._chat(chat), "🐱", formatting_entities=[entity])
        return sent.id

    async def emoji_in(self, chat, number):
        """The SHA-256 of the custom emoji in a text."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        named = [it.document_id for it in found.entities if isinstance(it, types.MessageEntityCustomEmoji)]
        found = await self.ask(functions.messages.GetCustomEmojiDocumentsRequest(named))
        return [digest(await self.client.download_media(it, file=bytes)) for it in found]


class TdlibSets:
    async def installed_of(self, kind):
        return [it["name"] for it in (await self.ask("getInstalledStickerSets", sticker_type=KINDS[kind]))["sets"]]

    async def put_away(self, name):
        number = (await self._set(name))["id"]
        await self.ask("changeStickerSet", set_id=number, is_installed=False, is_archived=True)

    async def archived_sets(self, kind):
        found = await self.ask("getArchivedStickerSets", sticker_type=KINDS[kind], offset_sticker_set_id=0, limit=100)
        return [it["name"] for it in found["sets"]]

    async def find_sets(self, words, kind):
        return [it["name"] for it in (await self.ask("searchStickerSets", sticker_type=KINDS[kind], query=words))["sets"]]

    async def find_stickers(self, emoji):
        found = await self.ask(
            "searchStickers", sticker_type=KINDS["regular"], emojis=emoji, query="", input_language_codes=[], offset=0,
            limit=20)
        return await self._digests(it["sticker"] for it in found["stickers"])

    async def files_of(self, name):
        return await self._digests(it["sticker"] for it in (await self._set(name))["stickers"])

    async def send_emoji(self, chat, name, place):
        number = (await self._set(name))["stickers"][place]["full_type"]["custom_emoji_id"]
        kind = {"@type": "textEntityTypeCustomEmoji", "custom_emoji_id": number}
        text = {"@type": "formattedText", "text": "🐱", "entities": [{"offset": 0, "length": 2, "type": kind}]}
        return await self._send_content(chat, {"@type": "inputMessageText", "text": text})

    async def emoji_in(self, chat, number):
        content = (await self._message(chat, number))["content"]
        if content["@type"] == "messageAnimatedEmoji":
            # An emoji alone is drawn large.
            return await self._digests([content["animated_emoji"]["sticker"]["sticker"]])
        kinds = [it["type"] for it in content["text"]["entities"]]
        named = [it["custom_emoji_id"] for it in kinds if it["@type"] == "textEntityTypeCustomEmoji"]
        found = await self.ask("getCustomEmojiStickers", custom_emoji_ids=named)
        return await self._digests(it["sticker"] for it in found["stickers"])


class MtcuteSets:
    async def installed_of(self, kind):
        return await self.ask("installedOf", kind=kind)

    async def put_away(self, name):
        await self.ask("putAway", name=name)

    async def archived_sets(self, kind):
        return await self.ask("archivedSets", kind=kind)

    async def find_sets(self, words, kind):
        return await self.ask("findSets", words=words, kind=kind)

    async def find_stickers(self, emoji):
        return await self.ask("findStickers", emoji=emoji)

    async def files_of(self, name):
        return await self.ask("filesOf", name=name)

    async def send_emoji(self, chat, name, place):
        return await self.ask("sendEmoji", chat=chat, name=name, place=place)

    async def emoji_in(self, chat, number):
        return await self.ask("emojiIn", chat=chat, number=number)
