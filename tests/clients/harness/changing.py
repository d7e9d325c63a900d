"""What changes after it was sent, at each client: replaced files, notes that are heard, timed photos, places that move."""

import hashlib
import pathlib

from telethon import functions, types

PERIOD = 900


class TelethonChanging:
    async def replace(self, chat, number, path, caption=""):
        """Puts another file into a message."""
        await self.client.edit_message(await self._chat(chat), number, caption, file=str(path))

    async def carry_timed(self, chat, path, seconds):
        """Sends a photo that is shown for so long."""
        return (await self.client.send_file(await self._chat(chat), str(path), ttl=seconds)).id

    async def open_contents(self, chat, number):
        """Hears or looks at what a message carries."""
        await self.client(functions.messages.ReadMessageContentsRequest([number]))

    async def is_unheard(self, chat, number):
        return bool((await self._found(chat, number)).media_unread)

    async def is_over(self, chat, number):
        """Whether a timed photo has left its place empty."""
        return (await self._found(chat, number)).media.photo is None

    async def send_live(self, chat, latitude, longitude):
        media = types.InputMediaGeoLive(types.InputGeoPoint(latitude, longitude), period=PERIOD, heading=45)
        return (await self.client.send_file(await self._chat(chat), media)).id

    async def move(self, chat, number, latitude, longitude):
        media = types.InputMediaGeoLive(types.InputGeoPoint(latitude, longitude))
        await self.client(functions.messages.EditMessageRequest(await self._chat(chat), number, media=media))

    async def stop_moving(self, chat, number):
        media = types.InputMediaGeoLive(types.InputGeoPointEmpty(), stopped=True)
        await self.client(functions.messages.EditMessageRequest(await self._chat(chat), number, media=media))

    async def whereabouts(self, chat, number):
        """Where somebody is, and whether it still moves."""
        live = (await self._found(chat, number)).media
        return round(live.geo.lat, 4), round(live.geo.long, 4), live.period == PERIOD

    async def held(self, chat, number):
        """A message's file as it is known now, to be fetched later: the SHA-256 of its bytes."""
        found = await self._found(chat, number)

        async def fetch():
            return hashlib.sha256(await self.client.download_media(found, file=bytes)).hexdigest()

        return fetch

    async def _found(self, chat, number):
        return await self.client.get_messages(await self._chat(chat), ids=number)


class TdlibChanging:
    async def replace(self, chat, number, path, caption=""):
        photo = {"@type": "inputPhoto", "photo": {"@type": "inputFileLocal", "path": str(path)}}
        text = {"@type": "formattedText", "text": caption, "entities": []}
        content = {"@type": "inputMessagePhoto", "photo": photo, "caption": text}
        await self.ask("editMessageMedia", **await self._where(chat, number), input_message_content=content)

    async def carry_timed(self, chat, path, seconds):
        photo = {"@type": "inputPhoto", "photo": {"@type": "inputFileLocal", "path": str(path)}}
        shown = {"@type": "messageSelfDestructTypeTimer", "self_destruct_time": seconds}
        content = {"@type": "inputMessagePhoto", "photo": photo, "self_destruct_type": shown}
        return await self._until_sent((await self.ask(
            "sendMessage", chat_id=await self._chat(chat), input_message_content=content))["id"])

    async def open_contents(self, chat, number):
        await self.ask("openMessageContent", **await self._where(chat, number))

    async def is_unheard(self, chat, number):
        return not (await self._message(chat, number))["content"]["is_listened"]

    async def is_over(self, chat, number):
        return (await self._message(chat, number))["content"]["@type"] == "messageExpiredPhoto"

    async def send_live(self, chat, latitude, longitude):
        content = {"@type": "inputMessageLiveLocation", "location": _live(latitude, longitude, 45)}
        return await self._until_sent((await self.ask(
            "sendMessage", chat_id=await self._chat(chat), input_message_content=content))["id"])

    async def move(self, chat, number, latitude, longitude):
        where = await self._where(chat, number)
        await self.ask("editMessageLiveLocation", **where, location=_live(latitude, longitude, 0))

    async def stop_moving(self, chat, number):
        await self.ask("editMessageLiveLocation", **await self._where(chat, number), location=None)

    async def whereabouts(self, chat, number):
        content = (await self._message(chat, number))["content"]
        assert content["@type"] == "messageLiveLocation", content
        at = content["location"]["location"]
        return round(at["latitude"], 4), round(at["longitude"], 4), content["expires_in"] > 0

    async def held(self, chat, number):
        file = (await self._message(chat, number))["content"]["document"]["document"]["id"]

        async def fetch():
            got = await self.ask("downloadFile", file_id=file, priority=32, offset=0, limit=0, synchronous=True)
            return hashlib.sha256(pathlib.Path(got["local"]["path"]).read_bytes()).hexdigest()

        return fetch

    async def _where(self, chat, number):
        return {"chat_id": await self._chat(chat), "message_id": number << 20}


def _live(latitude, longitude, heading):
    location = {"@type": "location", "latitude": latitude, "longitude": longitude, "horizontal_accuracy": 0}
    return {"@type": "liveLocation", "location": location, "live_period": PERIOD, "heading": heading}


class MtcuteChanging:
    async def held(self, chat, number):
        await self.ask("hold", chat=chat, number=number)

        async def fetch():
            return await self.ask("fetchHeld")

        return fetch

    async def replace(self, chat, number, path, caption=""):
        await self.ask("replace", chat=chat, number=number, path=str(path), caption=caption)

    async def carry_timed(self, chat, path, seconds):
        return await self.ask("carryTimed", chat=chat, path=str(path), seconds=seconds)

    async def open_contents(self, chat, number):
        await self.ask("openContents", number=number)

    async def is_unheard(self, chat, number):
        return await self.ask("isUnheard", chat=chat, number=number)

    async def is_over(self, chat, number):
        return await self.ask("isOver", chat=chat, number=number)

    async def send_live(self, chat, latitude, longitude):
        return await self.ask("sendLive", chat=chat, latitude=latitude, longitude=longitude, period=PERIOD)

    async def move(self, chat, number, latitude, longitude):
        await self.ask("move", chat=chat, number=number, latitude=latitude, longitude=longitude)

    async def stop_moving(self, chat, number):
        await self.ask("stopMoving", chat=chat, number=number)

    async def whereabouts(self, chat, number):
        latitude, longitude, period = await self.ask("whereabouts", chat=chat, number=number)
        return round(latitude, 4), round(longitude, 4), period == PERIOD
