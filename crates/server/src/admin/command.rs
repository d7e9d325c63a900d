//! What an operator can ask, over the socket or with the store in hand.

use domain::{Domain, Refusal, accounts::operator};
use serde::{Deserialize, Serialize};

use super::{
    names,
    progress::{Progress, Step},
    seed, stickers,
};
use crate::cli::Role;

/// A request: one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Write a backup into this file, encrypted to a recipient or with a passphrase.
    Backup { file: std::path::PathBuf, recipient: Option<String>, passphrase: Option<String>, with_master_key: bool },
    /// Let a number register.
    UserAdd { phone: String },
    /// The code that a number waits for.
    UserCode { phone: String },
    /// Accounts.
    UserList,
    /// Switch off.
    UserDisable { phone: String },
    /// Switch on.
    UserEnable { phone: String },
    /// Say what an account is.
    UserRole { phone: String, role: Role },
    /// Give a public name to somebody.
    NameGrant { name: String, to: String },
    /// Take one back.
    NameWithdraw { name: String },
    /// Show a sticker set to everybody, or no longer.
    StickersFeature { name: String, on: bool },
    /// Make invented people and their groups.
    Seed { plan: seed::Plan },
}

/// The answer, in lines of JSON: how far it is, any number of times, then what came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// It goes on.
    Step(Step),
    /// What to print.
    Lines(Vec<String>),
    /// What went wrong, and what to do.
    Error(String),
}

/// Runs a command.
pub async fn run(domain: &Domain, request: Request, progress: &Progress) -> Reply {
    let result = match request {
        Request::Backup { .. } => Err("the socket makes backups itself".to_owned()),
        Request::UserAdd { phone } => add(domain, &phone).await,
        Request::UserCode { phone } => code(domain, &phone).await,
        Request::UserList => list(domain).await,
        Request::UserDisable { phone } => set_disabled(domain, &phone, true).await,
        Request::UserEnable { phone } => set_disabled(domain, &phone, false).await,
        Request::UserRole { phone, role } => set_role(domain, &phone, role).await,
        Request::NameGrant { name, to } => names::grant(domain, &name, &to).await,
        Request::NameWithdraw { name } => names::withdraw(domain, &name).await,
        Request::StickersFeature { name, on } => stickers::feature(domain, &name, on).await,
        Request::Seed { plan } => seed::run(domain, plan, progress).await,
    };
    result.map_or_else(Reply::Error, Reply::Lines)
}

/// Lines to print, or what went wrong.
pub type Said = Result<Vec<String>, String>;

async fn add(domain: &Domain, phone: &str) -> Said {
    let command = operator::AllowNumber { phone: phone.to_owned() };
    domain.command(command).await.map_err(|error| explained(error, phone))?;
    Ok(vec![format!("{phone} may register")])
}

/// A refusal in words, and what to do about it.
pub(super) fn explained(error: Refusal, phone: &str) -> String {
    match error {
        Refusal::PhoneNumberInvalid => format!("{phone} is not a phone number: write it as +33123456789"),
        Refusal::PhoneNumberUnoccupied => {
            format!("nobody has the number {phone}: `chappe user add {phone}` lets it register")
        }
        Refusal::Unavailable => "the store does not take it now: look into the server's log, then try again".to_owned(),
        other => format!("refused: {other:?}"),
    }
}

async fn code(domain: &Domain, phone: &str) -> Said {
    let code = domain.query(|view| operator::code(view, phone)).await;
    match code {
        Ok(Some(code)) => Ok(vec![code]),
        Ok(None) => Err(format!("{phone} waits for no code: ask for one in the client first")),
        Err(error) => Err(explained(error, phone)),
    }
}

async fn list(domain: &Domain) -> Said {
    let all = domain.query(|view| operator::list(view)).await.map_err(|error| format!("{error:?}"))?;
    let line = |it: operator::Listed| {
        let state = if it.deleted {
            "deleted"
        } else if it.disabled {
            "disabled"
        } else {
            "active"
        };
        let role = if it.support { "\tsupport" } else { "" };
        format!("{}\t{state}\tcreated {}{role}", it.id.0, it.created)
    };
    Ok(all.into_iter().map(line).collect())
}

async fn set_disabled(domain: &Domain, phone: &str, disabled: bool) -> Said {
    let command = operator::SetDisabled { phone: phone.to_owned(), disabled };
    domain.command(command).await.map_err(|error| explained(error, phone))?;
    Ok(vec![format!("{phone} is {}", if disabled { "disabled" } else { "enabled" })])
}

async fn set_role(domain: &Domain, phone: &str, role: Role) -> Said {
    let (role, word) = match role {
        Role::Member => (operator::Role::Member, "a member"),
        Role::Support => (operator::Role::Support, "support staff"),
    };
    let command = operator::SetRole { phone: phone.to_owned(), role };
    domain.command(command).await.map_err(|error| explained(error, phone))?;
    Ok(vec![format!("{phone} is {word}")])
}
