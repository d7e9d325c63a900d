//! Ticking tasks of a checklist, and adding tasks to it. Everybody who has the message learns of an edit and of a
//! service message that answers it.
//! Source: core.telegram.org/method/messages.toggleTodoCompleted, core.telegram.org/method/messages.appendTodoList.

use super::{TodoBody, TodoDone, TodoTask, added, draft, key, put_added, seen, state};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups,
    ids::{MessageId, Peer, UserId},
    messages::{
        polls::{Styled, readable},
        receive::Delivered,
        rows::{Action, MailboxRow},
        send::{Outgoing, put},
        settings,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// Ticks tasks and takes ticks back.
pub struct ToggleTodo {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// The list's message.
    pub message: MessageId,
    /// Tasks that are done.
    pub done: Vec<i32>,
    /// Tasks that are not.
    pub undone: Vec<i32>,
}

/// Adds tasks.
pub struct AppendTodo {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// The list's message.
    pub message: MessageId,
    /// Numbers and texts.
    pub tasks: Vec<(i32, Styled)>,
}

impl Command for ToggleTodo {
    /// The edit, and the service message.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let (row, todo) = listed(turn, me, self.peer, self.message)?;
        if todo.creator != me && !todo.others_complete {
            return Err(Refusal::MessageAuthorRequired.into());
        }
        let all = seen(turn, &todo)?.body.tasks;
        let mut state = state(turn, todo.id)?;
        let is_done = |task: u32| state.done.iter().any(|it| it.task == task);
        let done: Vec<_> = known(&self.done, &all)?.into_iter().filter(|it| !is_done(*it)).collect();
        let undone: Vec<_> = known(&self.undone, &all)?.into_iter().filter(|it| is_done(*it)).collect();
        if done.iter().any(|it| undone.contains(it)) {
            return Err(Refusal::MediaInvalid.into());
        }
        if done.is_empty() && undone.is_empty() {
            return Err(Refusal::TodoNotModified.into());
        }
        let date = turn.now().secs();
        state.done.retain(|it| !undone.contains(&it.task));
        state.done.extend(done.iter().map(|&task| TodoDone { task, by: me, date, ..TodoDone::default() }));
        turn.put(key(todo.id), &state);
        tell(turn, &self.by, (self.peer, self.message), &row, Action::TodoCompletions { done, undone })
    }
}

impl Command for AppendTodo {
    /// The edit, and the service message.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let (row, todo) = listed(turn, me, self.peer, self.message)?;
        if todo.creator != me && !todo.others_append {
            return Err(Refusal::MessageAuthorRequired.into());
        }
        let all = seen(turn, &todo)?.body.tasks;
        let tasks = draft::tasks(&self.tasks, &all)?;
        let mut state = state(turn, todo.id)?;
        let mut more = added(turn, &todo, &state)?;
        more.tasks.extend(tasks.iter().cloned());
        put_added(turn, &todo, &mut state, &more)?;
        tell(turn, &self.by, (self.peer, self.message), &row, Action::TodoAppended { tasks })
    }
}

/// A message with a list that still changes.
fn listed(turn: &Turn<'_>, me: UserId, peer: Peer, id: MessageId) -> Decided<(MailboxRow, TodoBody)> {
    let (row, body) = readable(turn, me, peer, id)?;
    let todo = body.todo.filter(|it| it.id != 0).ok_or(Refusal::MessageIdInvalid)?;
    Ok((row, todo))
}

/// Numbers of tasks that are there, each once.
fn known(ids: &[i32], tasks: &[TodoTask]) -> Result<Vec<u32>, Refusal> {
    let mut all = Vec::with_capacity(ids.len().min(tasks.len()));
    for id in ids {
        let id = u32::try_from(*id).map_err(|_| Refusal::MediaInvalid)?;
        if !tasks.iter().any(|it| it.id == id) {
            return Err(Refusal::MediaInvalid);
        }
        if !all.contains(&id) {
            all.push(id);
        }
    }
    Ok(all)
}

/// The edit in every copy, then what happened as a message of its own.
fn tell(
    turn: &mut Turn<'_>,
    by: &Caller,
    (peer, message): (Peer, MessageId),
    row: &MailboxRow,
    action: Action,
) -> Decided<Vec<LogEntry>> {
    let (me, what) = (by.user, Delivered::TodoChanged { uid: row.uid });
    match peer {
        Peer::User(other) if other == me => {}
        Peer::User(other) => deliver(turn, me, other, Delivery::Messages { what })?,
        Peer::Chat(id) => {
            let members = groups::chat(turn, id)?.map(|it| it.members).unwrap_or_default();
            for it in members.iter().filter(|it| it.user != me) {
                deliver(turn, me, it.user, Delivery::Messages { what: what.clone() })?;
            }
        }
        Peer::Channel(_) => {}
    }
    let edit = updates::append(turn, peer.log(me), Change::EditMessage { message }, 1, Some(by.origin))?;
    let outgoing = Outgoing { reply_to: Some(row.uid), ..settings::service(peer, action) };
    let sent = put(turn, me, outgoing, Some(by.origin))?;
    Ok(std::iter::once(edit).chain(sent.entry).collect())
}
