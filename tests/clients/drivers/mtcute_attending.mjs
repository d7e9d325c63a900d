// Who is there and who has read, and how one looks at a group for oneself, for mtcute.mjs.

export const attending = (tg) => ({
    onlines: async ({ group }) =>
        (await tg.call({ _: 'messages.getOnlines', peer: await tg.resolvePeer(group) })).onlines,
    async readers({ group, number }) {
        const peer = await tg.resolvePeer(group)
        return (await tg.call({ _: 'messages.getMessageReadParticipants', peer, msgId: number })).map((it) => it.userId)
    },
    async forgetHistory({ group }) {
        const channel = await tg.resolveChannel(group)
        tg.handleClientUpdate(await tg.call({ _: 'channels.deleteHistory', channel, maxId: 2 ** 31 - 1 }))
    },
    async showAsMessages({ forum, yes }) {
        const channel = await tg.resolveChannel(forum)
        tg.handleClientUpdate(await tg.call({ _: 'channels.toggleViewForumAsMessages', channel, enabled: yes }))
    },
    async draftIn({ forum, topic, text }) {
        const replyTo = { _: 'inputReplyToMessage', replyToMsgId: topic, topMsgId: topic }
        await tg.call({ _: 'messages.saveDraft', peer: await tg.resolvePeer(forum), message: text, replyTo })
    },
    async draftOf({ forum, topic }) {
        const peer = await tg.resolvePeer(forum)
        const { topics } = await tg.call({ _: 'messages.getForumTopicsByID', peer, topics: [topic] })
        return topics[0].draft?.message ?? ''
    },
    shownAsMessages: async ({ forum }) => Boolean((await tg.getPeerDialogs(forum))[0].raw.viewForumAsMessages),
})
