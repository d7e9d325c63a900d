//! What a service message says happened, as TL.

use domain::{
    UserId,
    files::Access,
    messages::{Action, SeenMedia},
    people::edit::Birthday,
};
use tl::{enums, types};

use crate::render::{full_user, group, media, message::date, poll, user::id, wallpaper};

/// What happened.
pub(super) fn action(it: &Action, viewer: UserId, carried: Option<&SeenMedia>) -> enums::MessageAction {
    let photo = || match carried.and_then(media::carried_photo) {
        Some(photo) => photo,
        None => types::PhotoEmpty { id: 0 }.into(),
    };
    match it {
        Action::ChatEditPhoto { .. } => types::MessageActionChatEditPhoto { photo: photo() }.into(),
        Action::ChatDeletePhoto {} => enums::MessageAction::ChatDeletePhoto,
        Action::SuggestProfilePhoto { .. } => types::MessageActionSuggestProfilePhoto { photo: photo() }.into(),
        Action::ContactJoined {} => enums::MessageAction::ContactSignUp,
        Action::TtlSet { period, by_default_of } => {
            let period = i32::try_from(*period).unwrap_or(i32::MAX);
            types::MessageActionSetMessagesTtl { period, auto_setting_from: by_default_of.map(id) }.into()
        }
        Action::NoForwardsToggle { before, after } => {
            types::MessageActionNoForwardsToggle { prev_value: *before, new_value: *after }.into()
        }
        Action::NoForwardsRequest { before, after, expired } => {
            let (prev_value, new_value) = (*before, *after);
            types::MessageActionNoForwardsRequest { expired: *expired, prev_value, new_value }.into()
        }
        Action::ChannelCreated { title } => types::MessageActionChannelCreate { title: title.clone() }.into(),
        Action::JoinedByRequest {} => enums::MessageAction::ChatJoinedByRequest,
        Action::TopicCreated { title, color, emoji } => types::MessageActionTopicCreate {
            title_missing: false,
            title: title.clone(),
            icon_color: date(*color),
            icon_emoji_id: Some(*emoji).filter(|it| *it != 0),
        }
        .into(),
        Action::TopicEdited { title, emoji, closed, hidden } => types::MessageActionTopicEdit {
            title: title.clone(),
            icon_emoji_id: *emoji,
            closed: *closed,
            hidden: *hidden,
        }
        .into(),
        Action::TodoCompletions { done, undone } => {
            let numbers = |all: &[u32]| all.iter().copied().map(date).collect();
            types::MessageActionTodoCompletions { completed: numbers(done), incompleted: numbers(undone) }.into()
        }
        Action::TodoAppended { tasks } => types::MessageActionTodoAppendTasks { list: poll::tasks(tasks) }.into(),
        Action::PollAnswerAdded { answer } => {
            types::MessageActionPollAppendAnswer { answer: poll::answer(answer) }.into()
        }
        Action::PollAnswerDeleted { answer } => {
            types::MessageActionPollDeleteAnswer { answer: poll::answer(answer) }.into()
        }
        Action::ChatCreate { title, users } => {
            let users = users.iter().copied().map(id).collect();
            types::MessageActionChatCreate { title: title.clone(), users }.into()
        }
        Action::ChatEditTitle { title } => types::MessageActionChatEditTitle { title: title.clone() }.into(),
        Action::ChatAddUser { users } => {
            types::MessageActionChatAddUser { users: users.iter().copied().map(id).collect() }.into()
        }
        Action::ChatDeleteUser { user } => types::MessageActionChatDeleteUser { user_id: id(*user) }.into(),
        Action::ChatJoinedByLink { inviter } => {
            types::MessageActionChatJoinedByLink { inviter_id: id(*inviter) }.into()
        }
        Action::ChatMigrateTo { channel } => {
            types::MessageActionChatMigrateTo { channel_id: group::channel_id(*channel) }.into()
        }
        Action::ChannelMigrateFrom { title, chat } => {
            let chat_id = group::chat_id(*chat);
            types::MessageActionChannelMigrateFrom { title: title.clone(), chat_id }.into()
        }
        Action::PinMessage {} => enums::MessageAction::PinMessage,
        Action::NewCreatorPending { user } => {
            types::MessageActionNewCreatorPending { new_creator_id: id(*user) }.into()
        }
        Action::ChangeCreator { user } => types::MessageActionChangeCreator { new_creator_id: id(*user) }.into(),
        Action::SetChatWallpaper { wallpaper, same, for_both } => {
            let none = Access::default();
            let access = match carried {
                Some(SeenMedia::Carried(it)) => &it.access,
                _ => &none,
            };
            let wallpaper = wallpaper::of_message(wallpaper, access, viewer);
            types::MessageActionSetChatWallPaper { same: *same, for_both: *for_both, wallpaper }.into()
        }
        Action::Screenshot {} => enums::MessageAction::ScreenshotTaken,
        Action::SuggestBirthday { day, month, year } => {
            let year = Some(*year).filter(|it| *it > 0);
            let birthday = full_user::birthday(Birthday { day: *day, month: *month, year });
            types::MessageActionSuggestBirthday { birthday }.into()
        }
    }
}
