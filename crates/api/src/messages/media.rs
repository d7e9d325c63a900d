//! Sending what is more than a text: files, places, contacts, dice, polls and checklists.

mod album;
pub(crate) mod files;
#[cfg(test)]
pub(crate) mod tests;
mod uploaded;

use domain::{
    Refusal,
    messages::{
        Media,
        media::{NewLive, Place, SendMedia as Send, SharedContact, Venue, ahead},
        polls::{NewAnswer, NewPoll, Styled},
        scheduled::SendLater,
        send::{SendMessage, Sent},
        todo::NewTodo,
        webpages::Wish,
    },
};
use tl::{
    enums,
    functions::messages::{SendMedia, SendMultiMedia, UploadMedia},
    types,
};

use super::{input, scheduled::schedule, send::answer};
use crate::{Cx, RpcError, input::peer, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    SendMedia, UserOrBot, Send => send_media;
    UploadMedia, UserOrBot, Write => uploaded::upload_media;
    SendMultiMedia, UserOrBot, Send => album::send_multi_media;
};

async fn send_media(cx: Cx, request: SendMedia) -> Result<enums::Updates, RpcError> {
    refuse_later(&request)?;
    let by = cx.me()?;
    let (peer, random_id) = (peer(&cx.domain, by.user, &request.peer)?, request.random_id);
    let right = files::right(&request.media)?;
    let known = cx.domain.query(|view| ahead::sent(view, by.user, peer, random_id, right)).await?;
    if let Some(message) = known {
        return answer(&cx, peer, vec![(Sent { message, entry: None }, random_id)]).await;
    }
    let mut media = media(&cx, &request.media).await?;
    if let Media::WebPage(wish) = &mut media {
        wish.inverted = request.invert_media;
    }
    let send = SendMessage {
        by,
        peer,
        text: request.message,
        entities: input::entities(&cx, request.entities.as_ref())?,
        reply: input::reply(&cx, request.reply_to.as_ref())?,
        random_id,
        silent: request.silent,
        noforwards: request.noforwards,
        no_webpage: false,
        clear_draft: request.clear_draft,
        send_as: input::send_as(&cx, request.send_as.as_ref())?,
        album: 0,
    };
    let sent = match schedule(request.schedule_date, request.schedule_repeat_period)? {
        Some(at) => cx.domain.command(SendLater { send, media, at }).await?,
        None => cx.domain.command(Send { send, media }).await?,
    };
    answer(&cx, peer, vec![(sent, random_id)]).await
}

/// What belongs to later issues is refused by name, never dropped in silence.
fn refuse_later(request: &SendMedia) -> Result<(), RpcError> {
    if request.suggested_post.is_some() || request.quick_reply_shortcut.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    Ok(())
}

/// What is carried, as a client sends it.
pub(super) async fn media(cx: &Cx, it: &enums::InputMedia) -> Result<Media, RpcError> {
    match it {
        enums::InputMedia::Poll(it) => Ok(Media::Poll(Box::new(poll(cx, it)?))),
        enums::InputMedia::Todo(it) => Ok(Media::Todo(todo(cx, &it.todo)?)),
        enums::InputMedia::UploadedPhoto(it) => files::uploaded_photo(cx, it).await,
        enums::InputMedia::UploadedDocument(it) => files::uploaded_document(cx, it).await,
        enums::InputMedia::Photo(it) => files::photo(cx, it).await,
        enums::InputMedia::Document(it) => files::document(cx, it).await,
        enums::InputMedia::GeoPoint(it) => Ok(Media::Place(place(&it.geo_point)?)),
        enums::InputMedia::Venue(it) => Ok(Media::Venue(Box::new(venue(it)?))),
        enums::InputMedia::Contact(it) => Ok(Media::Contact(Box::new(contact(it)))),
        enums::InputMedia::GeoLive(it) => Ok(Media::Live(Box::new(live(it)?))),
        enums::InputMedia::Dice(it) => Ok(Media::Dice(it.emoticon.clone())),
        enums::InputMedia::WebPage(it) => Ok(Media::WebPage(Box::new(wish(it, false)))),
        enums::InputMedia::Empty => Err(Refusal::MediaEmpty.into()),
        _ => Err(Refusal::MediaInvalid.into()),
    }
}

/// How a page of the web is to be shown.
pub(super) fn wish(it: &types::InputMediaWebPage, inverted: bool) -> Wish {
    let (large, small, optional) = (it.force_large_media, it.force_small_media, it.optional);
    Wish { url: Some(it.url.clone()), large, small, optional, inverted }
}

