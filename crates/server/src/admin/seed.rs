//! `chappe seed`: invented people who know each other, their groups and what they have said, for trying things out
//! and for measuring. Everything is found again by its number or title, so a run that was stopped is run again and
//! goes on.

mod invented;

use std::time::Duration;

use domain::{
    Command, Domain, Now, Peer, Refusal, UserId,
    ids::ChannelId,
    people::contacts::{AddContact, Entry},
    seeding::{LINES_MAX, Line, MEMBERS_MAX, PEOPLE_MAX, SeedChannel, SeedLines, SeedMembers, SeedPeople, caller},
};
use futures_util::{TryStreamExt, stream::FuturesOrdered};
use serde::{Deserialize, Serialize};

use super::{command::Said, progress::Progress};

/// People whom each has in the address book: the next ones in the row.
const KNOWN: usize = 3;

/// People who know each other; the others only share groups.
const ACQUAINTED: usize = 100;

/// Commands under way at once: enough that the owner never waits, few enough that others' commands have their turn.
const IN_FLIGHT: usize = 12;

/// When it all began: people came, and groups were made.
const BEGAN: Duration = days(28);

/// Since when all members are in: the log of what happened in a group keeps nothing so old.
const SETTLED: Duration = days(8);

/// People who own gazettes, in turn: nobody may be in more than 500 channels. They read none of the others'.
const EDITORS: usize = 20;

/// People who write in a group, however large it is: most only read.
const WRITERS: u32 = 500;

const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 24 * 3600)
}

/// What is to be there at the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// At least so many people.
    pub people: u32,
    /// Members of each supergroup.
    pub groups: Vec<u32>,
    /// Subscribers of each channel.
    pub channels: Vec<u32>,
    /// Messages in each of them.
    pub messages: u32,
    /// Channels with audiences that overlap: how many, and members of each.
    #[serde(default)]
    pub gazettes: (u32, u32),
}

/// Why it ended.
enum Stopped {
    /// Whoever asked has gone.
    Abandoned,
    Refused(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(it: Refusal) -> Self {
        Stopped::Refused(it)
    }
}

/// Makes what is not there yet, and prints how to sign in and what there is.
pub async fn run(domain: &Domain, plan: Plan, progress: &Progress) -> Said {
    let seeding = Seeding { domain, progress, now: domain.now() };
    seeding.all(&plan).await.map_err(|why| match why {
        Stopped::Abandoned => "seeding was stopped; run it again, it goes on".to_owned(),
        Stopped::Refused(error) => format!("seeding stopped: {error:?}; run it again, it goes on"),
    })
}

struct Seeding<'a> {
    domain: &'a Domain,
    progress: &'a Progress,
    now: Now,
}

/// A group or channel to be made.
struct Wanted {
    title: String,
    broadcast: bool,
    messages: u32,
}

