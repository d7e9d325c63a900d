//! People vote, in their own notes and in a group's log, under every way a hall can be driven.

use bytes::Bytes;

use super::{
    ANSWERS_MAX, NewAnswer, NewPoll, OPTION_MAX, PollBody, QUESTION_MAX, SeenPoll, Styled,
    answers::{AddPollAnswer, DeletePollAnswer},
    close::ClosePoll,
    stats,
    unread::ReadPollVotes,
    vote::{MEMBER_SECONDS, SendVote},
    voters,
};
use crate::{
    Caller, ChannelId, Command, Decided, MessageId, Peer, Refusal, Turn, UserId, View,
    groups::{
        AdminRights, ChannelRow, MemberRow,
        channel::{member_key, put_channel},
    },
    ids::{LogId, VShard},
    messages::{
        self, Media, SeenMedia,
        marks::{self, Mark, Part},
        media::SendMedia,
        rows::{Body, MailboxRow, put_copy, seal_body},
        scheduled::{Schedule, SendLater},
        send::{SendMessage, Sent},
        timers,
    },
    testing::{Hall, ready},
    updates::{self, Change, Event, Passing},
};

mod places;

const CHANNEL: ChannelId = ChannelId(5 << 16 | 9);
const GROUP: Peer = Peer::Channel(CHANNEL);

fn text(it: &str) -> Styled {
    Styled { text: it.into(), ..Styled::default() }
}

fn poll(answers: &[&str]) -> NewPoll {
    let answer = |it: &&str| NewAnswer { text: text(it), option: Some(Bytes::copy_from_slice(it.as_bytes())) };
    let answers = answers.iter().map(answer).collect();
    NewPoll { question: text("Which?"), answers, public: true, ..NewPoll::default() }
}

/// A group of three whose log holds one poll, as the sender's path writes it.
struct Group {
    hall: Hall,
    people: [Caller; 3],
}

struct Found<'a>(&'a [Caller]);

impl Command for Found<'static> {
    type Reply = ();
    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let now = turn.now().secs();
        put_channel(turn, CHANNEL, &ChannelRow { creator: self.0[0].user, created: now, ..ChannelRow::default() });
        for it in self.0 {
            let admin = if it.user == self.0[0].user { AdminRights::CREATOR } else { AdminRights::NONE };
            turn.put(member_key(CHANNEL, it.user), &MemberRow { joined: now, admin, ..MemberRow::default() });
        }
        Ok(())
    }
}

struct Ask(Caller, NewPoll);

impl Command for Ask {
    type Reply = MessageId;
    fn decide(&self, turn: &mut Turn<'_>) -> Decided<MessageId> {
        let body = Body { poll: Some(self.1.checked(turn, self.0.user, GROUP)?), ..Body::default() };
        let (log, uid, date) = (LogId::Channel(CHANNEL), turn.draw_uid(), turn.now().secs());
        let sealed = seal_body(turn, (log, GROUP), uid, 0, &body)?;
        let row = MailboxRow { peer: GROUP, from: self.0.user, date, uid, body: sealed, ..MailboxRow::default() };
        let mut counters = updates::counters(turn, log)?;
        counters.last_message_id += 1;
        let id = MessageId(counters.last_message_id);
        updates::put_counters(turn, log, &counters);
        put_copy(turn, log, id, &row)?;
        super::close::plan(turn, log, id, &body);
        Ok(id)
    }
}

fn groups() -> [Group; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
        let names = [("Ann", "9996621001"), ("Ben", "9996621002"), ("Cleo", "9996621003")];
        let people = names.map(|(name, phone)| hall.person(name, phone));
        hall.run(Found(Vec::from(people).leak())).expect("a group is made");
        Group { hall, people }
    })
}

impl Group {
    fn ask(&self, poll: NewPoll) -> Result<MessageId, Refusal> {
        self.hall.run(Ask(self.people[0], poll))
    }

