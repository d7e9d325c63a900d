//! Checklists: ticking tasks, adding tasks.
//! Source: core.telegram.org/api/todo.

use domain::{
    MessageId,
    messages::todo::{AppendTodo, ToggleTodo},
};
use tl::{
    enums,
    functions::messages::{AppendTodoList, ToggleTodoCompleted},
};

use super::media::tasks;
use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    AppendTodoList, User, Write => append_todo_list;
    ToggleTodoCompleted, User, Write => toggle_todo_completed;
};

async fn toggle_todo_completed(cx: Cx, request: ToggleTodoCompleted) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = ToggleTodo {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.msg_id),
        done: request.completed,
        undone: request.incompleted,
    };
    let log = command.peer.log(by.user);
    let entries = cx.domain.command(command).await?.into_iter().map(|it| (log, it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}

async fn append_todo_list(cx: Cx, request: AppendTodoList) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = AppendTodo {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.msg_id),
        tasks: tasks(&cx, &request.list)?,
    };
    let log = command.peer.log(by.user);
    let entries = cx.domain.command(command).await?.into_iter().map(|it| (log, it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}
