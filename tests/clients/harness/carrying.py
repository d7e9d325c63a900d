"""Files in messages, at each client: what persons inherit. A file is shown as what it is and the SHA-256 of its bytes."""

import asyncio
import base64
import hashlib
import pathlib

from telethon import functions, types

from .changing import MtcuteChanging, TdlibChanging, TelethonChanging
from .person import Refused

# What a client says of a file, and what arrives.
KINDS = "photo", "document", "voice", "sticker"
JPEG = b"\xff\xd8"


# What a file of gigabytes may take, seconds.
LONG = 1500


def digest_of(path):
    """Of a file of any size."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(data):
    return hashlib.sha256(data).hexdigest()


class TelethonCarrying(TelethonChanging):
    async def carry(self, chat, path, kind="document", caption=""):
        """Sends a file; the message's number."""
        sticker = [types.DocumentAttributeSticker("🙂", types.InputStickerSetEmpty())]
        sent = await self.client.send_file(
            await self._chat(chat), str(path), caption=caption, force_document=kind == "document",
            voice_note=kind == "voice", attributes=sticker if kind == "sticker" else None)
        return sent.id

    async def carry_large(self, chat, path, caption):
        await self.carry(chat, path, caption=caption)

    async def fetched_large(self, chat, number):
        """The SHA-256 of a document of any size."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        got = self.folder / "large.bin"
        await self.client.download_media(found, file=str(got))
        sum = digest_of(got)
        got.unlink()
        return sum

    async def fetched_from(self, chat, number, offset):
        """The SHA-256 of a document's bytes from there to its end, of which no others are fetched."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        whole = hashlib.sha256()
        async for chunk in self.client.iter_download(found.document, offset=offset):
            whole.update(chunk)
        return whole.hexdigest()

    async def carry_album(self, chat, paths, caption=""):
        sent = await self.client.send_file(await self._chat(chat), [str(it) for it in paths], caption=caption)
        return [it.id for it in sent]

    async def fetched(self, chat, number):
        """What a message carries, fetched whole, and its album."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        data = await self.client.download_media(found, file=bytes)
        kind = "photo" if found.photo else "voice" if found.voice else "sticker" if found.sticker else "document"
        return kind, digest(data), found.grouped_id

    async def thumbnail(self, chat, number):
        """The bytes of the largest thumbnail."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        return await self.client.download_media(found, file=bytes, thumb=-1)

    async def send_place(self, chat, latitude, longitude):
        point = types.InputGeoPoint(latitude, longitude)
        return (await self.client.send_file(await self._chat(chat), types.InputMediaGeoPoint(point))).id

    async def place(self, chat, number):
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        return round(found.geo.lat, 4), round(found.geo.long, 4)

    async def page(self, chat, number):
        """What a message shows of the page that it links to: title, site, and whether its picture can be had."""
        found = await self.client.get_messages(await self._chat(chat), ids=number)
        it = getattr(found.media, "webpage", None)
        if not isinstance(it, types.WebPage):
            return None
        photo = it.photo and await self.client.download_media(it.photo, file=bytes)
        return it.title, it.site_name, bool(photo) and photo.startswith(JPEG)

    async def page_in(self, text):
        """The title of the page that a text would show; nothing while it is on its way."""
        answer = await self.ask(functions.messages.GetWebPagePreviewRequest(text))
        it = getattr(getattr(answer, "media", answer), "webpage", None)
        return it.title if isinstance(it, types.WebPage) else None


