//! Posts in a small and in a large group, in turns, with the same people listening in both.

use std::collections::VecDeque;

use tl::enums;

use super::{Group, Groups, group, member};
use crate::{
    Failure,
    figures::{line, median},
    people::{self, Person},
    process::Server,
};

/// Posts under way.
const IN_FLIGHT: usize = 16;

/// Members who are online in both groups beside the author.
const LISTENERS: u32 = 3;

/// What a post cost in each round.
#[derive(Default)]
struct Costs {
    cpu: Vec<f64>,
    keys: Vec<f64>,
    journal: Vec<f64>,
    disk: Vec<f64>,
}

impl Groups {
    pub(super) async fn posts(&self, server: &Server) -> Result<(), Failure> {
        let mut author = member(server, 1).await?;
        let [small, large] = self.titles();
        let (small, large) = (group(&mut author, &small).await?, group(&mut author, &large).await?);
        for n in 0..LISTENERS {
            let mut listener = member(server, 2 + n).await?;
            listener.client.invoke(&tl::functions::updates::GetState {}).await?;
            tokio::spawn(async move { while listener.client.update_raw().await.is_ok() {} });
        }
        let (mut of_small, mut of_large, mut calm) = (Costs::default(), Costs::default(), server.calm().await);
        for _ in 0..self.rounds {
            for (group, costs) in [(small, &mut of_small), (large, &mut of_large)] {
                let before = server.spent()?;
                self.round(&mut author, group).await?;
                calm &= server.calm().await;
                let (spent, posts) = (server.spent()? - before, self.posts as f64);
                costs.cpu.push(spent.cpu.as_secs_f64() * 1e6 / posts);
                costs.keys.push(spent.keys as f64 / posts);
                costs.journal.push(spent.journal as f64 / posts);
                costs.disk.push(spent.bytes as f64 / posts);
            }
        }
        println!(
            "a post in a {} of {} and of {}, {LISTENERS} members online beside its author",
            self.noun(),
            self.small,
            self.large()
        );
        compare("server CPU, drained", "us", of_small.cpu, of_large.cpu);
        compare("rows written", "", of_small.keys, of_large.keys);
        compare("journal bytes", "B", of_small.journal, of_large.journal);
        compare("bytes to disk, compaction included", "B", of_small.disk, of_large.disk);
        if !calm {
            println!("  the server did not come to rest in time: CPU and bytes are too low");
        }
        Ok(())
    }

    async fn round(&self, author: &mut Person, group: Group) -> Result<(), Failure> {
        let (peer, mut left, mut waiting): (enums::InputPeer, _, _) = (group.peer(), self.posts, VecDeque::new());
        while left > 0 || !waiting.is_empty() {
            while left > 0 && waiting.len() < IN_FLIGHT {
                waiting.push_back(author.client.send(&people::text(&peer)));
                left -= 1;
            }
            author.client.flush().await?;
            if let Some(request) = waiting.pop_front() {
                author.client.wait(request).await?;
            }
        }
        Ok(())
    }
}

fn compare(what: &str, unit: &str, small: Vec<f64>, large: Vec<f64>) {
    let ratio = median(small.iter().zip(&large).map(|(small, large)| large / small).collect());
    line(&format!("  {what}, small"), median(small), unit);
    line(&format!("  {what}, large"), median(large), unit);
    line("    large to small (1.10)", ratio, "");
}
