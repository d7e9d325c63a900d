//! The command line: what can be asked of `chappe`, with help that teaches.

pub mod backup;
pub mod key;
pub mod name;
pub mod seed;
pub mod serve;
pub mod stickers;
pub mod user;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// What a command ends with; its text is for a person.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A messaging service that anybody can run, and that Telegram's clients can talk to.
///
/// Try it: `chappe serve --test-accounts`, then point a client at 127.0.0.1:8443 with the key that
/// `chappe key` prints. Numbers 99966XYYYY sign in with the code XXXXX.
#[derive(Debug, Parser)]
#[command(name = "chappe", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server. On the first start it makes its keys.
    Serve(Serve),
    /// Print the server's RSA public key (PKCS#1 PEM), which clients need to trust it.
    Key(Places),
    /// Look after accounts.
    #[command(subcommand)]
    User(User),
    /// Give people, groups and channels further public names.
    #[command(subcommand, after_help = NAME_HELP)]
    Name(Name),
    /// Show sticker sets to everybody.
    #[command(subcommand, after_help = STICKERS_HELP)]
    Stickers(Stickers),
    /// Fill a test server with invented people, groups, channels and histories.
    Seed(Seed),
    /// Write an encrypted backup, also while the server runs.
    Backup(Backup),
    /// Fill an empty data directory from a backup.
    Restore(Restore),
    /// Print a configuration file with every setting explained.
    Config,
}

/// Where a server keeps its things.
#[derive(Clone, Debug, Args)]
pub struct Places {
    /// A configuration file (default: chappe.toml here, if there is one).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The directory of the store (default: ./data).
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The directory of the keys (default: ./keys, or what `serve` used with this --data).
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
}

/// Options of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub places: Places,
    /// An address to listen on; may be given several times (default: 127.0.0.1:8443).
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<SocketAddr>,
    /// Where metrics are served (default: 127.0.0.1:8444).
    #[arg(long, value_name = "ADDR:PORT")]
    pub admin_listen: Option<SocketAddr>,
    /// Let numbers 99966XYYYY sign in with the code X five times. Never on a real server.
    #[arg(long)]
    pub test_accounts: bool,
}

/// Account commands; they speak to the running server, or open the store when none runs.
#[derive(Clone, Debug, Subcommand)]
pub enum User {
    /// Let a number register: `chappe user add +33123456789`.
    Add(Number),
    /// Print the sign-in code that a number waits for.
    Code(Number),
    /// List accounts: id, state, when created.
    List(Places),
    /// Switch an account off: its devices are signed out and it cannot sign in.
    Disable(Number),
    /// Switch an account on again.
    Enable(Number),
    /// Say what an account is: `chappe user role +33123456789 support`.
    Role {
        #[command(flatten)]
        number: Number,
        /// A person's account, or staff, whom clients show as support.
        role: Role,
    },
}

/// What an account may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Member,
    Support,
}

/// Name commands; they speak to the running server, or open the store when none runs.
#[derive(Clone, Debug, Subcommand)]
pub enum Name {
    /// Give a name that nobody holds: `chappe name grant tower_of_lille --to @optics`.
    Grant {
        /// 5 to 32 letters, digits and single inner underscores, a letter first; also a reserved one.
        name: String,
        /// Who gets it: the @name of a person, group or channel, or the number of a person.
        #[arg(long, value_name = "@NAME or +NUMBER")]
        to: String,
        #[command(flatten)]
        places: Places,
    },
    /// Take a name back that was given so; then it is free.
    Withdraw {
        /// The name.
        name: String,
        #[command(flatten)]
        places: Places,
    },
}

/// What `name --help` says at the end.
const NAME_HELP: &str = "\
Everybody chooses one public name in the client. A second one comes from here:
  chappe name grant tower_of_lille --to @optics        to a channel or group, by a name that it holds
  chappe name grant tower_of_lille --to +33123456789   to a person
  chappe name withdraw tower_of_lille                  and back

A name that was given is switched off. Its holder finds it in the client, among the names in the settings of the
profile or channel, and switches it on; there it is also put in order. It ends with the account or channel that
holds it.";

