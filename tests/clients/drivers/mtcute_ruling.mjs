// What admins do in a supergroup beside the daily things, for mtcute.mjs.

export const ruling = (tg, getMarkedPeerId) => {
    const toggled = async (method, group, enabled) => {
        tg.handleClientUpdate(await tg.call({ _: `channels.${method}`, channel: await tg.resolveChannel(group), enabled }))
    }
    return {
        unpinAll: async ({ chat }) => { await tg.unpinAllMessages(chat) },
        async deleteAllOf({ group, user }) {
            const [channel, participant] = [await tg.resolveChannel(group), await tg.resolvePeer(user)]
            let left = 1
            while (left) left = (await tg.call({ _: 'channels.deleteParticipantHistory', channel, participant })).offset
        },
        async linksOf({ group, admin, revoked }) {
            const [peer, adminId] = [await tg.resolvePeer(group), await tg.resolveUser(admin)]
            const found = await tg.call({ _: 'messages.getExportedChatInvites', peer, adminId, revoked, limit: 50 })
            return found.invites.filter((it) => !it.permanent).map((it) => it.title)
        },
        async linkMakers({ group }) {
            const { admins } = await tg.call({ _: 'messages.getAdminsWithInvites', peer: await tg.resolvePeer(group) })
            return admins.map((it) => [it.adminId, it.revokedInvitesCount ?? 0])
        },
        async dropRevoked({ group, admin }) {
            const [peer, adminId] = [await tg.resolvePeer(group), await tg.resolveUser(admin)]
            await tg.call({ _: 'messages.deleteRevokedExportedChatInvites', peer, adminId })
        },
        async voices({ group }) {
            const { peers } = await tg.call({ _: 'channels.getSendAs', peer: await tg.resolvePeer(group) })
            return peers.map((it) => getMarkedPeerId(it.peer))
        },
        async speakAs({ group, who }) {
            const [peer, sendAs] = [await tg.resolvePeer(group), await tg.resolvePeer(who)]
            await tg.call({ _: 'messages.saveDefaultSendAs', peer, sendAs })
        },
        speaker: async ({ group, number }) => (await tg.getMessages(group, number))[0].sender.id,
        letInByHand: ({ group, yes }) => toggled('toggleJoinRequest', group, yes),
        hideMembers: ({ group, yes }) => toggled('toggleParticipantsHidden', group, yes),
        async switches({ group }) {
            const found = await tg.call({ _: 'channels.getFullChannel', channel: await tg.resolveChannel(group) })
            const { joinRequest } = found.chats.find((it) => it.id === found.fullChat.id)
            return [Boolean(joinRequest), Boolean(found.fullChat.participantsHidden)]
        },
    }
}
