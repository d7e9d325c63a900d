//! Changes without a number, of a mailbox's log: each carries the state as it is now.

use domain::{
    ChannelId, Decided, MessageId, Peer, UserId, View,
    accounts::devices,
    folders,
    kept::wallpapers,
    messages::{self, dialogs, drafts, saved, scheduled},
    people::{self, full, notify, privacy},
    updates::Change,
};
use tl::{enums, types};

use super::{Rendered, chats, groups, numbers, stickers};
use crate::render::{self, group::channel_id, message, user};

/// A change without a number.
pub(super) fn change(view: &dyn View, me: UserId, change: &Change, out: &mut Rendered) -> Decided<()> {
    match change {
        Change::Draft { peer } => {
            out.named.peer(*peer);
            out.add(draft(view, me, *peer)?);
        }
        Change::TopicDraft { channel, top } => {
            out.named.peer(Peer::Channel(*channel));
            out.add(topic_draft(view, me, *channel, *top)?);
        }
        Change::DialogPinned { peer, pinned, folder } => {
            out.named.peer(*peer);
            let peer = types::DialogPeer { peer: user::peer(*peer) }.into();
            out.add(types::UpdateDialogPinned { pinned: *pinned, folder_id: folder_id(*folder), peer });
        }
        Change::PinnedOrder { folder } => {
            let pinned = dialogs::pinned(view, me, *folder)?;
            let order =
                pinned.into_iter().map(|(peer, _)| types::DialogPeer { peer: user::peer(peer) }.into()).collect();
            out.add(types::UpdatePinnedDialogs { folder_id: folder_id(*folder), order: Some(order) });
        }
        Change::UnreadMark { peer, unread } => {
            let peer = types::DialogPeer { peer: user::peer(*peer) }.into();
            out.add(types::UpdateDialogUnreadMark { unread: *unread, peer, saved_peer_id: None });
        }
        Change::NotifySettings { class, peer, topic } => {
            if let Some(target) = notify::target(*class, *peer, *topic) {
                let row = notify::notify(view, me, target)?;
                let (peer, notify_settings) = (render::notify::target(target), render::notify::settings(&row));
                out.add(types::UpdateNotifySettings { peer, notify_settings });
            }
        }
        Change::Privacy { key } => {
            if let Some(key) = privacy::Key::from_number(*key) {
                let rules = privacy::rules(view, me, key)?;
                out.named.users(rules.iter().flat_map(render::privacy::named));
                out.add(types::UpdatePrivacy { key: render::privacy::key(key), rules: render::privacy::rules(&rules) });
            }
        }
        Change::UserName { user: who } => out.updates.extend(user_name(view, me, *who)?),
        Change::User { user: who } => {
            out.named.user(*who);
            out.add(types::UpdateUser { user_id: user::id(*who) });
        }
        Change::UserPhone { user: who } => {
            // Who may not see the number is told nothing.
            if let Some(phone) = people::seen(view, me, *who)?.and_then(|it| it.phone) {
                out.add(types::UpdateUserPhone { user_id: user::id(*who), phone });
            }
        }
        Change::PeerBlocked { peer, blocked, stories } => out.add(types::UpdatePeerBlocked {
            blocked: *blocked && !stories,
            blocked_my_stories_from: *blocked && *stories,
            peer_id: user::peer(*peer),
        }),
        Change::PeerSettings { peer } => {
            out.named.peer(*peer);
            // Groups have no bar yet.
            if let Some(other) = peer.user() {
                let settings = render::full_user::peer_settings(&full::action_bar(view, me, other)?);
                out.add(types::UpdatePeerSettings { peer: user::peer(*peer), settings });
            }
        }
        Change::PeerHistoryTtl { peer, period } => out.add(types::UpdatePeerHistoryTtl {
            peer: user::peer(*peer),
            ttl_period: (*period > 0).then(|| message::date(*period)),
        }),
        Change::NewAuthorization { hash } => {
            let found = devices::authorizations(view, me)?.into_iter().find(|it| it.hash == *hash);
            if let Some(it) = found {
                out.add(types::UpdateNewAuthorization {
                    unconfirmed: !it.row.confirmed,
                    hash: hash.0,
                    date: Some(message::date(it.row.created)),
                    device: Some(it.device.model),
                    location: Some(it.device.address),
                });
            }
        }
        Change::NewScheduled { peer, message, random_id } => {
            if let Some(random_id) = *random_id {
                out.add(types::UpdateMessageId { id: message.0, random_id });
            }
            if let Some(seen) = scheduled::scheduled(view, me, *peer, *message)? {
                out.named.message(&seen.message);
                out.add(types::UpdateNewScheduledMessage { message: message::scheduled(me, &seen) });
            }
        }
        Change::DeleteScheduled { peer, messages, sent } => {
            out.named.peer(*peer);
            out.add(types::UpdateDeleteScheduledMessages {
                peer: user::peer(*peer),
                messages: numbers(messages),
                sent_messages: (!sent.is_empty()).then(|| numbers(sent)),
            });
        }
        Change::Reactions { peer, message } => {
            // A message that is gone meanwhile has no reactions to tell of.
            if let Some(seen) = messages::seen(view, me, *message)? {
                out.named.message(&seen);
                out.add(render::reactions::update(me, *peer, &seen));
            }
        }
        Change::ThreadReadInbox { channel, top, up_to } => {
            out.named.peer(Peer::Channel(*channel));
            let source = messages::rows::copy(view, *channel, *top)?.as_ref().and_then(messages::posts::copies::source);
            source.into_iter().for_each(|(channel, _)| out.named.peer(Peer::Channel(channel)));
            out.add(types::UpdateReadChannelDiscussionInbox {
                channel_id: render::group::channel_id(*channel),
                top_msg_id: top.0,
                read_max_id: up_to.0,
                broadcast_id: source.map(|(channel, _)| render::group::channel_id(channel)),
                broadcast_post: source.map(|(_, post)| post.0),
            });
        }
        Change::ThreadReadOutbox { channel, top, up_to } => {
            out.named.peer(Peer::Channel(*channel));
            let (channel_id, top_msg_id, read_max_id) = (render::group::channel_id(*channel), top.0, up_to.0);
            out.add(types::UpdateReadChannelDiscussionOutbox { channel_id, top_msg_id, read_max_id });
        }
        Change::ViewAsMessages { channel, enabled } => {
            out.named.peer(Peer::Channel(*channel));
            let channel_id = render::group::channel_id(*channel);
            out.add(types::UpdateChannelViewForumAsMessages { channel_id, enabled: *enabled });
        }
        // Only logs of channels have these.
        Change::TopicPinned { .. } | Change::TopicsReordered { .. } => {}
        Change::Poll { peer, message } => {
            out.updates.extend(render::poll::now(view, me, (*peer, *message), &mut out.named)?);
        }
        Change::SavedDialogPinned { peer, pinned } => {
            out.named.peer(*peer);
            let peer = types::DialogPeer { peer: user::peer(*peer) }.into();
            out.add(types::UpdateSavedDialogPinned { pinned: *pinned, peer });
        }
        Change::SavedPinnedOrder {} => {
            let pinned = saved::pinned(view, me)?;
            pinned.iter().for_each(|it| out.named.peer(it.origin));
            let order = pinned.iter().map(|it| types::DialogPeer { peer: user::peer(it.origin) }.into()).collect();
            out.add(types::UpdatePinnedSavedDialogs { order: Some(order) });
        }
        Change::ContactsReset {} => out.updates.push(enums::Update::ContactsReset),
        Change::RecentReactions {} => out.updates.push(enums::Update::RecentReactions),
        Change::SavedReactionTags {} => out.updates.push(enums::Update::SavedReactionTags),
        Change::PendingRequests { peer } => groups::pending(view, *peer, out)?,
        Change::Config {} => out.updates.push(enums::Update::Config),
        Change::ChannelContents { channel, messages } => {
            out.named.peer(Peer::Channel(*channel));
            out.add(types::UpdateChannelReadMessagesContents {
                channel_id: channel_id(*channel),
                top_msg_id: None,
                saved_peer_id: None,
                messages: numbers(messages),
            });
        }
        Change::ChannelAvailable { channel, from } => {
            out.named.peer(Peer::Channel(*channel));
            // The last one that is hidden. Source: core.telegram.org/constructor/updateChannelAvailableMessages.
            let available_min_id = from.0.saturating_sub(1);
            out.add(types::UpdateChannelAvailableMessages { channel_id: channel_id(*channel), available_min_id });
        }
        Change::Channel { channel } => groups::channel(*channel, out),
        Change::Folder { folder } => {
            let filter = match folders::folder(view, me, *folder)? {
                Some(it) => Some(render::folder::folder(view, me, &it, &mut out.named)?),
                None => None,
            };
            out.add(types::UpdateDialogFilter { id: i32::from(*folder), filter });
        }
        Change::FolderOrder {} => {
            let order = folders::order::order(view, me)?.into_iter().map(i32::from).collect();
            out.add(types::UpdateDialogFilterOrder { order });
        }
        Change::Folders {} => out.updates.push(enums::Update::DialogFilters),
        Change::StickerSetInstalled { .. }
        | Change::StickerSets { .. }
        | Change::StickerSetsOrder { .. }
        | Change::RecentStickers {}
        | Change::FavedStickers {}
        | Change::ReadFeatured { .. } => stickers::add(view, me, change, out)?,
        Change::ChatParticipants { .. }
        | Change::ChatParticipantAdmin { .. }
        | Change::ChatParticipantRank { .. }
        | Change::ChatDefaultBannedRights { .. }
        | Change::Chat { .. } => chats::add(view, me, change, out)?,
        // Nothing writes these yet; their issues render them.
        Change::ReadReactions { .. } | Change::ReactionsNotify {} => {}
        Change::SavedGifs {} => out.add(enums::Update::SavedGifs),
        Change::SavedRingtones {} => out.add(enums::Update::SavedRingtones),
        Change::PeerWallpaper { peer } => {
            out.named.peer(*peer);
            let shown = wallpapers::chats::wallpaper(view, me, *peer)?;
            out.add(types::UpdatePeerWallpaper {
                wallpaper_overridden: shown.as_ref().is_some_and(|(_, is_theirs)| *is_theirs),
                peer: user::peer(*peer),
                wallpaper: shown.map(|(it, _)| render::wallpaper::wallpaper(&it, me)),
            });
        }
        Change::AutoSaveSettings {} => out.add(enums::Update::AutoSaveSettings),
        // These say where the log stands.
        Change::NewMessage { .. }
        | Change::EditMessage { .. }
        | Change::DeleteMessages { .. }
        | Change::ReadInbox { .. }
        | Change::ReadOutbox { .. }
        | Change::ReadContents { .. }
        | Change::PinnedMessages { .. }
        | Change::FolderPeers { .. }
        | Change::WebPage { .. } => {}
    }
    Ok(())
}

