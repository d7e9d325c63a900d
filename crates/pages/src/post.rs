//! One post: as a part of a list, on a page of its own, or what there is to say where it is not.

use domain::{
    MessageId,
    groups::face::{Article, Post, Whence},
    messages::{Action, Reaction, SeenMessage},
};
use maud::{Markup, html};

use crate::{
    Channel, Page,
    frame::{Frame, Head},
    media,
    moment::{Moment, rounded},
    text::{self, For},
};

/// The page of one post.
pub(crate) fn page(frame: &Frame<'_>, channel: &Channel<'_>, id: MessageId, post: &Post) -> Page {
    let it = match post {
        Post::Here(it) => it,
        Post::Gone => return frame.gone(channel, id),
        Post::Never => return frame.never(channel, id),
    };
    let path = format!("/{}/{}", channel.name(), id.0);
    let title = format!("{}: {}", text::tidy(&channel.front.title), title(&it.message));
    let summary = summary(&it.message);
    let published = Some(it.message.row.date);
    let portrait = channel.front.portrait.as_deref();
    let head = Head { title: &title, summary: &summary, path: &path, feed: Some(channel.name()), published, portrait };
    let around = format!("/s/{}?before={}", channel.name(), id.0.saturating_add(1));
    frame.page(
        200,
        &head,
        channel.is_protected(),
        html! {
            (frame.masthead(channel, false))
            main class="posts single" {
                h2 class="day" { (day(it.message.row.date)) }
                (article(channel, it))
                nav class="paging" { a href=(around) { "See it in the channel" } " " (frame.open(channel, Some(id))) }
            }
        },
    )
}

/// A post among others.
pub(crate) fn article(channel: &Channel<'_>, it: &Article) -> Markup {
    let message = &it.message;
    if let Some(action) = &message.body.action {
        return html! { p class="service" id={ "p" (message.id.0) } dir="auto" { (said(action)) } };
    }
    let link = format!("/{}/{}", channel.name(), message.id.0);
    let date = Moment(message.row.date);
    html! {
        article class="post" id={ "p" (message.id.0) } {
            @if let Some(origin) = &it.origin { p class="origin" dir="auto" { (self::origin(it, origin)) } }
            @if let Some(answered) = &it.answers { (self::answered(channel, message, answered)) }
            (content(it, For::Page))
            (reactions(message))
            footer {
                @if let Some(author) = author(it) { span class="author" dir="auto" { (author) } }
                @if message.row.edit_date > 0 { span title=(Moment(message.row.edit_date).exact()) { "edited" } }
                @if let Some(comments) = comments(message) { span class="comments" { (comments) } }
                @if let Some(views) = views(it) { span class="views" title="Views" { (rounded(views)) @if views == 1 { " view" } @else { " views" } } }
                a href=(link) { time datetime=(date.exact()) title={ (date.day()) ", " (date.clock()) " UTC" } { (date.clock()) } }
            }
        }
    }
}

/// What a post says and carries.
pub(crate) fn content(article: &Article, place: For<'_>) -> Markup {
    let (message, body) = (&article.message, &article.message.body);
    html! {
        @if !body.text.is_empty() { div class="text" dir="auto" { (text::html(&body.text, &body.entities, place)) } }
        @if let Some(it) = &message.media { (media::media(it, &article.files, place)) }
    }
}

/// How often it was seen. A copy counts with the post that it was made of, of which nothing is told where it is private.
fn views(it: &Article) -> Option<u64> {
    let counts = it.message.counts.filter(|_| it.origin != Some(Whence::Private))?;
    Some(counts.views.into())
}

/// What it was answered with in the discussion group, if it was.
fn comments(message: &SeenMessage) -> Option<String> {
    match message.comments.as_ref()?.replies {
        0 => None,
        1 => Some("1 comment".into()),
        many => Some(format!("{} comments", rounded(many.into()))),
    }
}

/// A day as a heading.
pub(crate) fn day(date: u32) -> Markup {
    let date = Moment(date);
    html! { time datetime=(&date.exact()[..10]) { (date.day()) } }
}

/// The beginning of a post in a line.
pub(crate) fn title(message: &SeenMessage) -> String {
    line(message, text::TITLE_MAX)
}

/// The beginning of a post in a paragraph.
pub(crate) fn summary(message: &SeenMessage) -> String {
    line(message, text::SUMMARY_MAX)
}

fn line(message: &SeenMessage, letters: usize) -> String {
    let body = &message.body;
    match (&body.action, &message.media) {
        (Some(action), _) => said(action),
        (None, Some(it)) if body.text.is_empty() => media::name(it),
        (None, _) => text::plain(&body.text, &body.entities, letters),
    }
}

/// Who wrote it, where the channel tells: a name beside the post, or the profile that it is shown with.
pub(crate) fn author(it: &Article) -> Option<String> {
    let signature = Some(text::tidy(&it.message.body.signature)).filter(|it| !it.is_empty());
    signature.or_else(|| it.author.as_deref().map(text::tidy))
}

fn origin(it: &Article, origin: &Whence) -> Markup {
    let signature = it.message.origin.as_ref().and_then(|it| it.signature.as_deref()).map(text::tidy);
    html! {
        "Forwarded from "
        @match origin {
            Whence::Person(name) => { strong { (text::tidy(name)) } }
            Whence::Public(title, name, MessageId(0)) => { a href={ "/" (name) } { (text::tidy(title)) } }
            Whence::Public(title, name, post) => { a href={ "/" (name) "/" (post.0) } { (text::tidy(title)) } }
            Whence::Private => { strong { "a private channel" } }
        }
        @if let (Some(signature), true) = (signature, *origin != Whence::Private) { " (" (signature) ")" }
    }
}

/// The post that is answered, or the part of it that is quoted.
fn answered(channel: &Channel<'_>, message: &SeenMessage, answered: &SeenMessage) -> Markup {
    let quoted = message.body.quote.as_ref().map(|it| text::plain(&it.text, &it.entities, text::SUMMARY_MAX));
    html! {
        a class="reply" href={ "/" (channel.name()) "/" (answered.id.0) } dir="auto" {
            strong { (text::tidy(&channel.front.title)) } " "
            span { (quoted.unwrap_or_else(|| title(answered))) }
        }
    }
}

fn reactions(message: &SeenMessage) -> Markup {
    let counts = message.crowd.iter().flat_map(|it| &it.counts);
    let shown: Vec<_> = counts.map(|(Reaction::Emoji { emoticon }, times)| (text::tidy(emoticon), *times)).collect();
    html! {
        @if !shown.is_empty() {
            ul class="reactions" {
                @for (emoji, times) in shown { li { (emoji) " " (rounded(times.into())) } }
            }
        }
    }
}

/// What happened, where it is no post. Others happen in groups only.
fn said(action: &Action) -> String {
    if let Action::ChannelCreated { .. } = action {
        return "Channel created".into();
    }
    if let Action::ChatEditTitle { title } = action {
        return format!("Channel renamed to “{}”", text::tidy(title));
    }
    if let Action::ChatEditPhoto { .. } = action {
        return "Channel photo changed".into();
    }
    if let Action::ChatDeletePhoto {} = action {
        return "Channel photo removed".into();
    }
    if let Action::PinMessage {} = action {
        return "A post was pinned".into();
    }
    if let Action::TtlSet { period, .. } = action {
        return if *period == 0 { "Posts stay".into() } else { "Posts delete themselves after a time".into() };
    }
    "The channel was changed".into()
}
