// A person at mtcute. In: {"id", "do", ...}. Out: {"id", "ok"}, {"id", "refused"}, {"id", "error"} or {"event", ...}.
// usage: node mtcute.mjs NODE_MODULES PORT PEM tcp|pfs|proxy|ws SECRET STATE

import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import { attending } from './mtcute_attending.mjs'
import { carrying } from './mtcute_carrying.mjs'
import { channels } from './mtcute_channels.mjs'
import { comments } from './mtcute_comments.mjs'
import { finding } from './mtcute_finding.mjs'
import { folders } from './mtcute_folders.mjs'
import { groups } from './mtcute_groups.mjs'
import { invites } from './mtcute_invites.mjs'
import { keeping } from './mtcute_keeping.mjs'
import { naming } from './mtcute_naming.mjs'
import { owning } from './mtcute_owning.mjs'
import { passing } from './mtcute_passing.mjs'
import { portraits } from './mtcute_portraits.mjs'
import { ruling } from './mtcute_ruling.mjs'
import { sets } from './mtcute_sets.mjs'
import { stickers } from './mtcute_stickers.mjs'
import { counted, views } from './mtcute_views.mjs'

const [packages, port, pem, way, secret, stateFile] = process.argv.slice(2)
// The packages lie elsewhere than this file.
const load = (file) => import(pathToFileURL(path.join(packages, file)))
const { Long, MemoryStorage, MtProxyTcpTransport, TelegramClient, tl } = await load('@mtcute/node/index.js')
const { addPublicKey, getMarkedPeerId } = await load('@mtcute/core/utils.js')
const { __publicKeyIndex } = await load('@mtcute/core/tl/binary/rsa-keys.js')
const { NodeCryptoProvider } = await load('@mtcute/node/utils/crypto.js')

const crypto = new NodeCryptoProvider()
await crypto.initialize()
for (const known of Object.keys(__publicKeyIndex)) delete __publicKeyIndex[known]
addPublicKey(crypto, fs.readFileSync(pem, 'utf8'))
// The library looks a fingerprint up without its leading zeros, and stores it with them.
for (const known of Object.keys(__publicKeyIndex)) __publicKeyIndex[known.replace(/^0+/, '')] = __publicKeyIndex[known]

// The library's file storage needs a compiled package; its memory, written out at the end, keeps as much.
const storage = new MemoryStorage()
if (fs.existsSync(stateFile)) {
    for (const [name, kept] of v8.deserialize(fs.readFileSync(stateFile))) {
        const now = storage.driver.states.get(name)
        if (now instanceof Map) kept.forEach((value, key) => now.set(key, value))
        else Object.assign(now, kept)
    }
}

const dc = (more = {}) => ({ id: 2, ipAddress: '127.0.0.1', port: Number(port), ...more })
const options = {
    apiId: 1,
    apiHash: 'a'.repeat(32),
    storage,
    logLevel: 2,
    defaultDcs: { main: dc(), media: dc({ mediaOnly: true }) },
    updates: { catchUp: true },
    network: { usePfs: way === 'pfs' },
}
if (way === 'proxy') options.transport = new MtProxyTcpTransport({ host: '127.0.0.1', port: Number(port), secret })
if (way === 'ws') {
    const { WebSocketTransport } = await load('@mtcute/web/index.js')
    // The transport only makes wss:// addresses under a domain.
    class Local extends WebSocket {
        constructor(_url, protocols) { super(`ws://127.0.0.1:${port}/apiws`, protocols) }
    }
    options.transport = new WebSocketTransport({ ws: Local })
}
// Standard output is for answers.
const complain = (...words) => process.stderr.write(words.map(String).join(' ') + '\n')
const tg = new TelegramClient(options)
let leaving = false
tg.log.mgr.handler = (_color, level, tag, format, values) => {
    // What it calls its own requests that were under way when it was told to end.
    if (leaving && [format, ...values].some((it) => String(it).includes('Session is reset'))) return
    // On a slow machine it sends its first packet before it notes that it is connected, and then forgets the ping in it.
    if (String(format).includes('received pong to unknown ping')) return
    // Of users and channels as everybody in a large group is told of them; it asks for those that it does not know.
    if (/received (user|channel) without access hash/.test(String(format))) return
    complain(level === 1 ? 'ERROR' : 'WARN', tag, format, ...values)
}
// It calls the end of its own connection an error, too.
tg.onError.add((error) => leaving || complain('ERROR', error.stack ?? error))
process.on('unhandledRejection', (error) => complain('ERROR unhandled', error.stack ?? error))

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const seen = (message) => ({
    id: message.id, text: message.text, out: message.isOutgoing,
    reply_to: message.replyToMessage?.id ?? null, chat: message.chat.id,
})
// Who wrote what was heard, by its number.
const senders = new Map()
tg.onUpdate.add(({ name, data }) => {
    if (name === 'new_message') {
        senders.set(data.id, data.sender.id)
        say({ event: 'new', message: seen(data) })
    }
    if (name === 'edit_message') say({ event: 'edited', message: seen(data) })
    if (name === 'delete_message') say({ event: 'deleted', ids: data.messageIds })
    if (name === 'history_read') say({ event: data.isOutbox ? 'read' : 'seen', upTo: data.maxReadId })
})