/// Sticker commands; they speak to the running server, or open the store when none runs.
#[derive(Clone, Debug, Subcommand)]
pub enum Stickers {
    /// Show a set to everybody: `chappe stickers feature tower_signs`.
    Feature {
        /// The set's short name: what its link ends with.
        name: String,
        #[command(flatten)]
        places: Places,
    },
    /// Show it no longer; who has installed it keeps it.
    Unfeature {
        /// The set's short name.
        name: String,
        #[command(flatten)]
        places: Places,
    },
}

/// What `stickers --help` says at the end.
const STICKERS_HELP: &str = "\
A new server has no stickers. People make sets in their clients, and give them on by links. A set that is featured is
offered to everybody, the latest first, where clients show trending stickers, and searches look into it:
  chappe stickers feature tower_signs      a set of stickers or custom emoji, by its short name
  chappe stickers unfeature tower_signs    and back

Clients ask for the list once an hour, so it takes them a while to show a change.";

/// Options of `seed`.
#[derive(Clone, Debug, Args)]
#[command(after_help = SEED_HELP)]
pub struct Seed {
    /// How many people there are in the end; more where a group is larger.
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub people: u32,
    /// A supergroup of so many members, up to 200,000; again for a second one.
    #[arg(long = "group", value_name = "SIZE", value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub groups: Vec<u32>,
    /// A channel of so many subscribers; again for a second one.
    #[arg(long = "channel", value_name = "SIZE", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub channels: Vec<u32>,
    /// So many channels more, whose audiences overlap; the first twenty people own them.
    #[arg(long, value_name = "COUNT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub gazettes: u32,
    /// Members of each of those, up to 200,000.
    #[arg(long, value_name = "SIZE", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub gazette_size: u32,
    /// Messages in each group and channel.
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub messages: u32,
    #[command(flatten)]
    pub places: Places,
}

/// What `seed --help` says at the end.
const SEED_HELP: &str = "\
Examples:
  chappe seed                                 eight people who know each other
  chappe seed --group 200 --group 10          and two groups of them
  chappe seed --group 200000 --messages 1000  a full one, with a history
  chappe seed --people 50 --channel 50        a channel with fifty subscribers

The n-th person has the number +99966 2 nnnn, up to the 9,999th, and signs in with the code 22222 where
`chappe serve --test-accounts` runs. The first one owns every group and channel. All of them joined some weeks ago,
and have written since.

It works beside a running server, or opens the store itself when none runs, which is faster. It makes what is not
there yet: a run that was stopped is started again and goes on, and a larger size lets a group grow.";

/// A number and where the server is.
#[derive(Clone, Debug, Args)]
pub struct Number {
    /// The phone number, with or without +.
    pub phone: String,
    #[command(flatten)]
    pub places: Places,
}

/// Options of `backup`.
#[derive(Clone, Debug, Args)]
pub struct Backup {
    /// The file to write.
    pub file: PathBuf,
    #[command(flatten)]
    pub places: Places,
    /// An age recipient to encrypt to; without it the passphrase in CHAPPE_PASSPHRASE is used.
    #[arg(long, value_name = "AGE1...")]
    pub recipient: Option<String>,
    /// Put the content master key in, too. Without it the backup opens only beside the keys directory.
    #[arg(long)]
    pub with_master_key: bool,
}

/// Options of `restore`.
#[derive(Clone, Debug, Args)]
pub struct Restore {
    /// The backup to read.
    pub file: PathBuf,
    #[command(flatten)]
    pub places: Places,
    /// A file with the age identity to decrypt with; without it the passphrase in CHAPPE_PASSPHRASE is used.
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

/// Runs what was asked.
pub async fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Serve(options) => serve::run(options).await,
        Command::Key(places) => key::run(&places),
        Command::User(command) => user::run(command).await,
        Command::Name(command) => name::run(command).await,
        Command::Stickers(command) => stickers::run(command).await,
        Command::Seed(options) => seed::run(options).await,
        Command::Backup(options) => backup::backup(options).await,
        Command::Restore(options) => backup::restore(options).await,
        Command::Config => {
            print!("{}", crate::config::Config::example());
            Ok(())
        }
    }
}
