"""What who is not in a public channel does with it, at each client."""

from telethon import functions, types


class TelethonPassing:
    async def missed(self, channel, pts):
        """What happened there since: the kind of answer, texts of new messages, seconds until it may ask again."""
        request = functions.updates.GetChannelDifferenceRequest(
            await self._chat(channel), types.ChannelMessagesFilterEmpty(), pts, 100, force=True)
        found = await self.ask(request)
        messages = getattr(found, "new_messages", None) or getattr(found, "messages", [])
        kind = type(found).__name__.removeprefix("ChannelDifference")
        return kind, [it.message for it in messages if isinstance(it, types.Message)], found.timeout

    async def log_of(self, channel):
        """Where its log stands."""
        return (await self.ask(functions.channels.GetFullChannelRequest(await self._chat(channel)))).full_chat.pts


class TdlibPassing:
    async def keep_open(self, channel):
        """It asks for news while it has the channel open."""
        await self.ask("openChat", chat_id=channel)


class MtcutePassing:
    async def keep_open(self, channel):
        await self.ask("keepOpen", group=channel)
