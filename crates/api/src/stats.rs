//! `stats.*`: what came of polls, over time, and the life of a supergroup.

mod broadcast;
mod graph;
mod megagroup;

use domain::{
    MessageId,
    messages::polls::{SeenPoll, stats},
};
use serde_json::{Map, Value, json};
use tl::{enums, functions::stats::GetPollStats, types};

use crate::{Cx, RpcError, input::peer, table::Row};

/// The namespace's methods.
pub(crate) fn tables() -> &'static [&'static [Row]] {
    &[ROWS, broadcast::ROWS, megagroup::ROWS]
}

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetPollStats, User, Search => get_poll_stats;
};

async fn get_poll_stats(cx: Cx, request: GetPollStats) -> Result<enums::stats::PollStats, RpcError> {
    let me = cx.user()?;
    let (chat, id) = (peer(&cx.domain, me, &request.peer)?, MessageId(request.msg_id));
    let (poll, hours) = cx.domain.query(|view| stats::hours(view, me, chat, id)).await?;
    let data = types::DataJson { data: graph(&poll, &hours).to_string() }.into();
    let votes_graph = types::StatsGraph { json: data, zoom_token: None }.into();
    Ok(types::stats::PollStats { votes_graph }.into())
}

/// Hours that had votes, a line for each answer. Source: core.telegram.org/api/stats, "Graph visualization".
fn graph(poll: &SeenPoll, hours: &[stats::Hour]) -> Value {
    let mut x = vec![json!("x")];
    x.extend(hours.iter().map(|(at, _)| json!(u64::from(*at) * 1000)));
    let (mut columns, mut kinds, mut names) = (vec![Value::Array(x)], Map::new(), Map::new());
    kinds.insert("x".into(), json!("x"));
    for (place, answer) in poll.body.answers.iter().enumerate() {
        let name = format!("y{place}");
        let votes = hours.iter().map(|(_, votes)| json!(votes.get(place).copied().unwrap_or(0)));
        columns.push(Value::Array(std::iter::once(json!(name)).chain(votes).collect()));
        kinds.insert(name.clone(), json!("bar"));
        names.insert(name, json!(answer.text.text));
    }
    json!({ "columns": columns, "types": kinds, "names": names, "stacked": true })
}