class TdlibCarrying(TdlibChanging):
    async def carry(self, chat, path, kind="document", caption=""):
        return await self._until_sent((await self.ask(
            "sendMessage", chat_id=await self._chat(chat), input_message_content=_content(path, kind, caption)))["id"])

    async def carry_large(self, chat, path, caption):
        pending = (await self.ask(
            "sendMessage", chat_id=await self._chat(chat),
            input_message_content=_content(path, "document", caption)))["id"]
        async with self.bell:
            await asyncio.wait_for(self.bell.wait_for(lambda: pending in self.sent), LONG)
        await self._until_sent(pending)

    async def fetched_large(self, chat, number):
        file = (await self._message(chat, number))["content"]["document"]["document"]
        await self.ask("downloadFile", file_id=file["id"], priority=32, offset=0, limit=0, synchronous=False)
        async with asyncio.timeout(LONG):
            while not (got := (await self.ask("getFile", file_id=file["id"]))["local"])["is_downloading_completed"]:
                await asyncio.sleep(1)
        return digest_of(got["path"])

    async def fetched_from(self, chat, number, offset):
        file = (await self._message(chat, number))["content"]["document"]["document"]
        part = {"file_id": file["id"], "offset": offset}
        left = file["size"] - offset
        await self.ask("downloadFile", **part, limit=left, priority=32, synchronous=True)
        return digest(base64.b64decode((await self.ask("readFilePart", **part, count=left))["data"]))

    async def carry_album(self, chat, paths, caption=""):
        contents = [_content(it, "photo", caption if at == 0 else "") for at, it in enumerate(paths)]
        sent = await self.ask(
            "sendMessageAlbum", chat_id=await self._chat(chat), input_message_contents=contents)
        return [await self._until_sent(it["id"]) for it in sent["messages"]]

    async def fetched(self, chat, number):
        found = await self._message(chat, number)
        content = found["content"]
        if content["@type"] == "messagePhoto":
            kind, file = "photo", max(content["photo"]["sizes"], key=lambda it: it["width"])["photo"]
        elif content["@type"] == "messageVoiceNote":
            kind, file = "voice", content["voice_note"]["voice"]
        elif content["@type"] == "messageSticker":
            kind, file = "sticker", content["sticker"]["sticker"]
        else:
            kind, file = "document", content["document"]["document"]
        got = await self.ask("downloadFile", file_id=file["id"], priority=32, offset=0, limit=0, synchronous=True)
        album = int(found["media_album_id"]) or None
        return kind, digest(pathlib.Path(got["local"]["path"]).read_bytes()), album

    async def thumbnail(self, chat, number):
        thumb = (await self._message(chat, number))["content"]["document"]["thumbnail"]["file"]
        got = await self.ask("downloadFile", file_id=thumb["id"], priority=32, offset=0, limit=0, synchronous=True)
        return pathlib.Path(got["local"]["path"]).read_bytes()

    async def _message(self, chat, number):
        return await self.ask("getMessage", chat_id=await self._chat(chat), message_id=number << 20)

    async def send_place(self, chat, latitude, longitude):
        location = {"@type": "location", "latitude": latitude, "longitude": longitude, "horizontal_accuracy": 0}
        content = {"@type": "inputMessageLocation", "location": location}
        return await self._until_sent((await self.ask(
            "sendMessage", chat_id=await self._chat(chat), input_message_content=content))["id"])

    async def place(self, chat, number):
        location = (await self._message(chat, number))["content"]["location"]
        return round(location["latitude"], 4), round(location["longitude"], 4)

    async def page(self, chat, number):
        it = (await self._message(chat, number))["content"].get("link_preview")
        if it is None:
            return None
        photo = it["type"].get("photo")
        if photo is None:
            return it["title"], it["site_name"], False
        file = max(photo["sizes"], key=lambda it: it["width"])["photo"]
        got = await self.ask("downloadFile", file_id=file["id"], priority=32, offset=0, limit=0, synchronous=True)
        return it["title"], it["site_name"], pathlib.Path(got["local"]["path"]).read_bytes().startswith(JPEG)

    async def page_in(self, text):
        said = {"@type": "formattedText", "text": text, "entities": []}
        try:
            return (await self.ask("getLinkPreview", text=said))["title"]
        except Refused:
            return None


def _content(path, kind, caption):
    file = {"@type": "inputFileLocal", "path": str(path)}
    text = {"@type": "formattedText", "text": caption, "entities": []}
    if kind == "photo":
        photo = {"@type": "inputPhoto", "photo": file, "width": 640, "height": 480}
        return {"@type": "inputMessagePhoto", "photo": photo, "caption": text}
    if kind == "voice":
        note = {"@type": "inputVoiceNote", "voice_note": file, "duration": 2, "waveform": ""}
        return {"@type": "inputMessageVoiceNote", "voice_note": note, "caption": text}
    if kind == "sticker":
        sticker = {"@type": "inputSticker", "sticker": file, "width": 512, "height": 512}
        return {"@type": "inputMessageSticker", "sticker": sticker, "emoji": "🙂"}
    document = {"@type": "inputDocument", "document": file, "disable_content_type_detection": True}
    return {"@type": "inputMessageDocument", "document": document, "caption": text}


class MtcuteCarrying(MtcuteChanging):
    async def fetched_from(self, chat, number, offset):
        return await self.ask("fetchedFrom", chat=chat, number=number, offset=offset)

    async def carry(self, chat, path, kind="document", caption=""):
        return await self.ask("carry", chat=chat, path=str(path), kind=kind, caption=caption)

    async def carry_album(self, chat, paths, caption=""):
        return await self.ask("carryAlbum", chat=chat, paths=[str(it) for it in paths], caption=caption)

    async def fetched(self, chat, number):
        kind, sum, album = await self.ask("fetched", chat=chat, number=number)
        return kind, sum, album

    async def thumbnail(self, chat, number):
        return bytes.fromhex(await self.ask("thumbnail", chat=chat, number=number))

    async def send_place(self, chat, latitude, longitude):
        return await self.ask("sendPlace", chat=chat, latitude=latitude, longitude=longitude)

    async def place(self, chat, number):
        latitude, longitude = await self.ask("place", chat=chat, number=number)
        return round(latitude, 4), round(longitude, 4)

    async def page(self, chat, number):
        shown = await self.ask("page", chat=chat, number=number)
        return shown and (shown[0], shown[1], shown[2])

    async def page_in(self, text):
        return await self.ask("pageIn", text=text)
