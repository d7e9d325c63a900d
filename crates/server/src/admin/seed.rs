//! `chappe seed`: invented people who know each other and have said good day, for trying things out.

use domain::{
    Domain, Peer, Refusal, UserId,
    accounts::seed::{SeedPerson, caller},
    messages::send::SendMessage,
    people::contacts::{AddContact, Entry},
};

use super::command::Said;

/// People of the optical telegraph and of its time; further ones are numbered.
const NAMES: &[&str] = &["Claude", "Ignace", "Abraham", "Sophie", "Gaspard", "Emilie", "Breguet", "Marie"];

/// People whom each has in the address book: the next ones in the row.
const KNOWN: usize = 3;

/// Makes the people that are not there yet, and prints how to sign in as one.
pub async fn run(domain: &Domain, people: u32) -> Said {
    let made = make(domain, people).await;
    let new = made.map_err(|error| format!("seeding stopped: {error:?}; run it again, it goes on"))?;
    let mut lines = vec![format!("{new} of {people} people are new: +{} to +{}", number(1), number(people))];
    lines.push(match domain.world().settings.test_accounts {
        true => "Sign in with the code 22222.".to_owned(),
        false => "They sign in with the code 22222 where `chappe serve --test-accounts` runs.".to_owned(),
    });
    Ok(lines)
}

async fn make(domain: &Domain, people: u32) -> Result<usize, Refusal> {
    let mut all = Vec::new();
    for n in 1..=people {
        let (id, new) = domain.command(SeedPerson { phone: number(n), name: name(n) }).await?;
        all.push((id, name(n), new));
    }
    for at in 0..all.len() {
        for step in 1..=KNOWN.min(all.len() - 1) {
            let (other, name, _) = &all[(at + step) % all.len()];
            acquaint(domain, all[at].0, *other, name).await?;
        }
        let (next, next_name, new) = &all[(at + 1) % all.len()];
        if *new && all.len() > 1 {
            greet(domain, all[at].0, *next, next_name).await?;
        }
    }
    Ok(all.iter().filter(|(_, _, new)| *new).count())
}

async fn acquaint(domain: &Domain, who: UserId, other: UserId, name: &str) -> Result<(), Refusal> {
    let entry = Entry { first_name: name.to_owned(), ..Entry::default() };
    domain.command(AddContact { by: caller(who), other, entry, share_phone: true }).await
}

async fn greet(domain: &Domain, who: UserId, other: UserId, name: &str) -> Result<(), Refusal> {
    let message = SendMessage {
        by: caller(who),
        peer: Peer::User(other),
        text: format!("Good day, {name}!"),
        entities: Vec::new(),
        reply: None,
        random_id: i64::from_be_bytes(domain.draw()) | 1,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
    };
    domain.command(message).await.map(drop)
}

fn number(n: u32) -> String {
    format!("999662{n:04}")
}

fn name(n: u32) -> String {
    let at = (n as usize - 1) % NAMES.len();
    match (n as usize - 1) / NAMES.len() {
        0 => NAMES[at].to_owned(),
        round => format!("{} {}", NAMES[at], round + 1),
    }
}
