//! `chappe seed`: through the running server's socket, or on the store itself when nobody serves; with a bar that
//! shows how far it is.

use indicatif::{ProgressBar, ProgressStyle};

use super::{Failure, Seed, user::print};
use crate::{
    admin::{
        command::{self, Reply, Request},
        progress::{self, Step},
        seed::Plan,
        socket,
    },
    config::Config,
    wiring,
};

/// Fills a test server.
pub async fn run(options: Seed) -> Result<(), Failure> {
    let Seed { people, groups, channels, gazettes, gazette_size, messages, places } = options;
    let config = Config::read(places.config.as_ref())?;
    let (data, keys) = (wiring::data_dir(&places, &config), wiring::keys_dir(&places, &config));
    let gazettes = (gazettes, if gazettes > 0 { gazette_size } else { 0 });
    let request = Request::Seed { plan: Plan { people, groups, channels, messages, gazettes } };
    let bar = bar()?;
    let asked = socket::ask(&data, &request, |step| show(&bar, step)).await;
    if let Some(reply) = asked? {
        bar.finish_and_clear();
        return print(reply);
    }
    let hall = wiring::Hall::open(&config, &data, &keys).await?;
    let reply = shown(&hall.domain, request, &bar).await;
    bar.finish_and_clear();
    hall.close().await;
    print(reply)
}

async fn shown(domain: &domain::Domain, request: Request, bar: &ProgressBar) -> Reply {
    let (progress, mut steps) = progress::pair();
    let mut work = std::pin::pin!(command::run(domain, request, &progress));
    loop {
        tokio::select! {
            reply = &mut work => return reply,
            Ok(()) = steps.changed() => show(bar, &steps.borrow_and_update()),
        }
    }
}

/// Drawn on stderr, and only where that is a terminal.
fn bar() -> Result<ProgressBar, Failure> {
    let style = ProgressStyle::with_template("{msg:24} {wide_bar} {human_pos}/{human_len}, {per_sec}, {eta} to go")?;
    Ok(ProgressBar::new(0).with_style(style))
}

fn show(bar: &ProgressBar, step: &Step) {
    if bar.message() != step.what {
        bar.reset();
        bar.set_message(step.what.clone());
    }
    bar.set_length(step.of);
    bar.set_position(step.done);
}
