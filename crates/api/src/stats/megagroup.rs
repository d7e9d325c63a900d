//! The life of a supergroup, in numbers and graphs. Source: core.telegram.org/api/stats.

use domain::{
    UserId,
    groups::stats::{self as rules, Day, Stats},
};
use tl::{enums, functions::stats::GetMegagroupStats, types};

use crate::{
    Cx, RpcError, input,
    render::{message::date, named::Named, user::id},
    stats::graph::{Kind, graph, unknown},
    table::Row,
};

pub(super) const ROWS: &[Row] = crate::methods! {
    GetMegagroupStats, User, Search => get_megagroup_stats;
};

async fn get_megagroup_stats(cx: Cx, request: GetMegagroupStats) -> Result<enums::stats::MegagroupStats, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let it = cx.domain.query(|view| rules::stats(view, me, channel)).await?;
    let mut named = Named::default();
    named.users(it.top_posters.iter().map(|it| it.user));
    named.users(it.top_admins.iter().map(|it| it.user));
    named.users(it.top_inviters.iter().map(|it| it.0));
    let users = cx.domain.query(|view| named.read(view, me)).await?.users();
    Ok(megagroup(&it, users).into())
}

fn megagroup(it: &Stats, users: Vec<enums::User>) -> types::stats::MegagroupStats {
    let days: Vec<i64> = (0..rules::DAYS as i64).map(|at| (i64::from(it.since) + at * 86_400) * 1000).collect();
    let per_day = |number: fn(&Day) -> u32| it.days.iter().map(number).collect::<Vec<_>>();
    let hours: Vec<i64> = (0..24).collect();
    let week: Vec<i64> = (0..7).collect();
    types::stats::MegagroupStats {
        period: types::StatsDateRangeDays { min_date: date(it.since), max_date: date(it.until) }.into(),
        members: pair(it.members, it.members_before),
        messages: pair(it.messages, it.messages_before),
        // Who only reads is not counted.
        viewers: pair(0, 0),
        posters: pair(it.posters, it.posters_before),
        growth_graph: graph(&days, Kind::Line, &[("Members", growth(it))]),
        members_graph: graph(
            &days,
            Kind::Line,
            &[("Joined", per_day(|it| it.came + it.invited)), ("Left", per_day(|it| it.gone))],
        ),
        new_members_by_source_graph: graph(
            &days,
            Kind::Bar,
            &[("By themselves", per_day(|it| it.came)), ("Invited", per_day(|it| it.invited))],
        ),
        languages_graph: unknown("languages of members are not counted"),
        messages_graph: graph(&days, Kind::Bar, &[("Messages", per_day(|it| it.messages))]),
        actions_graph: unknown("views are not counted"),
        top_hours_graph: graph(&hours, Kind::Line, &[("Messages", it.hours.to_vec())]),
        weekdays_graph: graph(&week, Kind::Bar, &[("Messages", it.weekdays.to_vec())]),
        top_posters: it.top_posters.iter().map(poster).collect(),
        top_admins: it.top_admins.iter().map(admin).collect(),
        top_inviters: it.top_inviters.iter().copied().map(inviter).collect(),
        users,
    }
}

fn pair(current: u32, previous: u32) -> enums::StatsAbsValueAndPrev {
    types::StatsAbsValueAndPrev { current: current.into(), previous: previous.into() }.into()
}

/// Members at the end of each day, from today's back.
fn growth(it: &Stats) -> Vec<u32> {
    let mut members = i64::from(it.members_before);
    let end = |day: &Day| {
        members += i64::from(day.came + day.invited) - i64::from(day.gone);
        u32::try_from(members).unwrap_or(0)
    };
    it.days.iter().map(end).collect()
}

fn poster(it: &rules::Poster) -> enums::StatsGroupTopPoster {
    types::StatsGroupTopPoster { user_id: id(it.user), messages: date(it.messages), avg_chars: date(it.chars) }.into()
}

fn admin(it: &rules::Admin) -> enums::StatsGroupTopAdmin {
    let (deleted, kicked, banned) = (date(it.deleted), date(it.kicked), date(it.banned));
    types::StatsGroupTopAdmin { user_id: id(it.user), deleted, kicked, banned }.into()
}

fn inviter((user, invitations): (UserId, u32)) -> enums::StatsGroupTopInviter {
    types::StatsGroupTopInviter { user_id: id(user), invitations: date(invitations) }.into()
}

#[cfg(test)]
mod tests {
    use domain::testing::Hall;

    use super::*;
    use crate::{
        channels::tests::{group, input},
        testing::call,
    };

    #[test]
    fn a_graph_has_a_column_of_moments_and_a_column_for_each_line() {
        let hall = Hall::new();
        let alice = hall.person("Alice", "9996622401");
        let id = group(&hall, alice);
        let ask = GetMegagroupStats { dark: false, channel: input(&hall, alice, id) };
        let enums::stats::MegagroupStats::Stats(it) = call(&hall, alice, &ask).unwrap();
        let enums::StatsAbsValueAndPrev::Prev(members) = it.members;
        assert_eq!(members.current, 1.0);
        let enums::StatsGraph::Graph(graph) = &it.members_graph else { panic!("a graph") };
        let enums::DataJson::Json(json) = &graph.json;
        let columns = json.data.split("],[").count();
        assert_eq!(columns, 3, "{}", json.data);
        for part in ["\"y0\":\"Joined\"", "\"y1\":\"Left\"", "\"x\":\"x\"", "\"y1\":\"line\""] {
            assert!(json.data.contains(part), "{part} in {}", json.data);
        }
        assert_eq!(json.data.matches('{').count(), json.data.matches('}').count());
    }
}