const reactionsOf = (it) => (it?.results ?? []).map((one) => [one.reaction.emoticon, one.count]).sort(byEmoji)
// In the order of code points, as the harness sorts.
const byEmoji = ([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))
tg.onRawUpdate.add(({ update }) => {
    if (update._ === 'updateMessageReactions')
        say({ event: 'reacted', ids: [update.msgId], reactions: reactionsOf(update.reactions) })
    const moved = counted(update)
    if (moved) say(moved)
})

const signedIn = async () => {
    const me = await tg.getMe()
    await tg.notifyLoggedIn(me.raw)
    await tg.startUpdatesLoop()
    return me.id
}

const defer = () => {
    const it = {}
    it.promise = new Promise((resolve) => { it.resolve = resolve })
    return it
}
// The login that this client shows, until somebody lets it in.
let shown = null

// A poll of a basic group by what it asks.
const pollOf = async (group, question) => {
    const all = await tg.getHistory(-group, { limit: 20 })
    return all.find((it) => it.media?.type === 'poll' && it.media.question === question)
}

const actions = {
    connect: async () => { await tg.connect() },
    async signIn({ phone, code, name, password }) {
        const { phoneCodeHash } = await tg.sendCode({ phone })
        const sent = { phoneNumber: phone, phoneCodeHash }
        try {
            // The library's own signIn refuses new numbers.
            const answer = await tg.call({ _: 'auth.signIn', ...sent, phoneCode: code })
            if (answer._ === 'auth.authorizationSignUpRequired')
                await tg.call({ _: 'auth.signUp', ...sent, firstName: name, lastName: '' })
        } catch (error) {
            if (error.text !== 'SESSION_PASSWORD_NEEDED' || password === null) throw error
            await tg.checkPassword(password)
        }
        return signedIn()
    },
    resume: signedIn,
    async me() {
        const me = await tg.getMe()
        return [me.id, me.firstName, me.username]
    },
    async add({ phone, name }) {
        const { users } = await tg.importContacts([{ phone, firstName: name, lastName: '' }])
        return users[0]?.id ?? null
    },
    find: async ({ username }) => (await tg.call({ _: 'contacts.resolveUsername', username })).peer.userId,
    setUsername: async ({ username }) => { await tg.setMyUsername(username) },
    send: async ({ chat, text, replyTo }) => (await tg.sendText(chat, text, replyTo ? { replyTo } : {})).id,
    answerAlone: async ({ number, text }) => { await tg.sendText(senders.get(number), text) },
    edit: async ({ chat, number, text }) => { await tg.editMessage({ chatId: chat, message: number, text }) },
    delete: async ({ chat, numbers, forAll }) => { await tg.deleteMessagesById(chat, numbers, { revoke: forAll }) },
    read: async ({ chat, upTo }) => { await tg.readHistory(chat, { maxId: upTo }) },
    async history({ chat, limit }) {
        const all = []
        for await (const it of tg.iterHistory(chat, { limit })) all.push(seen(it))
        return all
    },
    async makeGroup({ title, people }) {
        const { chat } = await tg.createGroup({ title, users: people })
        return chat.id
    },
    callGroup: async ({ group, title }) => { await tg.setChatTitle(group, title) },
    describeGroup: async ({ group, about }) => { await tg.setChatDescription(group, about) },
    async addMember({ group, user, forward }) {
        await tg.addChatMembers(group, user, { forwardCount: forward })
    },
    removeMember: async ({ group, user }) => { await tg.kickChatMember({ chatId: group, userId: user }) },
    leaveGroup: async ({ group }) => { await tg.leaveChat(group) },
    promote: async ({ group, user, yes }) => {
        await tg.call({ _: 'messages.editChatAdmin', chatId: -group, userId: await tg.resolveUser(user), isAdmin: yes })
    },
    async members({ group }) {
        const kinds = { chatParticipantCreator: 'creator', chatParticipantAdmin: 'admin', chatParticipant: 'member' }
        const { fullChat } = await tg.call({ _: 'messages.getFullChat', chatId: -group })
        return (fullChat.participants.participants ?? []).map((it) => [it.userId, kinds[it._]])
    },
    async group({ group }) {
        const [it] = (await tg.call({ _: 'messages.getChats', id: [-group] })).chats
        return [it.title, it._ === 'chat' && !it.left]
    },
    async pinMessage({ chat, number, yes }) {
        const message = { chatId: chat, message: number }
        await (yes ? tg.pinMessage({ ...message, notify: true }) : tg.unpinMessage(message))
    },
    async pinnedMessages({ chat }) {
        const filter = { _: 'inputMessagesFilterPinned' }
        return [...await tg.searchMessages({ chatId: chat, filter, limit: 20 })].map((it) => it.text)
    },
    async mentions({ chat }) {
        const all = { offsetId: 0, addOffset: 0, limit: 50, maxId: 0, minId: 0 }
        const found = await tg.call({ _: 'messages.getUnreadMentions', peer: await tg.resolvePeer(chat), ...all })
        return found.messages.map((it) => it.message)
    },
    readMentions: async ({ chat }) => {
        await tg.readHistory(chat, { clearMentions: true, maxId: 1 })
    },
    async migrate({ group }) {
        const updates = await tg.call({ _: 'messages.migrateChat', chatId: -group })
        tg.handleClientUpdate(updates)
        return -1000000000000 - updates.chats.find((it) => it._ === 'channel').id
    },
    async gatherVoters({ title, users }) {
        const inputs = await Promise.all(users.map((it) => tg.resolveUser(it)))
        const made = await tg.call({ _: 'messages.createChat', users: inputs, title })
        tg.handleClientUpdate(made.updates)
        return made.updates.chats[0].id
    },
    async askPoll({ group, question, answers, public: shown }) {
        const media = { type: 'poll', question, answers, public: shown }
        return (await tg.sendMedia(-group, media)).id
    },
    async vote({ group, question, places }) {
        const it = await pollOf(group, question)
        await tg.sendVote({ chatId: -group, message: it.id, options: places })
    },
    async poll({ group, question }) {
        const it = await pollOf(group, question)
        if (!it) return { answers: [], closed: false }
        const { poll, results } = it.raw.media
        const found = new Map((results.results ?? []).map((it) => [Buffer.from(it.option).toString('hex'), it]))
        const answers = poll.answers.map((it) => {
            const result = found.get(Buffer.from(it.option).toString('hex'))
            return [it.text.text, Boolean(result?.chosen), result?.voters ?? null]
        })
        return { answers, closed: Boolean(poll.closed) }
    },
    async voters({ group, question }) {
        const it = await pollOf(group, question)
        const found = await tg.call({ _: 'messages.getPollVotes', peer: { _: 'inputPeerChat', chatId: group }, id: it.id, limit: 50 })
        return found.votes.map((it) => it.peer.userId)
    },
    async closePoll({ group, question }) {
        await tg.closePoll({ chatId: -group, message: (await pollOf(group, question)).id })
    },
    async makeForum({ title, users }) {
        const made = await tg.createSupergroup({ title, forum: true })
        await tg.addChatMembers(made.id, users, {})
        return made.id
    },
    openTopic: async ({ forum, title }) => (await tg.createForumTopic({ chatId: forum, title })).id,
    async topics({ forum }) {
        const found = await tg.getForumTopics(forum, { limit: 100 })
        return found.map((it) => [it.title, it.isPinned, it.isClosed])
    },
    async saidIn({ forum, topic }) {
        const peer = await tg.resolvePeer(forum)
        const range = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 50, maxId: 0, minId: 0, hash: Long.ZERO }
        const found = await tg.call({ _: 'messages.getReplies', peer, msgId: topic, ...range })
        return found.messages.map((it) => it.message).filter(Boolean)
    },
    closeTopic: async ({ forum, topic, yes }) => {
        await tg.toggleForumTopicClosed({ chatId: forum, topicId: topic, closed: yes })
    },
    pinTopic: async ({ forum, topic, yes }) => {
        await tg.toggleForumTopicPinned({ chatId: forum, topicId: topic, pinned: yes })
    },
    deleteTopic: async ({ forum, topic }) => { await tg.deleteForumTopicHistory(forum, topic) },
    async dialogs() {
        const all = []
        for await (const it of tg.iterDialogs())
            all.push({ chat: it.peer.id, unread: it.unreadCount, text: it.lastMessage?.text ?? '', name: it.peer.displayName })
        return all
    },
    react: async ({ chat, number, emoji }) => {
        await tg.sendReaction({ chatId: chat, message: number, emoji: emoji.length ? emoji : null })
    },
    async reactions({ chat, number }) {
        const [found] = await tg.getMessages(chat, number)
        return reactionsOf(found.reactions?.raw)
    },
    async unreadReactions({ chat }) {
        const peer = { _: 'inputDialogPeer', peer: await tg.resolvePeer(chat) }
        return (await tg.call({ _: 'messages.getPeerDialogs', peers: [peer] })).dialogs[0].unreadReactionsCount
    },
    readReactions: async ({ chat }) => { await tg.readReactions(chat) },
    open: async ({ number }) => { await tg.call({ _: 'messages.readMessageContents', id: [number] }) },
    async tags() {
        const { tags } = await tg.call({ _: 'messages.getSavedReactionTags', hash: Long.ZERO })
        return tags.map((it) => [it.reaction.emoticon, it.title ?? '', it.count])
    },
    nameTag: async ({ emoji, title }) => {
        await tg.call({ _: 'messages.updateSavedReactionTag', reaction: { _: 'reactionEmoji', emoticon: emoji }, title })
    },
    async tagged({ emoji }) {
        const savedReaction = [{ _: 'reactionEmoji', emoticon: emoji }]
        const all = { minDate: 0, maxDate: 0, offsetId: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0, hash: Long.ZERO }
        const peer = { _: 'inputPeerSelf' }
        const filter = { _: 'inputMessagesFilterEmpty' }
        const found = await tg.call({ _: 'messages.search', peer, q: '', filter, savedReaction, ...all })
        return found.messages.map((it) => it.message)
    },
    offered: async () => (await tg.call({ _: 'messages.getAvailableReactions', hash: 0 })).reactions.map((it) => it.reaction),
    async forward({ chat, number, to }) {
        const [sent] = await tg.forwardMessagesById({ fromChatId: chat, messages: [number], toChatId: to })
        return sent.id
    },
    async saved() {
        const offset = { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' } }
        const found = await tg.call({ _: 'messages.getSavedDialogs', ...offset, limit: 100, hash: Long.ZERO })
        const text = (number) => found.messages.find((it) => it.id === number).message
        return found.dialogs.map((it) => [it.peer.userId, it.pinned ?? false, text(it.topMessage)])
    },
    async savedTexts({ origin }) {
        const part = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0, hash: Long.ZERO }
        const found = await tg.call({ _: 'messages.getSavedHistory', peer: await tg.resolvePeer(origin), ...part })
        return found.messages.map((it) => it.message).reverse()
    },
    async pinSaved({ origin, yes }) {
        const peer = { _: 'inputDialogPeer', peer: await tg.resolvePeer(origin) }
        await tg.call({ _: 'messages.toggleSavedDialogPin', pinned: yes, peer })
    },
    async forgetSaved({ origin }) {
        const peer = await tg.resolvePeer(origin)
        while ((await tg.call({ _: 'messages.deleteSavedHistory', peer, maxId: 2 ** 31 - 1 })).offset) ;
    },
    later: async ({ chat, text, at }) => { await tg.sendText(chat, text, { schedule: at * 1000 }) },
    queue: async ({ chat }) => (await tg.getAllScheduledMessages(chat)).map((it) => [it.id, it.text]),
    sendQueued: async ({ chat, number }) => { await tg.sendScheduled(chat, number) },
    unqueue: async ({ chat, number }) => { await tg.deleteScheduledMessages(chat, [number]) },
    async search({ chat, words }) {
        const query = { query: words, limit: 50 }
        const found = chat ? await tg.searchMessages({ ...query, chatId: chat }) : await tg.searchGlobal(query)
        return [...found].map((it) => it.text)
    },
    setDraft: async ({ chat, text }) => {
        await tg.call({ _: 'messages.saveDraft', peer: await tg.resolvePeer(chat), message: text })
    },
    async draft({ chat }) {
        const [it] = await tg.getPeerDialogs(chat)
        return it.raw.draft?.message ?? ''
    },
    async pin({ chat, yes }) {
        const peer = { _: 'inputDialogPeer', peer: await tg.resolvePeer(chat) }
        await tg.call({ _: 'messages.toggleDialogPin', peer, pinned: yes })
    },
    async pinned() {
        const found = await tg.call({ _: 'messages.getPinnedDialogs', folderId: 0 })
        return found.dialogs.map((it) => it.peer.userId)
    },
    block: async ({ user, yes }) => { await (yes ? tg.blockUser(user) : tg.unblockUser(user)) },
    async setPassword({ password, old, email }) {
        if (email) {
            try {
                await tg.enableCloudPassword({ password, hint: 'none', email })
            } catch (error) {
                // How the server asks for the code that it has mailed.
                if (!tl.RpcError.is(error) || !error.text.startsWith('EMAIL_UNCONFIRMED')) throw error
            }
        } else if (old === null) await tg.enableCloudPassword({ password, hint: 'none' })
        else if (password === null) await tg.removeCloudPassword(old)
        else await tg.changeCloudPassword({ currentPassword: old, newPassword: password })
    },
    verifyPasswordEmail: async ({ code }) => { await tg.verifyPasswordEmail(code) },
    askRecovery: async () => (await tg.call({ _: 'auth.requestPasswordRecovery' })).emailPattern,
    async recover({ code }) {
        await tg.recoverPassword({ recoveryCode: code })
        return signedIn()
    },
    async showLogin() {
        const { promise, resolve } = defer()
        const asked = defer()
        shown = { askPassword: asked.resolve }
        // The library asks for the password only once it is needed.
        shown.done = tg.signInQr({ onUrlUpdated: resolve, password: () => asked.promise })
        shown.done.catch(() => {})
        return promise
    },
    async shownLogin({ password }) {
        if (password !== null) shown.askPassword(password)
        await shown.done
        return signedIn()
    },
    letIn: async ({ token }) => { await tg.call({ _: 'auth.acceptLoginToken', token: Buffer.from(token, 'base64url') }) },
    hide: async ({ key }) => {
        await tg.call({ _: 'account.setPrivacy', key: { _: key }, rules: [{ _: 'inputPrivacyValueDisallowAll' }] })
    },
    setOnline: async ({ yes }) => { await tg.call({ _: 'account.updateStatus', offline: !yes }) },
    async profile({ user }) {
        const [{ firstName, phone, status, deleted }] = await tg.call({ _: 'users.getUsers', id: [await tg.resolveUser(user)] })
        return {
            name: firstName ?? '', phone: phone ?? '', deleted: deleted ?? false,
            status: status._.replace('userStatus', '').toLowerCase(),
        }
    },
    async origin({ chat, number }) {
        const [{ raw: { fwdFrom } }] = await tg.getMessages(chat, number)
        return fwdFrom.fromId?.userId ?? fwdFrom.fromName
    },
    async deleteAccount({ password }) {
        const proof = await tg.computeSrpParams(await tg.call({ _: 'account.getPassword' }), password)
        await tg.call({ _: 'account.deleteAccount', reason: 'tired', password: proof })
    },
    logOut: async () => { await tg.logOut() },
    async devices() {
        const { authorizations } = await tg.call({ _: 'account.getAuthorizations' })
        return authorizations.map((it) => [it.hash.toString(), it.current ?? false])
    },
    async revoke({ device }) {
        const { authorizations } = await tg.call({ _: 'account.getAuthorizations' })
        const { hash } = authorizations.find((it) => it.hash.toString() === device)
        await tg.call({ _: 'account.resetAuthorization', hash })
    },
    ...invites(tg, Long),
    ...comments(tg, Long),
    ...carrying(tg),
    ...portraits(tg),
    ...folders(tg, getMarkedPeerId),
    ...groups(tg, Long),
    ...attending(tg),
    ...keeping(tg, Long),
    ...naming(tg),
    ...owning(tg),
    ...passing(tg),
    ...ruling(tg, getMarkedPeerId),
    ...sets(tg, Long),
    ...stickers(tg, Long),
    ...views(tg),
    ...channels(tg),
    ...finding(tg),
    state: async () => { await tg.call({ _: 'updates.getState' }) },
    async leave() {
        leaving = true
        await tg.destroy()
        fs.writeFileSync(stateFile, v8.serialize(storage.driver.states))
    },
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    const { id, do: action, ...rest } = JSON.parse(line)
    try {
        say({ id, ok: (await actions[action](rest)) ?? null })
    } catch (error) {
        if (tl.RpcError.is(error)) say({ id, refused: error.text })
        else say({ id, error: String(error.stack ?? error) })
    }
    if (action === 'leave') process.exit(0)
}
