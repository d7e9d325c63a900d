// The life of a supergroup, for mtcute.mjs. Rights come by the protocol's names, with underscores.

const FIRST = -1000000000000

export const groups = (tg, Long) => {
    const camel = (name) => name.replace(/_(.)/g, (_, it) => it.toUpperCase())
    const rights = (kind, names) => ({ _: kind, ...Object.fromEntries(names.map((it) => [camel(it), true])) })
    const banned = (names, until) => ({ ...rights('chatBannedRights', names), untilDate: until })
    const participant = async (group, user) => (await tg.call({
        _: 'channels.getParticipant', channel: await tg.resolveChannel(group), participant: await tg.resolvePeer(user),
    })).participant
    return {
        raiseGroup: async ({ title, about }) => (await tg.createSupergroup({ title, description: about })).id,
        async bring({ group, people }) {
            const missing = await tg.addChatMembers(group, people, {})
            if (missing.length) throw Error(`not brought: ${missing.map((it) => it.userId)}`)
        },
        nameGroup: async ({ group, username }) => { await tg.setChatUsername(group, username || null) },
        findGroup: async ({ username }) =>
            FIRST - (await tg.call({ _: 'contacts.resolveUsername', username })).peer.channelId,
        enterGroup: async ({ group }) => { await tg.joinChat(group) },
        async appoint({ group, user, rights: names, rank }) {
            const [channel, userId] = [await tg.resolveChannel(group), await tg.resolveUser(user)]
            const done = { channel, userId, adminRights: rights('chatAdminRights', names), rank }
            tg.handleClientUpdate(await tg.call({ _: 'channels.editAdmin', ...done }))
        },
        async myRights({ group, names }) {
            const it = await participant(group, 'me')
            return [names.filter((name) => it.adminRights?.[camel(name)]), it.rank ?? '']
        },
        async restrict({ group, user, until, rights: names }) {
            const [channel, one] = [await tg.resolveChannel(group), await tg.resolvePeer(user)]
            const done = { channel, participant: one, bannedRights: banned(names, until) }
            tg.handleClientUpdate(await tg.call({ _: 'channels.editBanned', ...done }))
        },
        bannedUntil: async ({ group, user }) => (await participant(group, user)).bannedRights.untilDate,
        async forbidAll({ group, rights: names }) {
            const done = { peer: await tg.resolvePeer(group), bannedRights: banned(names, 0) }
            tg.handleClientUpdate(await tg.call({ _: 'messages.editChatDefaultBannedRights', ...done }))
        },
        slow: async ({ group, seconds }) => { await tg.setSlowMode(group, seconds) },
        async people({ group, kind, words }) {
            const found = await tg.call({
                _: 'channels.getParticipants', channel: await tg.resolveChannel(group),
                filter: { _: `channelParticipants${kind}`, q: words }, offset: 0, limit: 100, hash: Long.ZERO,
            })
            return found.participants.map((it) => it.userId ?? it.peer.userId)
        },
        async facts({ group }) {
            const { fullChat } = await tg.call({ _: 'channels.getFullChannel', channel: await tg.resolveChannel(group) })
            return [fullChat.participantsCount, fullChat.about, fullChat.slowmodeSeconds ?? 0]
        },
        async hideHistory({ group, yes }) {
            const channel = await tg.resolveChannel(group)
            tg.handleClientUpdate(await tg.call({ _: 'channels.togglePreHistoryHidden', channel, enabled: yes }))
        },
        async common({ user }) {
            const userId = await tg.resolveUser(user)
            const { chats } = await tg.call({ _: 'messages.getCommonChats', userId, maxId: 0, limit: 10 })
            return chats.map((it) => FIRST - it.id)
        },
        async standing({ group }) {
            let channel
            try {
                channel = await tg.resolveChannel(group)
            } catch {
                // It has not been told of it yet.
                return 'out'
            }
            const { chats: [it] } = await tg.call({ _: 'channels.getChannels', id: [channel] })
            if (it._ === 'channelForbidden') return 'forbidden'
            return it.left ? 'out' : 'in'
        },
        dissolve: async ({ group }) => { await tg.deleteSupergroup(group) },
    }
}
