// Folders, the archive and shared folders, for mtcute.mjs.

export const folders = (tg, getMarkedPeerId) => {
    const numbered = async (title) => {
        const { filters } = await tg.getFolders()
        return filters.find((it) => it.title?.text === title)
    }
    const inputs = (chats) => Promise.all(chats.map((it) => tg.resolvePeer(it)))
    const titled = (text) => ({ _: 'textWithEntities', text, entities: [] })
    const list = async (title) => ({ _: 'inputChatlistDialogFilter', filterId: (await numbered(title)).id })
    return {
        async folders() {
            const { filters } = await tg.getFolders()
            return filters.map((it) => it._ === 'dialogFilterDefault'
                ? null : [it.title.text, it.includePeers.map((peer) => getMarkedPeerId(peer))])
        },
        async makeFolder({ title, chats }) {
            await tg.createFolder({ title: titled(title), includePeers: await inputs(chats) })
        },
        async changeFolder({ title, new: text, chats }) {
            await tg.editFolder({ folder: title, modification: { title: titled(text), includePeers: await inputs(chats) } })
        },
        deleteFolder: async ({ title }) => { await tg.deleteFolder((await numbered(title)).id) },
        async orderFolders({ titles }) {
            const order = []
            for (const it of titles) order.push(it === '*' ? 0 : (await numbered(it)).id)
            await tg.setFoldersOrder(order)
        },
        archive: async ({ chat, yes }) => { await (yes ? tg.archiveChats(chat) : tg.unarchiveChats(chat)) },
        async archived() {
            const all = []
            for await (const it of tg.iterDialogs({ archived: 'only' })) all.push(it.peer.id)
            return all
        },
        async shareFolder({ title, chats }) {
            const peers = await inputs(chats)
            const made = await tg.call({ _: 'chatlists.exportChatlistInvite', chatlist: await list(title), title: 'For friends', peers })
            return made.invite.url
        },
        async folderBehind({ link }) {
            const it = await tg.getChatlistPreview(link)
            return [it.title.text, it.chats.map((chat) => chat.title)]
        },
        takeFolder: async ({ link }) => { await tg.joinChatlist(link) },
        async leaveFolder({ title }) {
            const chatlist = await list(title)
            const found = await tg.call({ _: 'chatlists.getLeaveChatlistSuggestions', chatlist })
            const peers = await inputs(found.map((it) => getMarkedPeerId(it)))
            tg.handleClientUpdate(await tg.call({ _: 'chatlists.leaveChatlist', chatlist, peers }))
        },
    }
}
