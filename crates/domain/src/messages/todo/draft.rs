//! A checklist as a client sends it, and what must be right about it.

use super::{TASK_LENGTH_MAX, TASKS_MAX, TITLE_MAX, TodoBody, TodoTask};
use crate::{
    ids::{Peer, UserId},
    messages::{polls::Styled, text},
    refusal::Refusal,
    turn::Turn,
    view::Decided,
};

/// A checklist as a client sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewTodo {
    /// What it is about.
    pub title: Styled,
    /// Numbers and texts of its tasks.
    pub tasks: Vec<(i32, Styled)>,
    /// Others may add tasks.
    pub others_append: bool,
    /// Others may tick tasks.
    pub others_complete: bool,
}

impl NewTodo {
    /// The list as it is kept, under a fresh number.
    pub(in crate::messages) fn checked(&self, turn: &mut Turn<'_>, by: UserId, peer: Peer) -> Decided<TodoBody> {
        let title = line(&self.title, TITLE_MAX).ok_or(Refusal::MediaInvalid)?;
        let tasks = tasks(&self.tasks, &[])?;
        let drawn = u64::from_be_bytes(turn.draw()) >> 17;
        Ok(TodoBody {
            id: drawn.max(1) << 16 | u64::from(peer.vshard().0),
            creator: by,
            title,
            tasks,
            others_append: self.others_append,
            others_complete: self.others_complete,
            home: peer,
            ..TodoBody::default()
        })
    }
}

/// Tasks that may stand beside others: each number once, all in bounds.
pub(super) fn tasks(new: &[(i32, Styled)], old: &[TodoTask]) -> Result<Vec<TodoTask>, Refusal> {
    if new.is_empty() {
        return Err(Refusal::TodoItemsEmpty);
    }
    if new.len() + old.len() > TASKS_MAX {
        return Err(Refusal::TodoItemsTooMuch);
    }
    let mut all: Vec<TodoTask> = Vec::with_capacity(new.len());
    for (id, title) in new {
        let id = u32::try_from(*id).ok().filter(|it| *it > 0).ok_or(Refusal::MediaInvalid)?;
        if all.iter().chain(old).any(|it| it.id == id) {
            return Err(Refusal::TodoItemDuplicate);
        }
        let title = line(title, TASK_LENGTH_MAX).ok_or(Refusal::MediaInvalid)?;
        all.push(TodoTask { id, title, ..TodoTask::default() });
    }
    Ok(all)
}

/// One line of up to `max` characters, with its marks. `None`: empty or too long.
fn line(it: &Styled, max: usize) -> Option<Styled> {
    let cleaned = text::clean(&it.text.replace('\n', " "), &it.entities).ok()?;
    let fits = cleaned.text.chars().count() <= max;
    fits.then(|| Styled { text: cleaned.text, entities: cleaned.entities, ..Styled::default() })
}
