// Channels that one is not in, for mtcute.mjs.

export const passing = (tg) => ({
    keepOpen: async ({ group }) => { await tg.openChat(group) },
})
