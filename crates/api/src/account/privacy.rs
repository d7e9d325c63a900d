//! Privacy rules, one key at a time.

use domain::people::privacy::{self, Key, Rule, SetPrivacy};
use tl::{
    enums,
    functions::account::{GetPrivacy, SetPrivacy as Set},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetPrivacy, User, Light => get_privacy;
    Set, User, Write => set_privacy;
};

async fn get_privacy(cx: Cx, request: GetPrivacy) -> Result<enums::account::PrivacyRules, RpcError> {
    answer(&cx, key(&request.key)).await
}

async fn set_privacy(cx: Cx, request: Set) -> Result<enums::account::PrivacyRules, RpcError> {
    let key = key(&request.key);
    let rules = request.rules.iter().map(|it| rule(&cx, it)).collect::<Result<Vec<_>, _>>()?;
    cx.domain.command(SetPrivacy { by: cx.me()?, key, rules }).await?;
    answer(&cx, key).await
}

async fn answer(cx: &Cx, key: Key) -> Result<enums::account::PrivacyRules, RpcError> {
    let me = cx.user()?;
    let rules = cx.domain.query(|view| privacy::rules(view, me, key)).await?;
    let named = rules.iter().flat_map(render::privacy::named);
    let users = render::user::by_id(cx, named.collect()).await?;
    Ok(types::account::PrivacyRules { rules: render::privacy::rules(&rules), chats: Vec::new(), users }.into())
}

fn key(input: &enums::InputPrivacyKey) -> Key {
    use enums::InputPrivacyKey as Input;
    match input {
        Input::StatusTimestamp => Key::Status,
        Input::ChatInvite => Key::ChatInvite,
        Input::PhoneCall => Key::PhoneCall,
        Input::PhoneP2P => Key::PhoneP2p,
        Input::Forwards => Key::Forwards,
        Input::ProfilePhoto => Key::ProfilePhoto,
        Input::PhoneNumber => Key::PhoneNumber,
        Input::AddedByPhone => Key::AddedByPhone,
        Input::VoiceMessages => Key::VoiceMessages,
        Input::About => Key::About,
        Input::Birthday => Key::Birthday,
        Input::StarGiftsAutoSave => Key::GiftsAutoSave,
        Input::NoPaidMessages => Key::NoPaidMessages,
        Input::SavedMusic => Key::SavedMusic,
    }
}

fn rule(cx: &Cx, input: &enums::InputPrivacyRule) -> Result<Rule, RpcError> {
    use enums::InputPrivacyRule as Input;
    let users = |all: &[enums::InputUser]| {
        let me = cx.user()?;
        all.iter().map(|it| input::user(&cx.domain, me, it)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match input {
        Input::InputPrivacyValueAllowContacts => Rule::AllowContacts {},
        Input::InputPrivacyValueAllowAll => Rule::AllowAll {},
        Input::InputPrivacyValueAllowUsers(it) => Rule::AllowUsers { users: users(&it.users)? },
        Input::InputPrivacyValueDisallowContacts => Rule::DisallowContacts {},
        Input::InputPrivacyValueDisallowAll => Rule::DisallowAll {},
        Input::InputPrivacyValueDisallowUsers(it) => Rule::DisallowUsers { users: users(&it.users)? },
        Input::InputPrivacyValueAllowChatParticipants(it) => Rule::AllowChats { chats: it.chats.clone() },
        Input::InputPrivacyValueDisallowChatParticipants(it) => Rule::DisallowChats { chats: it.chats.clone() },
        Input::InputPrivacyValueAllowCloseFriends => Rule::AllowCloseFriends {},
        Input::InputPrivacyValueAllowPremium => Rule::AllowPremium {},
        Input::InputPrivacyValueAllowBots => Rule::AllowBots {},
        Input::InputPrivacyValueDisallowBots => Rule::DisallowBots {},
    })
}
