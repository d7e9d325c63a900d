// Whose a group is and what its members may do, for mtcute.mjs.

export const owning = (tg) => ({
    async handOver({ group, user, password }) {
        const [channel, userId] = [await tg.resolveChannel(group), await tg.resolveUser(user)]
        const proof = await tg.computeSrpParams(await tg.call({ _: 'account.getPassword' }), password)
        tg.handleClientUpdate(await tg.call({ _: 'channels.editCreator', channel, userId, password: proof }))
    },
    async owns({ group, user }) {
        const [channel, participant] = [await tg.resolveChannel(group), await tg.resolvePeer(user)]
        const found = await tg.call({ _: 'channels.getParticipant', channel, participant })
        return found.participant._ === 'channelParticipantCreator'
    },
    async mayAllWrite({ group }) {
        const [it] = (await tg.call({ _: 'messages.getChats', id: [-group] })).chats
        return !it.defaultBannedRights.sendPlain
    },
})
