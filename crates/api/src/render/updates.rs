//! Log entries and passing events as `Updates`: the same builder serves pushes, answers and differences.

use domain::{
    Decided, Domain, MessageId, Peer, Refusal, UserId, View,
    accounts::devices,
    messages::{self, dialogs, drafts, saved, scheduled},
    people::{self, full, notify, presence, privacy},
    updates::{Change, LogEntry, Passing},
};
use tl::{Deserializable, enums, types};

use crate::render::{
    self, message,
    named::{Named, Shown},
    user,
};

/// Updates with those they name.
#[derive(Default)]
pub struct Rendered {
    /// In order.
    pub updates: Vec<enums::Update>,
    /// Whom they name.
    pub named: Named,
    /// The same as the viewer sees them, once all updates are made.
    pub shown: Shown,
}

impl Rendered {
    fn add(&mut self, update: impl Into<enums::Update>) {
        self.updates.push(update.into());
    }
}

/// Entries of a user's log as one `updates`, with the users they name.
pub async fn entries(domain: &Domain, user: UserId, entries: Vec<LogEntry>) -> Result<enums::Updates, Refusal> {
    let rendered = domain.query(|view| render(view, user, &entries)).await?;
    Ok(updates(domain, rendered.updates, &rendered.shown))
}

/// Something passing as one `updates`.
pub async fn passing(domain: &Domain, user: UserId, what: &Passing) -> Result<enums::Updates, Refusal> {
    let rendered = domain.query(|view| {
        let mut out = Rendered::default();
        match what {
            Passing::Typing { from, action } => {
                out.named.user(*from);
                if let Ok(action) = enums::SendMessageAction::from_bytes(action) {
                    out.add(types::UpdateUserTyping { user_id: user::id(*from), top_msg_id: None, action });
                }
            }
            Passing::Status { user: other } => {
                let status = user::status(presence::seen_status(view, user, *other)?);
                out.add(types::UpdateUserStatus { user_id: user::id(*other), status });
            }
        }
        out.shown = out.named.read(view, user)?;
        Ok(out)
    });
    let rendered = rendered.await?;
    Ok(updates(domain, rendered.updates, &rendered.shown))
}

/// Entries as updates. An entry whose message is gone meanwhile keeps its place in the count by
/// what says nothing: its deletion follows in the log.
pub fn render(view: &dyn View, me: UserId, entries: &[LogEntry]) -> Decided<Rendered> {
    let mut out = Rendered::default();
    for entry in entries {
        numbered(view, me, entry, &mut out)?;
    }
    out.shown = out.named.read(view, me)?;
    Ok(out)
}

/// Wraps updates and those they name. `seq` 0: ordered by `pts` alone.
/// Source: core.telegram.org/api/updates, "seq".
pub fn updates(domain: &Domain, updates: Vec<enums::Update>, shown: &Shown) -> enums::Updates {
    let date = i32::try_from(domain.now().secs()).unwrap_or(i32::MAX);
    types::Updates { updates, users: shown.users(), chats: shown.chats(), date, seq: 0 }.into()
}

