// Views, forwards and statistics of channels, for mtcute.mjs.

export const views = (tg) => {
    // The JSON of each graph that there is.
    const drawn = async (graphs) => {
        const all = []
        for (let it of graphs) {
            if (it._ === 'statsGraphAsync') it = await tg.call({ _: 'stats.loadAsyncGraph', token: it.token })
            if (it._ === 'statsGraph') all.push(it.json.data)
        }
        return all
    }
    return {
        async announce({ title }) {
            return (await tg.createChannel({ title, description: '' })).id
        },
        async lookAt({ chat, number }) {
            const peer = await tg.resolvePeer(chat)
            await tg.call({ _: 'messages.getMessagesViews', peer, id: [number], increment: true })
        },
        async counts({ chat, number }) {
            const [it] = await tg.getMessages(chat, [number])
            return [it.views, it.forwards]
        },
        async statistics({ chat }) {
            const channel = await tg.resolveChannel(chat)
            const found = await tg.call({ _: 'stats.getBroadcastStats', channel })
            const posts = found.recentPostsInteractions.map((it) => [it.msgId, it.views, it.forwards])
            const graphs = Object.entries(found).filter(([name]) => name.endsWith('Graph')).map(([, it]) => it)
            return [found.followers.current, posts, await drawn(graphs)]
        },
        async postStatistics({ chat, number }) {
            const channel = await tg.resolveChannel(chat)
            const found = await tg.call({ _: 'stats.getMessageStats', channel, msgId: number })
            return drawn([found.viewsGraph])
        },
    }
}

// What it tells of an update, if it is one of these.
export const counted = (update) => {
    if (update._ === 'updateChannelMessageViews') return { event: 'views', ids: [update.id], upTo: update.views }
    if (update._ === 'updateChannelMessageForwards')
        return { event: 'forwards', ids: [update.id], upTo: update.forwards }
}
