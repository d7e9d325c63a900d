//! Pages of a large group's members, its admins, and members by the beginnings of their names.

use std::time::Instant;

use tl::{enums, functions, types};

use super::{Group, Groups, group, member};
use crate::{
    Failure,
    figures::{line, percentiles},
    people::Person,
    process::Server,
};

/// Members that clients ask for at once.
const PAGE: i32 = 200;

/// Admins beside the owner.
const ADMINS: u32 = 20;

/// Names, from a letter that tens of thousands share to one that a few have.
const NAMES: [&str; 5] = ["m", "sop", "sophie", "Emilie B", "Marguerite Gaubert"];

impl Groups {
    pub(super) async fn lists(&self, server: &Server) -> Result<(), Failure> {
        let mut owner = member(server, 1).await?;
        let large = group(&mut owner, &self.titles()[1]).await?;
        self.promote(&mut owner, large).await?;
        // Subscribers of a channel do not see each other.
        let mut reader = if self.channels { owner } else { member(server, self.large().min(9000)).await? };
        let large = group(&mut reader, &self.titles()[1]).await?;
        println!("a request for lists of a {} of {}", self.noun(), self.large());
        let last = i32::try_from(self.large()).unwrap_or(i32::MAX) - PAGE;
        for offset in [0, PAGE, last / 20, last / 2, last] {
            let recent = enums::ChannelParticipantsFilter::ChannelParticipantsRecent;
            self.time(server, &mut reader, &format!("members from {offset}"), &request(large, recent, offset)).await?;
        }
        let admins = enums::ChannelParticipantsFilter::ChannelParticipantsAdmins;
        self.time(server, &mut reader, "admins", &request(large, admins, 0)).await?;
        for name in NAMES {
            let search = types::ChannelParticipantsSearch { q: name.to_owned() }.into();
            self.time(server, &mut reader, &format!("members called {name}…"), &request(large, search, 0)).await?;
        }
        Ok(())
    }

    async fn time(
        &self,
        server: &Server,
        reader: &mut Person,
        what: &str,
        request: &functions::channels::GetParticipants,
    ) -> Result<(), Failure> {
        let (mut took, cpu, mut found) = (Vec::with_capacity(self.requests), server.cpu(), 0);
        for _ in 0..self.requests {
            let start = Instant::now();
            let answer = reader.client.invoke(request).await?;
            took.push(start.elapsed());
            if let enums::channels::ChannelParticipants::Participants(it) = answer {
                found = it.participants.len();
            }
        }
        let cpu = (server.cpu() - cpu).as_secs_f64() * 1e3 / self.requests as f64;
        let (p50, p99) = percentiles(took);
        line(&format!("  {what}: {found}, p50"), p50, "ms");
        line("    p99 (20)", p99, "ms");
        line("    server CPU each", cpu, "ms");
        Ok(())
    }

    async fn promote(&self, owner: &mut Person, group: Group) -> Result<(), Failure> {
        let mut page = request(group, enums::ChannelParticipantsFilter::ChannelParticipantsRecent, 0);
        page.limit = i32::try_from(ADMINS.min(self.large() - 1))?;
        let enums::channels::ChannelParticipants::Participants(found) = owner.client.invoke(&page).await? else {
            return Err("no members".into());
        };
        for user in found.users {
            let enums::User::User(user) = user else { continue };
            if user.is_self {
                continue;
            }
            let user_id = types::InputUser { user_id: user.id, access_hash: user.access_hash.unwrap_or(0) }.into();
            let promote = functions::channels::EditAdmin {
                channel: group.channel(),
                user_id,
                admin_rights: rights(),
                rank: Some("Inspector".to_owned()),
            };
            owner.client.invoke(&promote).await?;
        }
        Ok(())
    }
}

fn request(
    group: Group,
    filter: enums::ChannelParticipantsFilter,
    offset: i32,
) -> functions::channels::GetParticipants {
    functions::channels::GetParticipants { channel: group.channel(), filter, offset, limit: PAGE, hash: 0 }
}

fn rights() -> enums::ChatAdminRights {
    types::ChatAdminRights {
        change_info: false,
        post_messages: false,
        edit_messages: false,
        delete_messages: true,
        ban_users: true,
        invite_users: true,
        pin_messages: true,
        add_admins: false,
        anonymous: false,
        manage_call: false,
        other: false,
        manage_topics: false,
        post_stories: false,
        edit_stories: false,
        delete_stories: false,
        manage_direct_messages: false,
        manage_ranks: false,
        manage_linked_peers: false,
        manage_welcome_messages: false,
    }
    .into()
}
