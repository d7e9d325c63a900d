//! Dialogs as TL, with everything that an answer about them names.

use domain::{
    Decided, Peer, UserId, View,
    folders::archive::{self, Summary},
    messages::{DialogRow, SeenMessage, drafts, seen_in},
    people::notify::{self, NotifyRow, Target},
    updates::counters,
};
use tl::{enums, types};

use crate::render::{
    self, message,
    named::{Named, Shown},
    user::peer,
};

/// Dialogs with their last messages and those they name.
#[derive(Default)]
pub struct Described {
    dialogs: Vec<One>,
    messages: Vec<SeenMessage>,
    shown: Shown,
}

struct One {
    peer: Peer,
    row: DialogRow,
    notify: NotifyRow,
    draft: Option<(drafts::Draft, Option<domain::MessageId>)>,
    /// Where the log of a channel stands.
    pts: Option<i32>,
}

/// The parts of an answer about dialogs.
pub struct Parts {
    pub dialogs: Vec<enums::Dialog>,
    pub messages: Vec<enums::Message>,
    pub users: Vec<enums::User>,
    pub chats: Vec<enums::Chat>,
}

/// Reads what an answer about dialogs names.
pub fn describe(view: &dyn View, me: UserId, all: &[(Peer, DialogRow)]) -> Decided<Described> {
    let mut out = Described::default();
    let mut named = Named::default();
    for (peer, row) in all {
        named.peer(*peer);
        if let Some(message) = seen_in(view, me, peer.log(me), [row.top])?.pop() {
            named.message(&message);
            out.messages.push(message);
        }
        let draft = match drafts::draft(view, me, *peer, row)? {
            Some(draft) => Some((draft.clone(), drafts::answered(view, me, *peer, &draft)?)),
            None => None,
        };
        let notify = notify::notify(view, me, Target::Peer(*peer))?;
        let pts = peer.channel().map(|it| Ok::<_, domain::Stop>(counters(view, it)?.pts.0)).transpose()?;
        out.dialogs.push(One { peer: *peer, row: row.clone(), notify, draft, pts });
    }
    out.shown = named.read(view, me)?;
    Ok(out)
}

impl Described {
    /// As TL.
    pub fn parts(&self, me: UserId) -> Parts {
        Parts {
            dialogs: self.dialogs.iter().map(dialog).collect(),
            messages: message::messages(me, &self.messages),
            users: self.shown.users(),
            chats: self.shown.chats(),
        }
    }
}

/// The archive among the pins of the main list.
pub fn archive(it: &Summary) -> enums::Dialog {
    let folder = types::Folder {
        autofill_new_broadcasts: false,
        autofill_public_groups: false,
        autofill_new_correspondents: false,
        id: i32::from(archive::ARCHIVE),
        title: "Archived chats".into(),
        photo: None,
    };
    types::DialogFolder {
        pinned: true,
        folder: folder.into(),
        peer: peer(it.last.0),
        top_message: it.last.1.top.0,
        unread_muted_peers_count: message::date(it.muted_chats),
        unread_unmuted_peers_count: message::date(it.unmuted_chats),
        unread_muted_messages_count: message::date(it.muted_messages),
        unread_unmuted_messages_count: message::date(it.unmuted_messages),
    }
    .into()
}

fn dialog(it: &One) -> enums::Dialog {
    let row = &it.row;
    types::Dialog {
        pinned: row.pin > 0,
        unread_mark: row.unread_mark,
        view_forum_as_messages: row.view_as_messages,
        peer: peer(it.peer),
        top_message: row.top.0,
        read_inbox_max_id: row.read_inbox.0,
        read_outbox_max_id: row.read_outbox.0,
        unread_count: message::date(row.unread),
        unread_mentions_count: message::date(row.unread_mentions),
        unread_reactions_count: message::date(row.unread_reactions),
        unread_poll_votes_count: message::date(row.unread_poll_votes),
        notify_settings: render::notify::settings(&it.notify),
        pts: it.pts,
        draft: it.draft.as_ref().map(|it| message::draft(Some(it))),
        folder_id: (row.folder > 0).then_some(i32::from(row.folder)),
        ttl_period: (row.ttl_period > 0).then(|| message::date(row.ttl_period)),
    }
    .into()
}