fn draft(view: &dyn View, me: UserId, peer: Peer) -> Decided<enums::Update> {
    let row = messages::dialog(view, me, peer)?;
    let draft = match drafts::draft(view, me, peer, &row)? {
        Some(draft) => Some((draft.clone(), drafts::answered(view, me, peer, &draft)?)),
        None => None,
    };
    let draft = message::draft(draft.as_ref());
    Ok(types::UpdateDraftMessage { peer: user::peer(peer), top_msg_id: None, saved_peer_id: None, draft }.into())
}

fn topic_draft(view: &dyn View, me: UserId, channel: ChannelId, top: MessageId) -> Decided<enums::Update> {
    let peer = Peer::Channel(channel);
    let draft = match drafts::topics::draft(view, me, channel, top)? {
        Some(draft) => Some((draft.clone(), drafts::answered(view, me, peer, &draft)?)),
        None => None,
    };
    let (draft, peer) = (message::draft(draft.as_ref()), user::peer(peer));
    Ok(types::UpdateDraftMessage { peer, top_msg_id: Some(top.0), saved_peer_id: None, draft }.into())
}

/// A name as the viewer calls the user.
fn user_name(view: &dyn View, me: UserId, who: UserId) -> Decided<Option<enums::Update>> {
    let Some(seen) = people::seen(view, me, who)? else { return Ok(None) };
    Ok(Some(
        types::UpdateUserName {
            user_id: user::id(who),
            first_name: seen.first_name.clone(),
            last_name: seen.last_name.clone(),
            usernames: seen.usernames.iter().map(user::name).collect(),
        }
        .into(),
    ))
}

pub(super) fn folder_id(folder: u8) -> Option<i32> {
    (folder > 0).then_some(i32::from(folder))
}
