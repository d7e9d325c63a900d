// Invite links and requests to join, for mtcute.mjs.

export const invites = (tg, Long) => ({
    async found({ title }) {
        const made = await tg.createSupergroup({ title, description: 'about' })
        return made.id
    },
    async link({ group, title, byRequest, limit }) {
        const peer = await tg.resolvePeer(group)
        const terms = { title: title || undefined, requestNeeded: byRequest, usageLimit: limit || undefined }
        return (await tg.call({ _: 'messages.exportChatInvite', peer, ...terms })).link
    },
    async preview({ link }) {
        const it = await tg.getChatPreview(link)
        return [it.title, it.memberCount, it.withApproval]
    },
    follow: async ({ link }) => { await tg.call({ _: 'messages.importChatInvite', hash: link.split('+')[1] }) },
    async asking({ group }) {
        const found = await tg.getInviteLinkMembers(group, { requested: true, limit: 10 })
        return [...found].map((it) => it.user.id)
    },
    async cameBy({ group, link }) {
        const found = await tg.getInviteLinkMembers(group, { link, limit: 10 })
        return [...found].map((it) => it.user.id)
    },
    async grant({ group, user, yes }) {
        await tg.hideJoinRequest({ chatId: group, user, action: yes ? 'approve' : 'decline' })
    },
    revokeLink: async ({ group, link }) => { await tg.revokeInviteLink(group, link) },
    async adminLog({ group }) {
        const channel = await tg.resolveChannel(group)
        const all = { q: '', maxId: Long.ZERO, minId: Long.ZERO, limit: 50 }
        const { events } = await tg.call({ _: 'channels.getAdminLog', channel, ...all })
        return events.map((it) => it.action._.replace('channelAdminLogEventAction', ''))
    },
})
