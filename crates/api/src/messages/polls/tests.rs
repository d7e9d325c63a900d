//! What callers see of polls and checklists.

use domain::{Caller, ChannelId, testing::Hall};
use tl::{enums, functions as f, types};

use crate::{
    channels::tests::{bring, group, people, updates},
    testing::{call, channel_peer as peer, refused},
};

/// A supergroup with two members, and its number.
fn two(hall: &Hall) -> (Caller, Caller, i64) {
    let [alice, bob] = people(hall);
    let id = group(hall, alice);
    bring(hall, alice, id, &[bob]);
    (alice, bob, id)
}

fn said(text: &str) -> enums::TextWithEntities {
    types::TextWithEntities { text: text.into(), entities: Vec::new() }.into()
}

fn poll() -> types::Poll {
    let answer = |it: &str| types::PollAnswer {
        text: said(it),
        option: it.as_bytes().to_vec(),
        media: None,
        added_by: None,
        date: None,
    };
    types::Poll {
        id: 0,
        closed: false,
        public_voters: true,
        multiple_choice: false,
        quiz: false,
        open_answers: false,
        revoting_disabled: false,
        shuffle_answers: false,
        hide_results_until_close: false,
        creator: false,
        subscribers_only: false,
        question: said("Which?"),
        answers: ["a", "b"].map(|it| answer(it).into()).to_vec(),
        close_period: None,
        close_date: None,
        countries_iso2: None,
        hash: 0,
    }
}

fn input_poll(poll: types::Poll) -> types::InputMediaPoll {
    types::InputMediaPoll {
        poll: poll.into(),
        correct_answers: None,
        attached_media: None,
        solution: None,
        solution_entities: None,
        solution_media: None,
    }
}

pub(in crate::messages) fn send(
    peer: enums::InputPeer,
    media: impl Into<enums::InputMedia>,
    random_id: i64,
) -> f::messages::SendMedia {
    f::messages::SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        media: media.into(),
        message: String::new(),
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
    }
}

/// The number of the message in the answer to a send.
fn sent(it: enums::Updates) -> i32 {
    updates(it)
        .updates
        .iter()
        .find_map(|it| match it {
            enums::Update::MessageId(it) => Some(it.id),
            _ => None,
        })
        .expect("a number")
}

/// The poll of an answer: its update, and the results.
fn told(it: enums::Updates) -> (types::UpdateMessagePoll, types::PollResults) {
    let found = updates(it).updates.into_iter().find_map(|it| match it {
        enums::Update::MessagePoll(it) => Some(it),
        _ => None,
    });
    let update = found.expect("a poll is told of");
    let enums::PollResults::Results(results) = update.results.clone();
    (update, *results)
}