fn numbered(view: &dyn View, me: UserId, entry: &LogEntry, out: &mut Rendered) -> Decided<()> {
    let (pts, pts_count) = (entry.pts.0, entry.count);
    match &entry.change {
        Change::NewMessage { message, random_id, .. } => {
            if let Some(random_id) = random_id.filter(|it| *it != 0) {
                out.add(types::UpdateMessageId { id: message.0, random_id });
            }
            match messages::seen(view, me, *message)? {
                Some(seen) => {
                    out.named.message(&seen);
                    out.add(types::UpdateNewMessage { message: message::message(me, &seen), pts, pts_count });
                }
                None => out.add(nothing(pts, pts_count)),
            }
        }
        Change::EditMessage { message } => match messages::seen(view, me, *message)? {
            Some(seen) => {
                out.named.message(&seen);
                out.add(types::UpdateEditMessage { message: message::message(me, &seen), pts, pts_count });
            }
            None => out.add(nothing(pts, pts_count)),
        },
        Change::DeleteMessages { messages } => {
            out.add(types::UpdateDeleteMessages { messages: numbers(messages), pts, pts_count });
        }
        Change::ReadInbox { peer, up_to, still_unread } => out.add(types::UpdateReadHistoryInbox {
            folder_id: None,
            peer: user::peer(*peer),
            top_msg_id: None,
            max_id: up_to.0,
            still_unread_count: message::date(*still_unread),
            pts,
            pts_count,
        }),
        Change::ReadOutbox { peer, up_to } => {
            out.add(types::UpdateReadHistoryOutbox { peer: user::peer(*peer), max_id: up_to.0, pts, pts_count });
        }
        Change::ReadContents { messages, date } => out.add(types::UpdateReadMessagesContents {
            messages: numbers(messages),
            pts,
            pts_count,
            date: (*date > 0).then(|| message::date(*date)),
        }),
        Change::PinnedMessages { .. } | Change::FolderPeers { .. } => out.add(nothing(pts, pts_count)),
        other => unnumbered(view, me, other, out)?,
    }
    Ok(())
}

/// Changes without pts: each carries the state as it is now.
fn unnumbered(view: &dyn View, me: UserId, change: &Change, out: &mut Rendered) -> Decided<()> {
    match change {
        Change::Draft { peer } => {
            out.named.peer(*peer);
            out.add(draft(view, me, *peer)?);
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
        Change::NotifySettings { class, peer } => {
            if let Some(target) = notify::target(*class, *peer) {
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
        Change::Config {} => out.updates.push(enums::Update::Config),
        // Nothing writes these yet; their issues render them.
        Change::ReadReactions { .. } | Change::ReactionsNotify {} => {}
        // These have numbers.
        Change::NewMessage { .. }
        | Change::EditMessage { .. }
        | Change::DeleteMessages { .. }
        | Change::ReadInbox { .. }
        | Change::ReadOutbox { .. }
        | Change::ReadContents { .. }
        | Change::PinnedMessages { .. }
        | Change::FolderPeers { .. } => {}
    }
    Ok(())
}

fn draft(view: &dyn View, me: UserId, peer: Peer) -> Decided<enums::Update> {
    let row = messages::dialog(view, me, peer)?;
    let draft = match drafts::draft(view, me, peer, &row)? {
        Some(draft) => Some((draft.clone(), drafts::answered(view, me, &draft)?)),
        None => None,
    };
    let draft = message::draft(draft.as_ref());
    Ok(types::UpdateDraftMessage { peer: user::peer(peer), top_msg_id: None, saved_peer_id: None, draft }.into())
}

/// A name as the viewer calls the user.
fn user_name(view: &dyn View, me: UserId, who: UserId) -> Decided<Option<enums::Update>> {
    let Some(seen) = people::seen(view, me, who)? else { return Ok(None) };
    let name = |it: &people::Username| {
        types::Username { editable: it.editable, active: it.active, username: it.name.clone(), ..render::blank() }
            .into()
    };
    Ok(Some(
        types::UpdateUserName {
            user_id: user::id(who),
            first_name: seen.first_name.clone(),
            last_name: seen.last_name.clone(),
            usernames: seen.usernames.iter().map(name).collect(),
        }
        .into(),
    ))
}

/// Carries its pts and nothing else.
fn nothing(pts: i32, pts_count: i32) -> types::UpdateDeleteMessages {
    types::UpdateDeleteMessages { messages: Vec::new(), pts, pts_count }
}

fn numbers(ids: &[MessageId]) -> Vec<i32> {
    ids.iter().map(|it| it.0).collect()
}

fn folder_id(folder: u8) -> Option<i32> {
    (folder > 0).then_some(i32::from(folder))
}
