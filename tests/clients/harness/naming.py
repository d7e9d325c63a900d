"""Several public names of one holder, at each client. The holder is a supergroup or channel, or the person itself."""

from telethon import functions

from .groups_tdlib import FIRST


def _active(names, first):
    """Names that lead there, in their order, from the two fields of the protocol."""
    return [it.username for it in names or () if it.active] or ([first] if first else [])


class TelethonNaming:
    async def switch_name(self, holder, name, yes=True):
        """One of the names that were given to it, on or off."""
        if holder == self.id:
            await self.ask(functions.account.ToggleUsernameRequest(name, yes))
        else:
            await self.ask(functions.channels.ToggleUsernameRequest(await self._chat(holder), name, yes))

    async def order_names(self, holder, *names):
        if holder == self.id:
            await self.ask(functions.account.ReorderUsernamesRequest(list(names)))
        else:
            await self.ask(functions.channels.ReorderUsernamesRequest(await self._chat(holder), list(names)))

    async def hush_names(self, channel):
        """All that were given to it are off."""
        await self.ask(functions.channels.DeactivateAllUsernamesRequest(await self._chat(channel)))

    async def _named_so(self, holder):
        if holder < 0:
            return (await self.ask(functions.channels.GetChannelsRequest([await self._chat(holder)]))).chats[0]
        return (await self.ask(functions.users.GetUsersRequest([await self._chat(holder)])))[0]

    async def names_of(self, holder):
        """The names that lead there, in their order."""
        it = await self._named_so(holder)
        return _active(it.usernames, it.username)

    async def silent_names(self, holder):
        """Those that are off, as far as it may know."""
        return [it.username for it in (await self._named_so(holder)).usernames or () if not it.active]


class TdlibNaming:
    async def switch_name(self, holder, name, yes=True):
        if holder == self.id:
            await self.ask("toggleUsernameIsActive", username=name, is_active=yes)
        else:
            number = FIRST - holder
            await self.ask("toggleSupergroupUsernameIsActive", supergroup_id=number, username=name, is_active=yes)

    async def order_names(self, holder, *names):
        if holder == self.id:
            await self.ask("reorderActiveUsernames", usernames=list(names))
        else:
            number = FIRST - holder
            await self.ask("reorderSupergroupActiveUsernames", supergroup_id=number, usernames=list(names))

    async def hush_names(self, channel):
        await self.ask("disableAllSupergroupUsernames", supergroup_id=FIRST - channel)

    async def _usernames(self, holder):
        if holder > 0:
            it = await self.ask("getUser", user_id=holder)
        else:
            it = await self.ask("getSupergroup", supergroup_id=FIRST - holder)
        return it.get("usernames", {})

    async def names_of(self, holder):
        return (await self._usernames(holder)).get("active_usernames", [])

    async def silent_names(self, holder):
        return (await self._usernames(holder)).get("disabled_usernames", [])


class MtcuteNaming:
    async def switch_name(self, holder, name, yes=True):
        await self.ask("switchName", holder=holder, own=holder == self.id, name=name, yes=yes)

    async def order_names(self, holder, *names):
        await self.ask("orderNames", holder=holder, own=holder == self.id, names=names)

    async def hush_names(self, channel):
        await self.ask("hushNames", channel=channel)

    async def names_of(self, holder):
        return [name for name, active in await self.ask("namesOf", holder=holder) if active]

    async def silent_names(self, holder):
        return [name for name, active in await self.ask("namesOf", holder=holder) if not active]
