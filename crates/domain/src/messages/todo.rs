//! Checklists. The list stands sealed in the message; what is done, and what was added later, is one state for
//! all copies of the message. A forward is frozen: nothing in it changes any more.
//! Source: core.telegram.org/api/todo.

mod change;
mod draft;

use bytes::Bytes;
use store::Key;
use vault::Kind;

pub use change::{AppendTodo, ToggleTodo};
pub use draft::NewTodo;

use super::polls::Styled;
use crate::{
    ids::{Peer, UserId, VShard},
    record,
    record::Record,
    sealing,
    spaces::TODO,
    turn::Turn,
    view::{Decided, Rows, View, load_or_default},
};

/// Tasks of one list. Source: `todo_items_max` of help.getAppConfig.
pub const TASKS_MAX: usize = 30;

/// Characters of a task. Source: `todo_item_length_max`.
pub const TASK_LENGTH_MAX: usize = 64;

/// Characters of a title. Source: `todo_title_length_max`.
pub const TITLE_MAX: usize = 32;

record! {
    /// One task.
    pub struct TodoTask {
        /// Its number in the list, as the client chose it.
        1 => id: u32,
        2 => title: Styled,
    }
}

record! {
    /// A task that is done.
    pub struct TodoDone { 1 => task: u32, 2 => by: UserId, 3 => date: u32 }
}

record! {
    /// A checklist; stored only sealed, as a part of the message.
    pub struct TodoBody {
        /// The list's number, in every copy; 0: a frozen forward.
        1 => id: u64,
        2 => creator: UserId,
        3 => title: Styled,
        4 => tasks: Vec<TodoTask>,
        5 => others_append: bool,
        6 => others_complete: bool,
        /// What was done when a forward froze it.
        7 => done: Vec<TodoDone>,
        /// Added tasks are sealed under the key of the creator's chat with this peer.
        8 => home: Peer,
    }
}

record! {
    /// What came of a list; none: nothing yet.
    pub struct TodoRow {
        1 => done: Vec<TodoDone>,
        /// Tasks that were added ([`Added`]), sealed; AAD is the list's number and the version.
        2 => added: Bytes,
        3 => added_version: u32,
    }
}

record! {
    /// Tasks that were added, in order; stored only sealed.
    pub struct Added { 1 => tasks: Vec<TodoTask> }
}

/// A checklist as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenTodo {
    /// The list, with all tasks.
    pub body: TodoBody,
    /// What is done.
    pub done: Vec<TodoDone>,
}

/// A list as it stands now.
pub fn seen(view: &(impl View + ?Sized), body: &TodoBody) -> Decided<SeenTodo> {
    if body.id == 0 {
        return Ok(SeenTodo { body: body.clone(), done: body.done.clone() });
    }
    let row = state(view, body.id)?;
    let mut body = body.clone();
    body.tasks.extend(added(view, &body, &row)?.tasks);
    Ok(SeenTodo { body, done: row.done })
}

/// A list as a forward keeps it.
pub(super) fn frozen(view: &(impl View + ?Sized), body: &TodoBody) -> Decided<TodoBody> {
    let SeenTodo { body, done } = seen(view, body)?;
    Ok(TodoBody { id: 0, done, ..body })
}

fn state(view: &(impl Rows + ?Sized), todo: u64) -> Decided<TodoRow> {
    load_or_default(view, &key(todo))
}

fn added(view: &(impl View + ?Sized), body: &TodoBody, row: &TodoRow) -> Decided<Added> {
    if row.added.is_empty() {
        return Ok(Added::default());
    }
    let (scope, id) = (sealing::chat_scope(body.creator, body.home), body.id.to_be_bytes());
    Ok(Added::decode(&sealing::open(view, scope, Kind::MessageBody, &id, row.added_version, &row.added)?)?)
}

fn put_added(turn: &mut Turn<'_>, body: &TodoBody, row: &mut TodoRow, added: &Added) -> Decided<()> {
    row.added_version += 1;
    let (scope, id) = (sealing::chat_scope(body.creator, body.home), body.id.to_be_bytes());
    row.added = sealing::seal(turn, scope, Kind::MessageBody, &id, row.added_version, &added.encode())?;
    turn.put(key(body.id), row);
    Ok(())
}

/// A list's number tells its vshard, as all numbers do.
fn key(todo: u64) -> Key {
    Key::of(TODO, VShard((todo & 0xffff) as u16).0).u64(todo).key()
}

/// Removes what came of a list whose chat is gone.
pub(crate) fn erase(turn: &mut Turn<'_>, todo: u64) {
    turn.delete(key(todo));
}

#[cfg(test)]
mod tests;
