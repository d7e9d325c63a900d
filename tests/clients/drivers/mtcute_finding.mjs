// Finding channels and posts, for mtcute.mjs.

const FIRST = -1000000000000

export const finding = (tg) => {
    const texts = (found) => [...found].map((it) => it.text)
    return {
        async publish({ title, username }) {
            const made = await tg.createChannel({ title, description: 'about' })
            if (username) await tg.setChatUsername(made.id, username)
            return made.id
        },
        async finds({ words }) {
            const { results } = await tg.call({ _: 'contacts.search', q: words, limit: 10 })
            return results.map((it) => it.userId ?? FIRST - it.channelId)
        },
        postsTagged: async ({ tag }) => texts(await tg.searchHashtag(tag, { limit: 10 })),
        postsWorded: async ({ words }) => texts(await tg.searchPostsGlobal(words, { limit: 10 })),
        searchesLeft: async () => (await tg.call({ _: 'channels.checkSearchPostsFlood' })).remains,
        async alike({ channel }) {
            if (channel) return [...await tg.getSimilarChannels(channel)].map((it) => it.id)
            const { chats } = await tg.call({ _: 'channels.getChannelRecommendations' })
            return chats.map((it) => FIRST - it.id)
        },
        anywhere: async ({ words }) => texts(await tg.searchGlobal({ query: words, limit: 10 })),
        within: async ({ channel, words }) => texts(await tg.searchMessages({ chatId: channel, query: words, limit: 10 })),
        async looks({ link }) {
            const it = await tg.call({ _: 'messages.checkChatInvite', hash: link.split('+')[1] })
            if (it._ !== 'chatInvite') return [true, it.chat.title, false]
            if (!it.channel || !it.broadcast || it.megagroup) throw Error(`no channel: ${JSON.stringify(it)}`)
            return [false, it.title, Boolean(it.requestNeeded)]
        },
    }
}
