//! `chappe user …`: through the running server's socket, or on the store itself when nobody serves.

use super::{Failure, Places, User};
use crate::{
    admin::{
        command::{self, Reply, Request},
        progress, socket,
    },
    config::Config,
    wiring,
};

/// Runs an account command and prints what it says.
pub async fn run(command: User) -> Result<(), Failure> {
    let (places, request) = match command {
        User::Add(it) => (it.places, Request::UserAdd { phone: it.phone }),
        User::Code(it) => (it.places, Request::UserCode { phone: it.phone }),
        User::List(places) => (places, Request::UserList),
        User::Disable(it) => (it.places, Request::UserDisable { phone: it.phone }),
        User::Enable(it) => (it.places, Request::UserEnable { phone: it.phone }),
        User::Role { number, role } => (number.places, Request::UserRole { phone: number.phone, role }),
    };
    print(ask(&places, request).await?)
}

/// Asks the running server, or the store.
pub(super) async fn ask(places: &Places, request: Request) -> Result<Reply, Failure> {
    let config = Config::read(places.config.as_ref())?;
    let (data, keys) = (wiring::data_dir(places, &config), wiring::keys_dir(places, &config));
    if let Some(reply) = socket::ask(&data, &request, |_| {}).await? {
        return Ok(reply);
    }
    // Only adding is worth doing before the first start; anything else is asked of a wrong place.
    if !matches!(request, Request::UserAdd { .. }) && !wiring::was_served(&data) {
        let data = data.display();
        return Err(format!(
            "no server has run in {data} yet: run `chappe serve --data {data}`, or name another directory with --data"
        )
        .into());
    }
    let hall = wiring::Hall::open(&config, &data, &keys).await?;
    let reply = command::run(&hall.domain, request, &progress::pair().0).await;
    hall.close().await;
    Ok(reply)
}

/// Prints an answer, or fails with it.
pub fn print(reply: Reply) -> Result<(), Failure> {
    match reply {
        Reply::Lines(lines) => lines.iter().for_each(|line| println!("{line}")),
        Reply::Error(error) => return Err(error.into()),
        // Whoever asked has shown it.
        Reply::Step(_) => {}
    }
    Ok(())
}