    fn vote(&self, who: usize, message: MessageId, options: &[&str]) -> Result<(), Refusal> {
        let options = options.iter().map(|it| Bytes::copy_from_slice(it.as_bytes())).collect();
        self.hall.run(SendVote { by: self.people[who], peer: GROUP, message, options }).map(drop)
    }

    fn seen(&self, who: usize, message: MessageId) -> SeenPoll {
        seen(&self.hall, self.people[who], GROUP, message)
    }

    /// Answers as somebody sees them: `+` chosen, `!` right, numbers where they are shown.
    fn shown(&self, who: usize, message: MessageId) -> String {
        shown(&self.seen(who, message))
    }

    fn voters(&self, who: usize, message: MessageId, option: Option<&str>) -> Result<String, Refusal> {
        let me = self.people[who].user;
        let (mut all, mut offset) = (Vec::new(), None);
        loop {
            let option = option.map(str::as_bytes);
            let page = self.hall.ask(|view| voters::page(view, me, (GROUP, message), option, offset.as_deref(), 1))?;
            let name = |it: &voters::Voter| self.people.iter().position(|one| one.user == it.user).unwrap_or(9);
            all.extend(page.voters.iter().map(|it| name(it).to_string()));
            offset = page.next;
            if offset.is_none() {
                return Ok(format!("{} of {}", all.join(" "), page.count));
            }
        }
    }
}

fn seen(hall: &Hall, me: Caller, peer: Peer, id: MessageId) -> SeenPoll {
    let found = hall.ask(|view| messages::seen_in(view, me.user, peer.log(me.user), [id])).expect("reads");
    match found.into_iter().next().and_then(|it| it.media) {
        Some(SeenMedia::Poll(it)) => *it,
        other => panic!("a poll, not {other:?}"),
    }
}

fn shown(it: &SeenPoll) -> String {
    let answer = |one: &super::SeenAnswer| {
        let (chosen, right) = (if one.chosen { "+" } else { "" }, if one.correct { "!" } else { "" });
        let number = if it.results { format!(" {}", one.voters) } else { String::new() };
        format!("{chosen}{right}{}{number}", one.answer.text.text)
    };
    let closed = if it.closed { " closed" } else { "" };
    format!("{} by {}{closed}", it.answers.iter().map(answer).collect::<Vec<_>>().join(", "), it.voters)
}

#[test]
fn votes_are_counted_changed_and_taken_back() {
    for group in groups() {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        assert_eq!(group.shown(1, id), "a, b by 0");
        group.vote(1, id, &["a"]).unwrap();
        group.vote(2, id, &["b"]).unwrap();
        assert_eq!(group.shown(1, id), "+a 1, b 1 by 2");
        assert_eq!(group.shown(0, id), "a, b by 2", "who has not voted sees no numbers");
        group.vote(1, id, &["b"]).unwrap();
        assert_eq!(group.shown(2, id), "a 0, +b 2 by 2");
        group.vote(2, id, &[]).unwrap();
        group.vote(2, id, &[]).unwrap();
        assert_eq!((group.shown(1, id), group.shown(2, id)), ("a 0, +b 1 by 1".into(), "a, b by 1".into()));
    }
}

#[test]
fn wrong_votes_are_refused_by_name() {
    for group in groups() {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        assert_eq!(group.vote(1, id, &["x"]), Err(Refusal::OptionInvalid));
        assert_eq!(group.vote(1, id, &["a", "b"]), Err(Refusal::OptionsTooMuch));
        assert_eq!(group.vote(1, MessageId(99), &["a"]), Err(Refusal::MessageIdInvalid));
        let many = group.ask(NewPoll { multiple: true, ..poll(&["a", "b", "c"]) }).unwrap();
        group.vote(1, many, &["c", "a"]).unwrap();
        assert_eq!(group.vote(2, many, &["a", "a"]), Err(Refusal::OptionInvalid));
        assert_eq!(group.shown(1, many), "+a 1, b 0, +c 1 by 1");
        let last = group.ask(NewPoll { no_revote: true, ..poll(&["a", "b"]) }).unwrap();
        group.vote(1, last, &["a"]).unwrap();
        assert_eq!(group.vote(1, last, &["b"]), Err(Refusal::RevoteNotAllowed));
        assert_eq!(group.vote(1, last, &[]), Err(Refusal::RevoteNotAllowed));
    }
}

