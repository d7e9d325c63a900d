// Several public names of one holder, for mtcute.mjs.

export const naming = (tg) => ({
    async switchName({ holder, own, name, yes }) {
        const done = { username: name, active: yes }
        if (own) await tg.call({ _: 'account.toggleUsername', ...done })
        else await tg.call({ _: 'channels.toggleUsername', channel: await tg.resolveChannel(holder), ...done })
    },
    async orderNames({ holder, own, names }) {
        if (own) await tg.call({ _: 'account.reorderUsernames', order: names })
        else await tg.call({ _: 'channels.reorderUsernames', channel: await tg.resolveChannel(holder), order: names })
    },
    async hushNames({ channel }) {
        await tg.call({ _: 'channels.deactivateAllUsernames', channel: await tg.resolveChannel(channel) })
    },
    async namesOf({ holder }) {
        const it = holder > 0
            ? (await tg.call({ _: 'users.getUsers', id: [await tg.resolveUser(holder)] }))[0]
            : (await tg.call({ _: 'channels.getChannels', id: [await tg.resolveChannel(holder)] })).chats[0]
        if (it.usernames?.length) return it.usernames.map((one) => [one.username, Boolean(one.active)])
        return it.username ? [[it.username, true]] : []
    },
})