fn place(it: &enums::InputGeoPoint) -> Result<Place, RpcError> {
    let enums::InputGeoPoint::Point(it) = it else { return Err(Refusal::MediaEmpty.into()) };
    let accuracy = it.accuracy_radius.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
    Ok(Place { latitude: it.lat, longitude: it.long, accuracy, ..Place::default() })
}

/// A live location as it is sent or told anew.
pub(super) fn live(it: &types::InputMediaGeoLive) -> Result<NewLive, RpcError> {
    let number = |it: Option<i32>| match it.map(u32::try_from) {
        None => Ok(None),
        Some(Ok(it)) => Ok(Some(it)),
        Some(Err(_)) => Err(RpcError::from(Refusal::MediaInvalid)),
    };
    let place = match &it.geo_point {
        enums::InputGeoPoint::Point(_) => Some(place(&it.geo_point)?),
        enums::InputGeoPoint::Empty => None,
    };
    Ok(NewLive {
        place,
        heading: number(it.heading)?,
        period: number(it.period)?,
        proximity: number(it.proximity_notification_radius)?,
        stopped: it.stopped,
    })
}

fn venue(it: &types::InputMediaVenue) -> Result<Venue, RpcError> {
    Ok(Venue {
        place: place(&it.geo_point)?,
        title: it.title.clone(),
        address: it.address.clone(),
        provider: it.provider.clone(),
        id: it.venue_id.clone(),
        kind: it.venue_type.clone(),
        ..Venue::default()
    })
}

fn contact(it: &types::InputMediaContact) -> SharedContact {
    SharedContact {
        phone: it.phone_number.clone(),
        first_name: it.first_name.clone(),
        last_name: it.last_name.clone(),
        vcard: it.vcard.clone(),
        ..SharedContact::default()
    }
}

fn poll(cx: &Cx, it: &types::InputMediaPoll) -> Result<NewPoll, RpcError> {
    let enums::Poll::Poll(poll) = &it.poll;
    if it.attached_media.is_some() || it.solution_media.is_some() || poll.countries_iso2.is_some() {
        return Err(Refusal::MediaInvalid.into());
    }
    let solution = match &it.solution {
        Some(text) => {
            let entities = input::entities(cx, it.solution_entities.as_ref())?;
            Some(Styled { text: text.clone(), entities, ..Styled::default() })
        }
        None => None,
    };
    Ok(NewPoll {
        question: styled(cx, &poll.question)?,
        answers: poll.answers.iter().map(|it| new_answer(cx, it)).collect::<Result<_, _>>()?,
        closed: poll.closed,
        public: poll.public_voters,
        multiple: poll.multiple_choice,
        quiz: poll.quiz,
        open: poll.open_answers,
        no_revote: poll.revoting_disabled,
        shuffle: poll.shuffle_answers,
        hidden: poll.hide_results_until_close,
        members_only: poll.subscribers_only,
        correct: it.correct_answers.clone().unwrap_or_default(),
        solution,
        period: poll.close_period,
        close_date: poll.close_date,
    })
}

/// An answer with a name of the client's choice, or one that the server names.
pub(super) fn new_answer(cx: &Cx, it: &enums::PollAnswer) -> Result<NewAnswer, RpcError> {
    let (text, media, option) = match it {
        enums::PollAnswer::Answer(it) => (&it.text, it.media.is_some(), Some(it.option.clone().into())),
        enums::PollAnswer::InputPollAnswer(it) => (&it.text, it.media.is_some(), None),
    };
    if media {
        return Err(Refusal::MediaInvalid.into());
    }
    Ok(NewAnswer { text: styled(cx, text)?, option })
}

fn todo(cx: &Cx, it: &enums::TodoList) -> Result<NewTodo, RpcError> {
    let enums::TodoList::List(it) = it;
    Ok(NewTodo {
        title: styled(cx, &it.title)?,
        tasks: tasks(cx, &it.list)?,
        others_append: it.others_can_append,
        others_complete: it.others_can_complete,
    })
}

/// Tasks with the numbers that the client gave them.
pub(super) fn tasks(cx: &Cx, all: &[enums::TodoItem]) -> Result<Vec<(i32, Styled)>, RpcError> {
    let task = |enums::TodoItem::Item(it): &enums::TodoItem| Ok((it.id, styled(cx, &it.title)?));
    all.iter().map(task).collect()
}

/// A text with its marks.
pub(super) fn styled(cx: &Cx, it: &enums::TextWithEntities) -> Result<Styled, RpcError> {
    let enums::TextWithEntities::Entities(it) = it;
    let entities = input::entities(cx, Some(&it.entities))?;
    Ok(Styled { text: it.text.clone(), entities, ..Styled::default() })
}