#[test]
fn strangers_do_not_vote() {
    let [group, ..] = groups();
    let id = group.ask(poll(&["a", "b"])).unwrap();
    let stranger = group.hall.person("Dora", "9996621004");
    let vote = SendVote { by: stranger, peer: GROUP, message: id, options: vec!["a".into()] };
    assert_eq!(group.hall.run(vote).map(drop), Err(Refusal::ChannelPrivate));
}

#[test]
fn a_poll_for_members_is_for_those_who_were_there_a_day_before() {
    let [group, ..] = groups();
    let members_only = || NewPoll { members_only: true, ..poll(&["a", "b"]) };
    let early = group.ask(members_only()).unwrap();
    assert_eq!(group.vote(1, early, &["a"]), Err(Refusal::PollMemberRestricted));
    group.vote(0, early, &["a"]).unwrap();
    group.hall.pass(u64::from(MEMBER_SECONDS));
    let late = group.ask(members_only()).unwrap();
    group.vote(1, late, &["a"]).unwrap();
}

#[test]
fn a_quiz_tells_what_is_right_after_the_one_vote() {
    for group in groups() {
        let quiz = NewPoll { quiz: true, correct: vec![1], solution: Some(text("because")), ..poll(&["a", "b"]) };
        let id = group.ask(quiz).unwrap();
        assert_eq!((group.shown(1, id), group.seen(1, id).solved), ("a, b by 0".into(), false));
        group.vote(1, id, &["a"]).unwrap();
        assert_eq!((group.shown(1, id), group.seen(1, id).solved), ("+a 1, !b 0 by 1".into(), true));
        assert_eq!(group.vote(1, id, &["b"]), Err(Refusal::RevoteNotAllowed));
        assert!(!group.seen(0, id).solved, "not even who asked is told before it votes");
    }
}

