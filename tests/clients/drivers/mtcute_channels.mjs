// Broadcast channels, for mtcute.mjs.

const FIRST = -1000000000000

export const channels = (tg) => ({
    broadcast: async ({ title, about }) => (await tg.createChannel({ title, description: about })).id,
    async signPosts({ channel, profiles }) {
        const done = { signaturesEnabled: true, profilesEnabled: profiles, channel: await tg.resolveChannel(channel) }
        tg.handleClientUpdate(await tg.call({ _: 'channels.toggleSignatures', ...done }))
    },
    async signature({ channel, number }) {
        const [{ raw }] = await tg.getMessages(channel, number)
        if (!raw.post) throw Error('not a post')
        return [raw.postAuthor ?? '', raw.fromId?.userId ?? null]
    },
    async author({ channel, number }) {
        const where = { channel: await tg.resolveChannel(channel), id: number }
        return (await tg.call({ _: 'channels.getMessageAuthor', ...where })).id
    },
    async source({ chat, number }) {
        const [{ raw: { fwdFrom } }] = await tg.getMessages(chat, number)
        return [FIRST - fwdFrom.fromId.channelId, fwdFrom.channelPost, fwdFrom.postAuthor ?? '']
    },
    async showChannel({ channel }) {
        await tg.call({ _: 'account.updatePersonalChannel', channel: await tg.resolveChannel(channel) })
    },
    async shownChannel({ user }) {
        const { fullUser } = await tg.call({ _: 'users.getFullUser', id: await tg.resolveUser(user) })
        return fullUser.personalChannelId ? FIRST - fullUser.personalChannelId : null
    },
    async publicChannels() {
        return (await tg.call({ _: 'channels.getAdminedPublicChannels' })).chats.map((it) => FIRST - it.id)
    },
    async keepPosts({ channel }) {
        const done = { peer: await tg.resolvePeer(channel), enabled: true }
        tg.handleClientUpdate(await tg.call({ _: 'messages.toggleNoForwards', ...done }))
    },
})