#[test]
fn a_poll_is_asked_voted_on_read_and_closed() {
    let hall = Hall::new();
    let (alice, bob, id) = two(&hall);
    let at = |by: Caller| peer(&hall, by, id);
    let message = sent(call(&hall, alice, &send(at(alice), input_poll(poll()), 1)).unwrap());
    let vote = |by: Caller, option: &str| f::messages::SendVote {
        peer: at(by),
        msg_id: message,
        options: vec![option.as_bytes().to_vec()],
    };
    let votes =
        |by: Caller| f::messages::GetPollVotes { peer: at(by), id: message, option: None, offset: None, limit: 10 };
    assert_eq!(refused(&hall, bob, &votes(bob)), "403 POLL_VOTE_REQUIRED");
    assert_eq!(refused(&hall, bob, &vote(bob, "x")), "400 OPTION_INVALID");
    let (update, results) = told(call(&hall, bob, &vote(bob, "b")).unwrap());
    assert_eq!((update.msg_id, results.total_voters, results.min), (Some(message), Some(1), false));
    let chosen = |it: &enums::PollAnswerVoters| {
        let enums::PollAnswerVoters::Voters(it) = it;
        (it.chosen, it.voters)
    };
    let all: Vec<_> = results.results.iter().flatten().map(chosen).collect();
    assert_eq!(all, [(false, Some(0)), (true, Some(1))]);
    let results_of = |by: Caller, poll_hash| {
        told(call(&hall, by, &f::messages::GetPollResults { peer: at(by), msg_id: message, poll_hash }).unwrap())
    };
    let (update, results) = results_of(alice, 0);
    assert!(results.results.is_none() && results.has_unread_votes && results.can_view_stats);
    let enums::Poll::Poll(asked) = update.poll.expect("what is asked");
    assert!(asked.creator);
    assert!(results_of(alice, asked.hash).0.poll.is_none(), "the client has it");
    let enums::messages::VotesList::List(list) = call(&hall, bob, &votes(bob)).unwrap();
    assert_eq!((list.count, list.votes.len(), list.users.len()), (1, 1, 1));

    let unread = |by: Caller| f::messages::GetUnreadPollVotes {
        peer: at(by),
        top_msg_id: None,
        offset_id: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
    };
    let count = |by: Caller| match call(&hall, by, &unread(by)).unwrap() {
        enums::messages::Messages::Slice(it) => it.messages.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((count(alice), count(bob)), (1, 0));
    call(&hall, alice, &f::messages::ReadPollVotes { peer: at(alice), top_msg_id: None }).unwrap();
    assert_eq!(count(alice), 0);
    assert_eq!(
        refused(&hall, bob, &f::stats::GetPollStats { dark: false, peer: at(bob), msg_id: message }),
        "400 CHAT_ADMIN_REQUIRED"
    );
    let stats = f::stats::GetPollStats { dark: false, peer: at(alice), msg_id: message };
    let enums::stats::PollStats::Stats(stats) = call(&hall, alice, &stats).unwrap();
    let enums::StatsGraph::Graph(graph) = stats.votes_graph else { panic!("a graph") };
    let enums::DataJson::Json(json) = graph.json;
    assert!(json.data.contains("\"y1\",1"), "{}", json.data);

    let close = |by: Caller| f::messages::EditMessage {
        no_webpage: false,
        invert_media: false,
        peer: at(by),
        id: message,
        message: None,
        media: Some(input_poll(types::Poll { closed: true, answers: Vec::new(), ..poll() }).into()),
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    };
    assert_eq!(refused(&hall, bob, &close(bob)), "403 MESSAGE_AUTHOR_REQUIRED");
    let (update, _) = told(call(&hall, alice, &close(alice)).unwrap());
    assert!(matches!(update.poll, Some(enums::Poll::Poll(it)) if it.closed));
    assert_eq!(refused(&hall, alice, &vote(alice, "a")), "400 MESSAGE_POLL_CLOSED");
}

#[test]
fn who_may_not_send_polls_is_told_so_and_what_is_bought_is_refused() {
    let hall = Hall::new();
    let (alice, bob, id) = two(&hall);
    let ask = |by: Caller, random_id| send(peer(&hall, by, id), input_poll(poll()), random_id);
    let dice = |emoticon: &str| types::InputMediaDice { emoticon: emoticon.into() };
    assert_eq!(refused(&hall, alice, &send(peer(&hall, alice, id), dice("🙂"), 3)), "400 EMOTICON_INVALID");
    let bought = types::InputMediaPaidMedia { stars_amount: 1, extended_media: Vec::new(), payload: None };
    assert_eq!(refused(&hall, alice, &send(peer(&hall, alice, id), bought, 3)), "400 MEDIA_INVALID");
    let empty = enums::InputMedia::Empty;
    assert_eq!(refused(&hall, alice, &send(peer(&hall, alice, id), empty, 4)), "400 MEDIA_EMPTY");
    let private = crate::testing::peer(&hall, alice, bob);
    assert_eq!(refused(&hall, alice, &send(private, input_poll(poll()), 5)), "400 MEDIA_INVALID");
    let channel = ChannelId(u64::try_from(id).unwrap());
    let banned = domain::groups::BannedRights::SEND_POLLS;
    let mut row = hall.ask(|view| domain::groups::member(view, channel, bob.user)).unwrap().expect("a member");
    row.banned = banned;
    hall.run(domain::testing::groups::Place { channel, user: bob.user, row }).unwrap();
    assert_eq!(refused(&hall, bob, &ask(bob, 6)), "403 CHAT_SEND_POLL_FORBIDDEN");
    let stranger = hall.person("Eve", "9996622303");
    assert_eq!(refused(&hall, stranger, &ask(stranger, 7)), "406 CHANNEL_PRIVATE");
}

#[test]
fn an_open_poll_takes_an_answer_and_a_checklist_a_tick_and_both_are_told_in_the_chat() {
    let hall = Hall::new();
    let (alice, bob, id) = two(&hall);
    let at = |by: Caller| peer(&hall, by, id);
    let open = types::Poll { open_answers: true, ..poll() };
    let message = sent(call(&hall, alice, &send(at(alice), input_poll(open), 1)).unwrap());
    let answer = enums::PollAnswer::from(types::InputPollAnswer { text: said("c"), media: None });
    let add = f::messages::AddPollAnswer { peer: at(bob), msg_id: message, answer };
    let answered = updates(call(&hall, bob, &add).unwrap()).updates;
    let enums::Update::MessagePoll(update) = &answered[0] else { panic!("{answered:?}") };
    let Some(enums::Poll::Poll(asked)) = &update.poll else { panic!("{update:?}") };
    let Some(enums::PollAnswer::Answer(last)) = asked.answers.last() else { panic!("{asked:?}") };
    assert!(last.added_by.is_some());
    let action = |it: &enums::Update| match it {
        enums::Update::NewChannelMessage(it) => match &it.message {
            enums::Message::Service(it) => Some(it.action.clone()),
            _ => None,
        },
        _ => None,
    };
    assert!(matches!(answered.iter().find_map(action), Some(enums::MessageAction::PollAppendAnswer(_))));
    let option = last.option.clone();
    let take = f::messages::DeletePollAnswer { peer: at(alice), msg_id: message, option };
    let taken = updates(call(&hall, alice, &take).unwrap()).updates;
    assert!(matches!(taken.iter().find_map(action), Some(enums::MessageAction::PollDeleteAnswer(_))));

    let item = |id: i32| types::TodoItem { id, title: said("milk") }.into();
    let list = types::TodoList {
        others_can_append: false,
        others_can_complete: true,
        title: said("Shopping"),
        list: vec![item(1)],
    };
    let todo = types::InputMediaTodo { todo: list.into() };
    let message = sent(call(&hall, alice, &send(at(alice), todo, 2)).unwrap());
    let tick = f::messages::ToggleTodoCompleted {
        peer: at(bob),
        msg_id: message,
        completed: vec![1],
        incompleted: Vec::new(),
    };
    let ticked = updates(call(&hall, bob, &tick).unwrap()).updates;
    assert!(matches!(&ticked[0], enums::Update::EditChannelMessage(_)), "{ticked:?}");
    assert!(
        matches!(ticked.iter().find_map(action), Some(enums::MessageAction::TodoCompletions(it)) if it.completed == [1])
    );
    assert_eq!(refused(&hall, bob, &tick), "400 TODO_NOT_MODIFIED");
    let append = |by: Caller| f::messages::AppendTodoList { peer: at(by), msg_id: message, list: vec![item(2)] };
    assert_eq!(refused(&hall, bob, &append(bob)), "403 MESSAGE_AUTHOR_REQUIRED");
    call(&hall, alice, &append(alice)).unwrap();
    assert_eq!(refused(&hall, alice, &append(alice)), "400 TODO_ITEM_DUPLICATE");
}