#[test]
fn what_is_wrong_in_a_poll_has_a_name() {
    let [group, ..] = groups();
    let refused = |poll: NewPoll| group.ask(poll).map(drop);
    let quiz = |correct: &[i32]| NewPoll { quiz: true, correct: correct.to_vec(), ..poll(&["a", "b"]) };
    let long = |len: usize| "x".repeat(len);
    let many: Vec<_> = (0..=ANSWERS_MAX).map(|it| format!("{it}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let asked = |it: &str| NewPoll { question: text(it), ..poll(&["a", "b"]) };
    let named = |it: usize| {
        let mut poll = poll(&["a", "b"]);
        poll.answers[0].option = Some(long(it).into());
        poll
    };
    let timed = |it: i32| NewPoll { period: Some(it), ..poll(&["a", "b"]) };
    let explained = |it: String| NewPoll { solution: Some(text(&it)), ..quiz(&[0]) };
    let table: [(NewPoll, Result<(), Refusal>); 23] = [
        (asked(&long(QUESTION_MAX)), Ok(())),
        (asked(&long(QUESTION_MAX + 1)), Err(Refusal::PollQuestionInvalid)),
        (asked("  \n "), Err(Refusal::PollQuestionInvalid)),
        (poll(&["a"]), Err(Refusal::PollAnswersInvalid)),
        (poll(&many), Err(Refusal::PollAnswersInvalid)),
        (poll(&many[1..]), Ok(())),
        (poll(&["a", &long(100)]), Ok(())),
        (poll(&["a", &long(101)]), Err(Refusal::PollAnswerInvalid)),
        (poll(&["a", " "]), Err(Refusal::PollAnswerInvalid)),
        (poll(&["a", "a"]), Err(Refusal::PollOptionDuplicate)),
        (named(OPTION_MAX), Ok(())),
        (named(OPTION_MAX + 1), Err(Refusal::PollOptionInvalid)),
        (named(0), Err(Refusal::PollOptionInvalid)),
        (quiz(&[]), Err(Refusal::QuizCorrectAnswersEmpty)),
        (quiz(&[0, 1]), Err(Refusal::QuizCorrectAnswersTooMuch)),
        (quiz(&[2]), Err(Refusal::QuizCorrectAnswerInvalid)),
        (quiz(&[-1]), Err(Refusal::QuizCorrectAnswerInvalid)),
        (NewPoll { correct: vec![0], ..poll(&["a", "b"]) }, Err(Refusal::QuizCorrectAnswersTooMuch)),
        (timed(5), Ok(())),
        (timed(4), Err(Refusal::MediaInvalid)),
        (explained(long(200)), Ok(())),
        (explained(long(201)), Err(Refusal::MessageTooLong)),
        (explained("a\nb\nc\nd".into()), Err(Refusal::MessageTooLong)),
    ];
    for (at, (poll, wanted)) in table.into_iter().enumerate() {
        assert_eq!(refused(poll), wanted, "row {at}");
    }
}

#[test]
fn results_may_be_hidden_until_the_end() {
    let [group, ..] = groups();
    let id = group.ask(NewPoll { hidden: true, ..poll(&["a", "b"]) }).unwrap();
    group.vote(1, id, &["a"]).unwrap();
    assert_eq!(group.shown(1, id), "+a, b by 1");
    assert_eq!(group.voters(1, id, None), Err(Refusal::PollVoteRequired));
    group.hall.run(ClosePoll { by: group.people[0], peer: GROUP, message: id }).unwrap();
    assert_eq!(group.shown(2, id), "a 1, b 0 by 1 closed");
    assert_eq!(group.voters(2, id, None).unwrap(), "1 of 1");
}

#[test]
fn only_its_author_closes_a_poll_and_nobody_votes_after() {
    for group in groups() {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        let close = |who: usize| ClosePoll { by: group.people[who], peer: GROUP, message: id };
        assert_eq!(group.hall.run(close(1)).map(drop), Err(Refusal::MessageAuthorRequired));
        group.hall.events();
        group.hall.run(close(0)).unwrap();
        let told = group.hall.events().into_iter().any(|it| {
            matches!(it, Event::Logged { log: LogId::Channel(_), entry, .. } if entry.change == (Change::Poll { peer: GROUP, message: id }))
        });
        assert!(told, "also who is away learns of it");
        assert_eq!(group.hall.run(close(0)).map(drop), Err(Refusal::MessageNotModified));
        assert_eq!(group.vote(1, id, &["a"]), Err(Refusal::MessagePollClosed));
    }
}

#[test]
fn a_poll_with_a_period_closes_by_itself_and_says_so() {
    for group in groups() {
        let id = group.ask(NewPoll { period: Some(60), ..poll(&["a", "b"]) }).unwrap();
        group.hall.pass(59);
        ready(timers::run_due(&group.hall.domain)).unwrap();
        group.vote(1, id, &["a"]).unwrap();
        group.hall.pass(1);
        assert_eq!(group.vote(2, id, &["a"]), Err(Refusal::MessagePollClosed), "the moment decides, not the timer");
        group.hall.events();
        ready(timers::run_due(&group.hall.domain)).unwrap();
        assert!(group.hall.events().iter().any(|it| matches!(it, Event::Logged { log: LogId::Channel(_), .. })));
        assert_eq!(group.shown(2, id), "a 1, b 0 by 1 closed");
    }
}

#[test]
fn voters_of_a_public_poll_are_paged_for_those_who_voted() {
    for group in groups() {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        assert_eq!(group.voters(0, id, None), Err(Refusal::PollVoteRequired));
        for who in [0, 1, 2] {
            group.vote(who, id, &[if who == 2 { "b" } else { "a" }]).unwrap();
            group.hall.pass(1);
        }
        assert_eq!(group.voters(0, id, None).unwrap(), "2 1 0 of 3");
        assert_eq!(group.voters(0, id, Some("a")).unwrap(), "1 0 of 2");
        assert_eq!(group.voters(0, id, Some("x")), Err(Refusal::OptionInvalid));
        let recent: Vec<_> = group.seen(0, id).recent;
        assert_eq!(recent, [2, 1, 0].map(|it| group.people[it].user));
        let quiet = group.ask(NewPoll { public: false, ..poll(&["a", "b"]) }).unwrap();
        group.vote(1, quiet, &["a"]).unwrap();
        assert_eq!(group.voters(1, quiet, None), Err(Refusal::BroadcastForbidden));
        assert!(group.seen(1, quiet).recent.is_empty());
    }
}

#[test]
fn who_looks_is_told_of_votes_and_nothing_is_logged_in_the_group() {
    let [group, ..] = groups();
    let id = group.ask(poll(&["a", "b"])).unwrap();
    group.hall.events();
    group.vote(1, id, &["a"]).unwrap();
    let events = group.hall.events();
    let passing = Passing::Poll { peer: GROUP, message: id, by: group.people[1].user };
    assert!(events.iter().any(|it| matches!(it, Event::Passing { what, .. } if *what == passing)));
    assert!(!events.iter().any(|it| matches!(it, Event::Logged { log: LogId::Channel(_), .. })));
    let own = LogId::Mailbox(group.people[1].user);
    assert!(
        events.iter().any(|it| matches!(it, Event::Logged { log, .. } if *log == own)),
        "other devices of the voter"
    );
}

#[test]
fn who_asked_has_unread_votes_until_it_looks() {
    for group in groups() {
        let (ann, id) = (group.people[0], group.ask(poll(&["a", "b"])).unwrap());
        let unread = || {
            let dialog = group.hall.ask(|view| messages::dialog(view, ann.user, GROUP)).unwrap().unread_poll_votes;
            let part = Part { limit: 10, ..Part::default() };
            let marked = group.hall.ask(|view| marks::page(view, ann.user, GROUP, Mark::PollVote, part)).unwrap().0;
            (dialog, marked.len(), group.seen(0, id).unread)
        };
        group.vote(0, id, &["a"]).unwrap();
        assert_eq!(unread(), (0, 0, false), "own votes are known");
        group.vote(1, id, &["a"]).unwrap();
        group.vote(2, id, &["a"]).unwrap();
        assert_eq!(unread(), (1, 1, true));
        assert!(!group.seen(1, id).unread);
        let step = group.hall.run(ReadPollVotes { by: ann, peer: GROUP, top: None }).unwrap();
        assert_eq!((step.read, step.more, unread()), (1, false, (0, 0, false)));
    }
}

#[test]
fn voters_add_answers_to_an_open_poll_and_take_their_own_off_again() {
    for group in groups() {
        let id = group.ask(NewPoll { open: true, multiple: true, ..poll(&["a"]) }).unwrap();
        let add = |who: usize, it: &str| {
            let answer = NewAnswer { text: text(it), option: None };
            group.hall.run(AddPollAnswer { by: group.people[who], peer: GROUP, message: id, answer }).map(drop)
        };
        add(1, "b").unwrap();
        assert_eq!(add(2, "b"), Err(Refusal::PollOptionDuplicate));
        let added = group.seen(2, id).answers[1].answer.clone();
        assert_eq!(added.added_by, Some(group.people[1].user));
        let name = String::from_utf8(added.option.to_vec()).unwrap();
        group.vote(1, id, &["a", &name]).unwrap();
        group.vote(2, id, &[&name]).unwrap();
        assert_eq!(group.shown(1, id), "+a 1, +b 2 by 2");
        let take = |who: usize, option: &str| {
            let option = Bytes::copy_from_slice(option.as_bytes());
            group.hall.run(DeletePollAnswer { by: group.people[who], peer: GROUP, message: id, option }).map(drop)
        };
        assert_eq!(take(2, &name), Err(Refusal::ChatAdminRequired));
        assert_eq!(take(1, "a"), Err(Refusal::OptionInvalid), "what was asked at first stays");
        take(1, &name).unwrap();
        assert_eq!(group.shown(1, id), "+a 1 by 1", "votes for it go with it");
        add(2, "c").unwrap();
        assert_ne!(group.seen(2, id).answers[1].answer.option, added.option, "a name means one answer for ever");
        for more in 3..=ANSWERS_MAX {
            add(2, &format!("{more}")).unwrap();
        }
        assert_eq!(add(2, "beyond"), Err(Refusal::PollAnswersInvalid));
        let shut = group.ask(poll(&["a", "b"])).unwrap();
        let answer = NewAnswer { text: text("c"), option: None };
        let add = AddPollAnswer { by: group.people[1], peer: GROUP, message: shut, answer };
        assert_eq!(group.hall.run(add).map(drop), Err(Refusal::MessageIdInvalid));
    }
}

#[test]
fn who_asked_sees_the_votes_of_each_hour() {
    let [group, ..] = groups();
    let id = group.ask(poll(&["a", "b"])).unwrap();
    group.vote(1, id, &["a"]).unwrap();
    group.hall.pass(u64::from(stats::STEP_SECONDS));
    group.vote(2, id, &["b"]).unwrap();
    group.vote(0, id, &["a"]).unwrap();
    let hours = |who: usize| group.hall.ask(|view| stats::hours(view, group.people[who].user, GROUP, id));
    assert_eq!(hours(1).map(drop), Err(Refusal::ChatAdminRequired));
    let (_, found) = hours(0).unwrap();
    let votes: Vec<_> = found.iter().map(|(_, votes)| votes.clone()).collect();
    assert_eq!(votes, [vec![1], vec![1, 1]]);
    assert_eq!(found[1].0 - found[0].0, stats::STEP_SECONDS);
}

#[test]
fn the_number_of_a_poll_is_never_negative_and_names_its_vshard() {
    let [group, ..] = groups();
    for _ in 0..50 {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        let body: PollBody = group.seen(0, id).body;
        assert!(i64::try_from(body.id).is_ok_and(|it| it > 0));
        assert_eq!(VShard((body.id & 0xffff) as u16), CHANNEL.vshard());
    }
}

#[test]
fn two_voters_at_once_are_both_counted_and_a_third_finds_it_closed() {
    for group in groups() {
        let id = group.ask(poll(&["a", "b"])).unwrap();
        let vote = |who: usize, it: &'static str| {
            let options = vec![Bytes::from_static(it.as_bytes())];
            SendVote { by: group.people[who], peer: GROUP, message: id, options }
        };
        let (one, two) = group.hall.run_in_line(vote(1, "a"), vote(2, "b"));
        assert!(one.is_ok() && two.is_ok());
        assert_eq!(group.seen(0, id).voters, 2);
        let close = || ClosePoll { by: group.people[0], peer: GROUP, message: id };
        let (first, second) = group.hall.run_in_line(close(), close());
        let refused = Err(Refusal::MessageNotModified);
        let both = [first.map(drop), second.map(drop)];
        assert!(both.contains(&Ok(())) && both.contains(&refused), "one of them: {both:?}");
        let (_, late) = group.hall.run_in_line(vote(1, "b"), vote(0, "a"));
        assert_eq!(late.map(drop), Err(Refusal::MessagePollClosed));
        let counts: Vec<_> = group.seen(0, id).answers.iter().map(|it| it.voters).collect();
        assert_eq!(counts, [1, 1]);
    }
}

#[test]
fn a_mention_and_a_vote_on_one_message_are_two_marks() {
    let [group, ..] = groups();
    let (id, me) = (group.ask(poll(&["a", "b"])).unwrap(), group.people[0].user);
    group.vote(1, id, &["a"]).unwrap();
    let set = |mark| group.hall.ask(|view| marks::is_set(view, me, GROUP, mark, id)).unwrap();
    assert_eq!((set(Mark::PollVote), set(Mark::Mention), set(Mark::Reaction)), (true, false, false));
}
