//! Which reactions a group or channel lets its readers choose.
//! Source: core.telegram.org/type/ChatReactions.

use crate::{
    messages::{
        Reaction,
        reactions::{IN_CHAT_MAX, UNIQUE_MAX},
    },
    record,
    refusal::Refusal,
    variants,
    view::Decided,
};

variants! {
    /// Which.
    pub enum Choice {
        /// Every standard one.
        1 => All {},
        /// None at all.
        2 => None {},
        /// These.
        3 => Some { 1 => reactions: Vec<Reaction> },
    }
}

record! {
    /// What readers may choose.
    pub struct Allowed {
        1 => choice: Choice,
        /// Different ones on one message; 0: as many as anywhere.
        2 => limit: u32,
    }
}

impl Allowed {
    /// Refuses reactions that are not among these.
    pub fn refuse(&self, chosen: &[Reaction]) -> Decided<()> {
        let allowed = match &self.choice {
            Choice::All {} => true,
            Choice::None {} => chosen.is_empty(),
            Choice::Some { reactions } => chosen.iter().all(|it| reactions.contains(it)),
        };
        if allowed { Ok(()) } else { Err(Refusal::ReactionInvalid.into()) }
    }

    /// Refuses a choice that cannot be made.
    pub fn refuse_itself(&self) -> Decided<()> {
        if self.limit as usize > UNIQUE_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        match &self.choice {
            Choice::Some { reactions } if reactions.len() > IN_CHAT_MAX => Err(Refusal::ReactionsTooMany.into()),
            Choice::All {} | Choice::None {} | Choice::Some { .. } => Ok(()),
        }
    }

    /// Different reactions that one message bears.
    pub fn unique_max(&self) -> usize {
        if self.limit == 0 { UNIQUE_MAX } else { self.limit as usize }
    }
}
