"""What a person does with basic groups at mtcute. A group has its marked number, below 0."""


class BasicMtcute:
    async def make_group(self, title, *people):
        return await self.ask("makeGroup", title=title, people=people)

    async def call_group(self, group, title):
        await self.ask("callGroup", group=group, title=title)

    async def describe_group(self, group, about):
        await self.ask("describeGroup", group=group, about=about)

    async def add_member(self, group, user, forward=0):
        await self.ask("addMember", group=group, user=user, forward=forward)

    async def remove_member(self, group, user):
        await self.ask("removeMember", group=group, user=user)

    async def leave_group(self, group):
        await self.ask("leaveGroup", group=group)

    async def promote(self, group, user, yes=True):
        await self.ask("promote", group=group, user=user, yes=yes)

    async def members(self, group):
        return [tuple(it) for it in await self.ask("members", group=group)]

    async def group(self, group):
        return tuple(await self.ask("group", group=group))

    async def pin_message(self, chat, number, yes=True):
        await self.ask("pinMessage", chat=chat, number=number, yes=yes)

    async def pinned_messages(self, chat):
        return await self.ask("pinnedMessages", chat=chat)

    async def mentions(self, chat):
        return await self.ask("mentions", chat=chat)

    async def migrate(self, group):
        return await self.ask("migrate", group=group)

    async def read_mentions(self, chat):
        await self.ask("readMentions", chat=chat)
