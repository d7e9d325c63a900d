"""What a person does with supergroups at mtcute."""

from .folders_mtcute import FoldersMtcute
from .person import Refused


class GroupsMtcute(FoldersMtcute):
    async def answer_alone(self, group, number, text):
        """Writes to the author of a message of a group, who is known from there only."""
        await self.ask("answerAlone", number=number, text=text)

    async def raise_group(self, title, about):
        return await self.ask("raiseGroup", title=title, about=about)

    async def bring(self, group, *people):
        await self.ask("bring", group=group, people=people)

    async def rename_group(self, group, title):
        await self.ask("callGroup", group=group, title=title)

    async def name_group(self, group, username):
        await self.ask("nameGroup", group=group, username=username)

    async def find_group(self, username):
        return await self.ask("findGroup", username=username)

    async def enter_group(self, group):
        await self.ask("enterGroup", group=group)

    async def appoint(self, group, user, rights, rank):
        await self.ask("appoint", group=group, user=user, rights=rights, rank=rank)

    async def my_rights(self, group, names):
        had, rank = await self.ask("myRights", group=group, names=names)
        return tuple(had), rank

    async def restrict(self, group, user, until, *rights):
        await self.ask("restrict", group=group, user=user, until=until, rights=rights)

    async def banned_until(self, group, user):
        return await self.ask("bannedUntil", group=group, user=user)

    async def forbid_all(self, group, *rights):
        await self.ask("forbidAll", group=group, rights=rights)

    async def slow(self, group, seconds):
        await self.ask("slow", group=group, seconds=seconds)

    async def people(self, group, kind, words=""):
        return sorted(await self.ask("people", group=group, kind=kind, words=words))

    async def facts(self, group):
        return tuple(await self.ask("facts", group=group))

    async def hide_history(self, group, yes=True):
        await self.ask("hideHistory", group=group, yes=yes)

    async def common(self, user):
        return await self.ask("common", user=user)

    async def standing(self, group):
        try:
            return await self.ask("standing", group=group)
        except Refused as why:
            assert "CHANNEL_PRIVATE" in str(why), why
            return "forbidden"

    async def go_away(self, group):
        await self.ask("leaveGroup", group=group)

    async def dissolve(self, group):
        await self.ask("dissolve", group=group)
