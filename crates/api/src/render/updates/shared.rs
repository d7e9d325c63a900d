//! What all members of a large group are told in the same words: what depends on the reader is marked as left
//! out, so that clients keep what they know of it. Source: core.telegram.org/api/min.

use tl::enums::{Message, MessageMedia, MessageReactions, PollResults, Update};

/// Marks what was chosen by whom as left out.
pub(super) fn of_anybody(updates: &mut [Update]) {
    for update in updates {
        match update {
            Update::NewChannelMessage(it) => of_message(&mut it.message),
            Update::EditChannelMessage(it) => of_message(&mut it.message),
            Update::MessageReactions(it) => of_reactions(&mut it.reactions),
            Update::MessagePoll(it) => of_poll(&mut it.results),
            _ => {}
        }
    }
}

fn of_message(message: &mut Message) {
    let (reactions, media) = match message {
        Message::Message(it) => (&mut it.reactions, it.media.as_mut()),
        Message::Service(it) => (&mut it.reactions, None),
        Message::Empty(_) => return,
    };
    reactions.iter_mut().for_each(of_reactions);
    if let Some(MessageMedia::Poll(it)) = media {
        of_poll(&mut it.results);
    }
}

fn of_reactions(MessageReactions::Reactions(it): &mut MessageReactions) {
    it.min = true;
}

fn of_poll(PollResults::Results(it): &mut PollResults) {
    it.min = true;
}
