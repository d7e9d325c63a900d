//! Polls and checklists as TL.

use domain::{
    Decided, MessageId, Peer, UserId, View,
    messages::{
        self, SeenMedia, SeenMessage,
        polls::{PollAnswer, SeenAnswer, SeenPoll, Styled},
        todo::{SeenTodo, TodoDone, TodoTask},
    },
};
use tl::{enums, types};

use super::{entities::entities, message::date, named::Named, user::peer};

/// A poll as a message carries it.
pub fn asked(it: &SeenPoll) -> enums::MessageMedia {
    types::MessageMediaPoll { poll: poll(it), results: results(it), attached_media: None }.into()
}

/// A checklist as a message carries it.
pub fn checklist(it: &SeenTodo) -> enums::MessageMedia {
    types::MessageMediaToDo {
        todo: todo(it),
        completions: (!it.done.is_empty()).then(|| it.done.iter().map(completion).collect()),
    }
    .into()
}

/// A poll of a message as it is now; without what is asked where the client has that.
pub fn update(chat: Peer, seen: &SeenMessage, known: Option<i64>) -> Option<enums::Update> {
    let Some(SeenMedia::Poll(it)) = &seen.media else { return None };
    let update = types::UpdateMessagePoll {
        peer: Some(peer(chat)),
        msg_id: Some(seen.id.0),
        top_msg_id: None,
        poll_id: number(it.body.id),
        poll: (known != Some(it.hash)).then(|| poll(it)),
        results: results(it),
    };
    Some(update.into())
}

/// The poll of one message of a chat as it is now; of a message that is gone meanwhile nothing is told.
pub fn now(
    view: &dyn View,
    viewer: UserId,
    (chat, message): (Peer, MessageId),
    named: &mut Named,
) -> Decided<Option<enums::Update>> {
    let Some(seen) = messages::seen_in(view, viewer, chat.log(viewer), [message])?.pop() else { return Ok(None) };
    named.message(&seen);
    Ok(update(chat, &seen, None))
}

/// What is asked.
fn poll(it: &SeenPoll) -> enums::Poll {
    let body = &it.body;
    types::Poll {
        id: number(body.id),
        closed: it.closed,
        public_voters: body.public,
        multiple_choice: body.multiple,
        quiz: body.quiz,
        open_answers: body.open,
        revoting_disabled: body.no_revote,
        shuffle_answers: body.shuffle,
        hide_results_until_close: body.hidden,
        creator: it.creator,
        subscribers_only: body.members_only,
        question: styled(&body.question),
        answers: it.answers.iter().map(|it| answer(&it.answer)).collect(),
        close_period: (body.period > 0).then(|| date(body.period)),
        close_date: (body.close_date > 0).then(|| date(body.close_date)),
        countries_iso2: None,
        hash: it.hash,
    }
    .into()
}

/// An answer, without what came of it.
pub fn answer(it: &PollAnswer) -> enums::PollAnswer {
    types::PollAnswer {
        text: styled(&it.text),
        option: it.option.to_vec(),
        media: None,
        added_by: it.added_by.map(user),
        date: it.added_by.map(|_| date(it.added)),
    }
    .into()
}

fn results(it: &SeenPoll) -> enums::PollResults {
    let solution = it.body.solution.as_ref().filter(|_| it.solved);
    types::PollResults {
        min: it.min,
        has_unread_votes: it.unread,
        can_view_stats: it.creator,
        // Who voted is told its own choice also where the numbers are hidden.
        results: (it.results || it.voted).then(|| it.answers.iter().map(|answer| voters(it, answer)).collect()),
        total_voters: Some(date(it.voters)),
        recent_voters: (!it.recent.is_empty()).then(|| it.recent.iter().copied().map(user).collect()),
        solution: solution.map(|it| it.text.clone()),
        solution_entities: solution.map(|it| entities(&it.entities)),
        solution_media: None,
    }
    .into()
}

fn voters(poll: &SeenPoll, it: &SeenAnswer) -> enums::PollAnswerVoters {
    types::PollAnswerVoters {
        chosen: it.chosen,
        correct: it.correct,
        option: it.answer.option.to_vec(),
        voters: poll.results.then(|| date(it.voters)),
        recent_voters: poll.results.then(|| it.recent.iter().copied().map(user).collect()),
    }
    .into()
}

fn todo(it: &SeenTodo) -> enums::TodoList {
    let body = &it.body;
    types::TodoList {
        others_can_append: body.others_append,
        others_can_complete: body.others_complete,
        title: styled(&body.title),
        list: tasks(&body.tasks),
    }
    .into()
}

/// Tasks of a checklist.
pub fn tasks(all: &[TodoTask]) -> Vec<enums::TodoItem> {
    all.iter().map(|it| types::TodoItem { id: date(it.id), title: styled(&it.title) }.into()).collect()
}

fn completion(it: &TodoDone) -> enums::TodoCompletion {
    types::TodoCompletion { id: date(it.task), completed_by: user(it.by), date: date(it.date) }.into()
}

/// A text with its marks.
pub fn styled(it: &Styled) -> enums::TextWithEntities {
    types::TextWithEntities { text: it.text.clone(), entities: entities(&it.entities) }.into()
}

fn user(it: UserId) -> enums::Peer {
    peer(Peer::User(it))
}

/// Numbers of polls have 63 bits.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
