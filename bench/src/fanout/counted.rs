//! What the server counts of a post's way: how often it was rendered, rewritten, encrypted and written.

use super::{
    Audience, Fanout,
    chappe::Chappe,
    compared::look,
    listeners::Listeners,
    rounds::{Figures, Giver},
};
use crate::{Failure, figures::line};

/// Counters, and whether they are shown for a post or for each of its deliveries.
const COUNTERS: [(&str, bool); 4] =
    [("renders", true), ("transcodings", true), ("encryptions", false), ("writes", false)];

/// Batches of encryption, by the messages in them.
const BATCHES: [&str; 4] = ["batches_of_1", "batches_of_2_to_7", "batches_of_8_to_15", "batches_of_16_and_more"];

impl Fanout {
    /// A few posts for the counters alone; a build that does not count them shows nothing.
    pub(super) async fn counted(
        &self,
        listeners: &mut Listeners,
        chappe: &mut Chappe<'_>,
        to: Audience,
        posts: usize,
    ) -> Result<(), Failure> {
        let read = |name: &str| chappe.server.counter(&format!("chappe_{name}_total"));
        let names = || COUNTERS.iter().map(|(name, _)| *name).chain(BATCHES);
        let before = names().map(read).collect::<Result<Vec<_>, _>>()?;
        listeners.begin(chappe.mark).await?;
        Giver::Chappe(chappe).round(listeners, to, (1, posts), &mut Figures::default()).await?;
        look(listeners, to, posts).await?;
        let read = |name: &str| chappe.server.counter(&format!("chappe_{name}_total"));
        let after = names().map(read).collect::<Result<Vec<_>, _>>()?;
        listeners.acknowledge().await?;
        let mut spent = before.into_iter().zip(after).map(|(before, after)| Some((after? - before?) as f64));
        for (name, a_post) in COUNTERS {
            let Some(spent) = spent.next().flatten() else { continue };
            let (of, what) = if a_post { (posts, "a post") } else { (posts * to.count, "a delivery") };
            line(&format!("  {name} {what}"), spent / of as f64, "");
        }
        for (name, spent) in BATCHES.into_iter().zip(spent) {
            let Some(spent) = spent else { continue };
            line(&format!("  {}", name.replace('_', " ")), spent, "");
        }
        Ok(())
    }
}