impl Seeding<'_> {
    async fn all(&self, plan: &Plan) -> Result<Vec<String>, Stopped> {
        let sizes = plan.groups.iter().chain(&plan.channels).chain([&plan.gazettes.1]);
        let count = sizes.copied().fold(plan.people, u32::max);
        let people = self.people(count).await?;
        let new = people.iter().filter(|(_, new)| *new).count();
        self.talks(&people).await?;
        let mut lines = vec![format!("{new} of {count} people are new. {}", how_to_sign_in(self.domain, count))];
        let group = |(at, members): (usize, &u32)| (invented::group_title(at), false, *members);
        let channel = |(at, members): (usize, &u32)| (invented::channel_title(at), true, *members);
        let groups = plan.groups.iter().enumerate().map(group);
        for (title, broadcast, members) in groups.chain(plan.channels.iter().enumerate().map(channel)) {
            let size = usize::try_from(members).unwrap_or(usize::MAX).min(people.len());
            let members: Vec<_> = people[..size].iter().map(|(id, _)| *id).collect();
            lines.push(self.group(&members, 1, Wanted { title, broadcast, messages: plan.messages }).await?);
        }
        lines.extend(self.gazettes(&people, plan).await?);
        Ok(lines)
    }

    /// Each is read by people in a row, who begin a little further on than those of the one before.
    async fn gazettes(&self, people: &[(UserId, bool)], plan: &Plan) -> Result<Option<String>, Stopped> {
        let (count, size) = (plan.gazettes.0 as usize, plan.gazettes.1 as usize);
        let (editors, readers) = people.split_at(EDITORS.min(people.len() / 2));
        if count == 0 || editors.is_empty() {
            return Ok(None);
        }
        for at in 0..count {
            let first = at * readers.len() / count;
            let audience = readers.iter().cycle().skip(first).take(readers.len().min(size.saturating_sub(1)));
            let members: Vec<_> =
                [&editors[at % editors.len()]].into_iter().chain(audience).map(|(id, _)| *id).collect();
            let wanted = Wanted { title: invented::gazette_title(at), broadcast: true, messages: plan.messages };
            let owner = u32::try_from(at % editors.len() + 1).unwrap_or(1);
            self.group(&members, owner, wanted).await?;
            self.tell("gazettes", at + 1, count)?;
        }
        Ok(Some(format!("{count} gazettes of {size} members each; the first {} people own them", editors.len())))
    }

    async fn people(&self, count: u32) -> Result<Vec<(UserId, bool)>, Stopped> {
        let numbers: Vec<u32> = (1..=count).collect();
        let commands = numbers.chunks(PEOPLE_MAX).map(|part| {
            let people = part.iter().map(|n| invented::person(*n)).collect();
            SeedPeople { people, at: self.before(BEGAN) }
        });
        let mut made = Vec::with_capacity(numbers.len());
        let all = self.each(commands, |some| {
            made.extend(some);
            self.tell("people", made.len(), numbers.len())
        });
        all.await?;
        Ok(made)
    }

    /// The first people take each other into their address books; who is new says good day.
    async fn talks(&self, people: &[(UserId, bool)]) -> Result<(), Stopped> {
        let all = &people[..people.len().min(ACQUAINTED)];
        for (at, (who, new)) in all.iter().enumerate() {
            for step in 1..=KNOWN.min(all.len() - 1) {
                let other = (at + step) % all.len();
                let entry = Entry { first_name: name(other).to_owned(), ..Entry::default() };
                let known = AddContact { by: caller(*who), other: all[other].0, entry, share_phone: true };
                self.domain.command(known).await?;
            }
            if *new && all.len() > 1 {
                let next = (at + 1) % all.len();
                self.domain.command(SeedLines { lines: self.talk((*who, at), (all[next].0, next)) }).await?;
            }
            self.tell("acquaintances", at + 1, all.len())?;
        }
        Ok(())
    }

    /// What two people who know each other have said.
    fn talk(&self, (one, at): (UserId, usize), (two, next): (UserId, usize)) -> Vec<Line> {
        let n = u32::try_from(at).unwrap_or(0);
        let (greeting, answer) = (format!("Good day, {}!", name(next)), format!("Good day, {}.", name(at)));
        let said = [(one, two, greeting), (two, one, answer), (one, two, invented::text(n))];
        let line = |(minute, (by, to, text)): (u64, (UserId, UserId, String))| {
            let at = self.before(days(1) - Duration::from_secs(60 * minute));
            Line { by, peer: Peer::User(to), text, at }
        };
        (0..).zip(said).map(line).collect()
    }

    /// Owned by the first of its members, whose number is `owner`.
    async fn group(&self, members: &[UserId], owner: u32, wanted: Wanted) -> Result<String, Stopped> {
        let there = SeedChannel {
            owner: members[0],
            title: wanted.title.clone(),
            about: "Made by chappe seed.".to_owned(),
            broadcast: wanted.broadcast,
            at: self.before(BEGAN),
        };
        let there = self.domain.command(there).await?;
        // Who looks for 200,000 members that are in takes longer than who lets them in.
        let full = there.members as usize >= members.len();
        let came = if full { 0 } else { self.members(there.id, members, &wanted.title).await? };
        self.history(there.id, there.messages, members, &wanted).await?;
        let (kind, id) = (if wanted.broadcast { "channel" } else { "group" }, there.id.0);
        let all = there.members as usize + came;
        Ok(format!(
            "{kind} {id}, {}: {all} members, {came} of them new; +{} owns it",
            wanted.title,
            invented::number(owner)
        ))
    }

    /// One after the other: who comes first has the first place.
    async fn members(&self, channel: ChannelId, all: &[UserId], title: &str) -> Result<usize, Stopped> {
        let commands = all.chunks(MEMBERS_MAX).enumerate().map(|(part, users)| {
            let share = (part * MEMBERS_MAX) as f64 / all.len() as f64;
            let at = self.before(BEGAN - (BEGAN - SETTLED).mul_f64(share));
            SeedMembers { channel, users: users.to_vec(), at }
        });
        let (mut came, mut done) = (0, 0);
        let all_in = self.each(commands, |some| {
            came += some;
            done = all.len().min(done + MEMBERS_MAX);
            self.tell(title, done, all.len())
        });
        all_in.await?;
        Ok(came)
    }

    /// Brings a history to its wanted length. Only the owner writes in a channel.
    async fn history(&self, id: ChannelId, from: u32, members: &[UserId], wanted: &Wanted) -> Result<(), Stopped> {
        let writers = if wanted.broadcast { &members[..1] } else { &members[..members.len().min(WRITERS as usize)] };
        let line = |n: u32| {
            let age = SETTLED.mul_f64(f64::from(wanted.messages - n) / f64::from(wanted.messages + 1));
            let by = writers[(invented::mixed(n, 9) % writers.len() as u64) as usize];
            Line { by, peer: Peer::Channel(id), text: invented::text(n), at: self.before(age) }
        };
        let numbers: Vec<u32> = (from..wanted.messages).collect();
        let commands =
            numbers.chunks(LINES_MAX).map(|part| SeedLines { lines: part.iter().map(|n| line(*n)).collect() });
        let mut done = 0;
        let all = self.each(commands, |some| {
            done += some.len();
            self.tell("messages", done, numbers.len())
        });
        all.await
    }

    /// Runs commands in their order, several under way.
    async fn each<C: Command>(
        &self,
        commands: impl Iterator<Item = C> + Send,
        mut done: impl FnMut(C::Reply) -> Result<(), Stopped> + Send,
    ) -> Result<(), Stopped> {
        let mut commands = commands.map(|it| self.domain.command(it));
        let mut flying: FuturesOrdered<_> = commands.by_ref().take(IN_FLIGHT).collect();
        while let Some(reply) = flying.try_next().await? {
            done(reply)?;
            flying.extend(commands.next());
        }
        Ok(())
    }

    fn before(&self, age: Duration) -> Now {
        let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        Now { ms: self.now.ms.saturating_sub(age) }
    }

    /// Says how far it is; ends where nobody listens.
    fn tell(&self, what: &str, done: usize, of: usize) -> Result<(), Stopped> {
        self.progress.tell(what, done as u64, of as u64);
        if self.progress.is_abandoned() { Err(Stopped::Abandoned) } else { Ok(()) }
    }
}

fn name(at: usize) -> &'static str {
    invented::first_name(u32::try_from(at).unwrap_or(0) + 1)
}

fn how_to_sign_in(domain: &Domain, count: u32) -> String {
    let last = count.min(invented::SIGN_IN_MAX);
    let numbers = format!("+{} to +{}", invented::number(1), invented::number(last));
    match domain.world().settings.test_accounts {
        true => format!("{numbers} sign in with the code 22222."),
        false => format!("{numbers} sign in with the code 22222 where `chappe serve --test-accounts` runs."),
    }
}
