// A channel with comments, for mtcute.mjs.

export const comments = (tg, Long) => {
    const thread = async (channel, msgId) => {
        const peer = await tg.resolvePeer(channel)
        return { peer, ...await tg.call({ _: 'messages.getDiscussionMessage', peer, msgId }) }
    }
    return {
        beginChannel: async ({ title }) => (await tg.createChannel({ title, description: '' })).id,
        async linkGroup({ channel, group }) {
            const broadcast = await tg.resolveChannel(channel)
            const there = group ? await tg.resolveChannel(group) : { _: 'inputChannelEmpty' }
            await tg.call({ _: 'channels.setDiscussionGroup', broadcast, group: there })
        },
        linkedGroup: async ({ channel }) => (await tg.getFullChat(channel)).linkedChat?.id ?? null,
        async forComments() {
            const { chats } = await tg.call({ _: 'channels.getGroupsForDiscussion' })
            return chats.map((it) => (it._ === 'chat' ? -it.id : -1000000000000 - it.id))
        },
        async comment({ channel, post, text }) {
            const [message] = await tg.getMessages(channel, post)
            return (await tg.commentText(message, text)).id
        },
        async comments({ channel, post }) {
            const peer = await tg.resolvePeer(channel)
            const all = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 50, maxId: 0, minId: 0, hash: Long.ZERO }
            const { messages } = await tg.call({ _: 'messages.getReplies', peer, msgId: post, ...all })
            return messages.map((it) => it.message)
        },
        commentCount: async ({ channel, post }) => (await tg.getMessages(channel, post))[0].replies?.count ?? null,
        async blockFromReplies({ answer }) {
            await tg.call({ _: 'contacts.blockFromReplies', msgId: answer, deleteMessage: true, deleteHistory: true })
        },
        unreadComments: async ({ channel, post }) => (await thread(channel, post)).unreadCount,
        async readComments({ channel, post }) {
            const { peer, maxId } = await thread(channel, post)
            await tg.call({ _: 'messages.readDiscussion', peer, msgId: post, readMaxId: maxId })
        },
    }
}
