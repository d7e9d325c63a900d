//! What posts carry beside their text: polls as results, checklists, places, files. Nothing on a page can be voted for
//! or ticked.

use domain::messages::{
    SeenMedia,
    media::{MediaBody, Place},
    polls::{SeenAnswer, SeenPoll},
    todo::SeenTodo,
    webpages::{SeenPage, What},
};
use maud::{Markup, html};

use crate::{
    file,
    moment::whole,
    text::{self, For},
};

pub(crate) fn media(it: &SeenMedia, files: &[(u64, String)], place: For<'_>) -> Markup {
    match it {
        SeenMedia::Poll(poll) => self::poll(poll, place),
        SeenMedia::Todo(todo) => self::todo(todo, place),
        SeenMedia::WebPage(it) => page(it, files, place),
        SeenMedia::Carried(it) => match file::shown(&it.body, files, place) {
            Some(shown) => shown,
            None => carried(&it.body),
        },
    }
}

/// What stands for it in one line.
pub(crate) fn name(it: &SeenMedia) -> String {
    let (sign, said) = match it {
        SeenMedia::Poll(poll) => ("📊", &poll.body.question),
        SeenMedia::Todo(todo) => ("☑", &todo.body.title),
        SeenMedia::WebPage(it) => return text::tidy(&it.url),
        SeenMedia::Carried(it) => return in_words(&it.body),
    };
    format!("{sign} {}", text::plain(&said.text, &said.entities, text::TITLE_MAX))
}

/// What a post carries, in one line.
fn in_words(it: &MediaBody) -> String {
    match it {
        MediaBody::Photo { .. } => "🖼 Photo".into(),
        MediaBody::Document { document, .. } => {
            format!("📎 {}", file::name(document).unwrap_or("File"))
        }
        MediaBody::Place { place } | MediaBody::Live { place, .. } => format!("📍 {}", coordinates(place)),
        MediaBody::Venue { venue } => format!("📍 {}", venue.title),
        MediaBody::Contact { contact } => format!("👤 {} {}", contact.first_name, contact.last_name).trim_end().into(),
        MediaBody::Dice { emoticon, value } => format!("{emoticon} {value}"),
        // Channels have none.
        MediaBody::Ended { .. } => "⏱".into(),
        MediaBody::WebPage { url, .. } => text::tidy(url),
    }
}

fn carried(it: &MediaBody) -> Markup {
    html! {
        p class="carried" dir="auto" {
            (in_words(it))
            @match it {
                MediaBody::Venue { venue } => { br; (venue.address) br; (coordinates(&venue.place)) },
                MediaBody::Contact { contact } => { br; "+" (contact.phone.trim_start_matches('+')) },
                MediaBody::Photo { .. }
                | MediaBody::Document { .. }
                | MediaBody::Place { .. }
                | MediaBody::Dice { .. }
                | MediaBody::WebPage { .. }
                | MediaBody::Ended { .. }
                | MediaBody::Live { .. } => {},
            }
        }
    }
}

/// A page of the web, as it described itself.
fn page(it: &SeenPage, files: &[(u64, String)], place: For<'_>) -> Markup {
    let What::Found { card, .. } = &it.what else { return html! {} };
    html! {
        blockquote class="linked" {
            @if !card.site.is_empty() { p class="kind" dir="auto" { (text::tidy(&card.site)) } }
            @if !card.title.is_empty() { p dir="auto" { a href=(card.url) rel="nofollow noopener noreferrer" { strong { (text::tidy(&card.title)) } } } }
            @if !card.text.is_empty() { p dir="auto" { (text::tidy(&card.text)) } }
            @if let Some(picture) = card.photo.as_ref().and_then(|it| file::picture(it, files, place)) { (picture) }
        }
    }
}

/// Five digits behind the point are a metre.
fn coordinates(it: &Place) -> String {
    format!("{:.5}, {:.5}", it.latitude, it.longitude)
}

fn poll(poll: &SeenPoll, place: For<'_>) -> Markup {
    let question = &poll.body.question;
    html! {
        div class="poll" {
            p class="question" dir="auto" { strong { (text::html(&question.text, &question.entities, place)) } }
            p class="kind" { (kind(poll)) }
            ul {
                @for answer in &poll.answers { li { (self::answer(poll, answer, place)) } }
            }
            p class="voters" { (voters(poll)) }
        }
    }
}

fn kind(poll: &SeenPoll) -> &'static str {
    match (poll.closed, poll.body.quiz, poll.body.public) {
        (true, ..) => "Final results",
        (false, true, false) => "Anonymous quiz",
        (false, true, true) => "Quiz",
        (false, false, false) => "Anonymous poll",
        (false, false, true) => "Poll",
    }
}

fn voters(poll: &SeenPoll) -> String {
    match poll.voters {
        _ if !poll.results => "Results are shown once it is closed".into(),
        0 => "No votes yet".into(),
        1 => "1 vote".into(),
        many => format!("{} votes", whole(many.into())),
    }
}

fn answer(poll: &SeenPoll, it: &SeenAnswer, place: For<'_>) -> Markup {
    let said = &it.answer.text;
    let percent = percent(it.voters, poll.voters);
    html! {
        div class="answer" dir="auto" {
            (text::html(&said.text, &said.entities, place))
            @if it.correct { " " span class="right" title="The right answer" { "✓" } }
        }
        @if poll.results {
            " " span class="share" { (percent) "%" }
            @if place == For::Page {
                progress max="100" value=(percent) aria-label=(text::plain(&said.text, &said.entities, text::TITLE_MAX)) {}
            }
        }
    }
}

/// Rounded; of nobody it is nothing.
fn percent(votes: u32, of: u32) -> u64 {
    (u64::from(votes) * 200 + u64::from(of)).checked_div(u64::from(of) * 2).unwrap_or(0)
}

fn todo(todo: &SeenTodo, place: For<'_>) -> Markup {
    let title = &todo.body.title;
    let is_done = |task: u32| todo.done.iter().any(|it| it.task == task);
    html! {
        div class="todo" {
            p class="question" dir="auto" { strong { (text::html(&title.text, &title.entities, place)) } }
            ul {
                @for task in &todo.body.tasks {
                    li dir="auto" {
                        @if is_done(task.id) { span class="box" title="Done" { "☑" } } @else { span class="box" title="To do" { "☐" } }
                        " " (text::html(&task.title.text, &task.title.entities, place))
                    }
                }
            }
            p class="voters" { (todo.done.len()) " of " (todo.body.tasks.len()) " done" }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_nobody_has_none() {
        assert_eq!(
            [(1, 3), (2, 3), (1, 2), (3, 3), (0, 3), (0, 0), (1, 200)].map(|(one, all)| percent(one, all)),
            [33, 67, 50, 100, 0, 0, 1]
        );
    }
}
