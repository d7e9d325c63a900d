"""What a person does with broadcast channels at mtcute, beside what it does with supergroups."""

from .person import Refused


class ChannelsMtcute:
    async def broadcast(self, title, about):
        return await self.ask("broadcast", title=title, about=about)

    async def look_in(self, channel):
        """It asks whenever it wants to know."""

    async def sign_posts(self, channel, profiles=False):
        await self.ask("signPosts", channel=channel, profiles=profiles)

    async def signature(self, channel, number):
        return tuple(await self.ask("signature", channel=channel, number=number))

    async def author(self, channel, number):
        return await self.ask("author", channel=channel, number=number)

    async def source(self, chat, number):
        return tuple(await self.ask("source", chat=chat, number=number))

    async def show_channel(self, channel):
        await self.ask("showChannel", channel=channel)

    async def shown_channel(self, user):
        return await self.ask("shownChannel", user=user)

    async def public_channels(self):
        return sorted(await self.ask("publicChannels"))

    async def keep_posts(self, channel):
        await self.ask("keepPosts", channel=channel)

    async def hears_of_members(self, channel):
        try:
            await self.people(channel, "Recent")
        except Refused as why:
            assert "CHAT_ADMIN_REQUIRED" in str(why), why
            return False
        return True
