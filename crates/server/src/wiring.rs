//! Where every seam is filled: engine, key provider, code senders, API, sockets. The only file that
//! knows them all.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use ::previews::{Link, link::Place};
use api::Api;
use domain::{Domain, Secrets, World, policy::AllowAll, warm::Warm, world};
use gateway::{Gateway, ServerInfo, service::Service};
use mtproto::{handshake::Identity, transport::Secret};
use pages::Pages;
use store::{Kv, reopening::Reopening};

use crate::{
    audience::Sessions,
    cli::{Failure, Places},
    config::{Config, Deliveries, Registration},
    driver::{self, Running},
    files,
    jobs::{self, Jobs},
    keys::ServerKeys,
    memory,
    ports::Outside,
    previews,
    senders::Senders,
    service::Rpc,
    vitals::Vitals,
};

/// The store's directory below the data directory.
pub const STORE: &str = "store";

/// A login younger than a day may not end others, so that who stole a code can't lock the owner out.
const FRESH_SESSION_SECONDS: u32 = 24 * 3600;

/// Members from which on a supergroup may hide them. Source: `hidden_members_group_size_min` of clients.
const HIDDEN_MEMBERS_MIN: u32 = 100;

/// Where a data directory remembers its keys directory, so that `--data` alone finds it.
const KEYS_PATH: &str = "keys.path";

/// A domain with its owner running, without sockets: what command-line tools need when nobody serves.
pub struct Hall {
    pub domain: Domain,
    pub kv: Arc<dyn Kv>,
    pub sessions: Arc<Sessions>,
    pub keys: Arc<ServerKeys>,
    pub vitals: Arc<Vitals>,
    /// Where people's files lie, if on this machine.
    pub files: Option<PathBuf>,
    owner: Running,
}

/// A whole server.
pub struct Server {
    pub hall: Hall,
    pub api: Arc<Api>,
    pub gateway: gateway::Running,
    jobs: Jobs,
}

impl Hall {
    /// Opens the store and starts its owner.
    pub async fn open(config: &Config, data: &Path, keys: &Path) -> Result<Self, Failure> {
        let keys_dir = keys;
        let keys = Arc::new(ServerKeys::open_or_make(keys_dir, data)?);
        std::fs::create_dir_all(data).map_err(|error| format!("{}: {error}", data.display()))?;
        let store = data.join(STORE);
        let opened = Reopening::open(&store, domain::spaces::ALL);
        let kv: Arc<dyn Kv> = Arc::new(opened.map_err(|error| format!("{}: {error}", store.display()))?);
        // Whoever has the store has the directory.
        let absolute = std::fs::canonicalize(keys_dir)?;
        std::fs::write(data.join(KEYS_PATH), absolute.as_os_str().as_encoded_bytes())?;
        let world = Arc::new(World {
            settings: settings(config),
            secrets: Secrets::derive(&keys.root),
            keys: Arc::new(vault::Remembered::new(vault::LocalMaster::new(*keys.master))),
            policy: Arc::new(AllowAll),
            warm: Warm::default(),
        });
        let sessions = Arc::new(Sessions::default());
        let vitals = Arc::new(Vitals::default());
        let audience = Arc::clone(&sessions) as _;
        let owner = driver::start(Arc::clone(&kv), Arc::clone(&world), audience, Arc::clone(&vitals)).await?;
        let domain = Domain::new(Arc::clone(&owner.line) as _, Arc::clone(&kv), world);
        let domain = domain.with_files(files::open(config, data)?);
        let files = files::on_this_machine(config, data);
        Ok(Self { domain, kv, sessions, keys, vitals, files, owner })
    }

    /// Finishes what is under way.
    pub async fn close(self) {
        self.owner.stop().await;
    }
}

impl Server {
    /// Opens the hall and its doors.
    pub async fn start(config: &Config, data: &Path, keys: &Path) -> Result<Self, Failure> {
        let hall = Hall::open(config, data, keys).await?;
        domain::accounts::bootstrap(&hall.domain, &config.name).await.map_err(|it| format!("{it:?}"))?;
        if config.deliveries == Deliveries::Join {
            // Parcels of a time when deliveries went through the outbox come first.
            jobs::outbox::empty(&hall.domain).await.map_err(|it| format!("{it:?}"))?;
        }
        let outside = Arc::new(Outside { senders: Senders::new(config)?, sessions: Arc::clone(&hall.sessions) });
        let api = Arc::new(Api::new(hall.domain.clone(), api_config(config), outside));
        let pages = public_pages(config)?;
        let rpc = Arc::new(Rpc::new(Arc::clone(&api), hall.domain.clone(), Arc::clone(&hall.vitals), pages));
        let gateway = Gateway::start(gateway_config(config, &hall.keys)?, rpc as Arc<dyn Service>).await?;
        hall.sessions.join(gateway.handle());
        let errands = previews::start(config);
        let jobs = Jobs::start(hall.domain.clone(), Arc::clone(&hall.vitals), &hall.sessions, errands);
        Ok(Self { hall, api, gateway, jobs })
    }

    /// Where clients connect.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.gateway.local_addresses()
    }

    /// Closes the doors, then the hall.
    pub async fn stop(self) {
        self.jobs.stop().await;
        self.gateway.shutdown().await;
        // Views of the last seconds.
        let _ = domain::messages::counts::flush::flush(&self.hall.domain).await;
        self.hall.close().await;
    }
}

/// The data directory: the option, else the configuration.
pub fn data_dir(places: &Places, config: &Config) -> PathBuf {
    places.data.clone().unwrap_or_else(|| config.data.clone())
}

/// Whether a server has ever used a data directory.
pub fn was_served(data: &Path) -> bool {
    data.join(STORE).exists()
}

/// The keys directory: the option, else what this data directory was served with, else the configuration.
pub fn keys_dir(places: &Places, config: &Config) -> PathBuf {
    if let Some(keys) = &places.keys {
        return keys.clone();
    }
    let remembered = std::fs::read_to_string(data_dir(places, config).join(KEYS_PATH));
    remembered.ok().map(PathBuf::from).filter(|it| it.exists()).unwrap_or_else(|| config.keys.clone())
}

fn settings(config: &Config) -> world::Settings {
    world::Settings {
        registration: match config.registration {
            Registration::Open => world::Registration::Open,
            Registration::Invite => world::Registration::Invite,
            Registration::Closed => world::Registration::Closed,
        },
        test_accounts: config.test_accounts,
        deliveries: match config.deliveries {
            Deliveries::Join => world::Deliveries::Join,
            Deliveries::Outbox => world::Deliveries::Outbox,
        },
        reserved_usernames: config.reserved_usernames.iter().map(|it| it.to_lowercase()).collect(),
        fresh_session_seconds: if config.test_accounts { 0 } else { FRESH_SESSION_SECONDS },
        hidden_members_min: if config.test_accounts { 2 } else { HIDDEN_MEMBERS_MIN },
        file_reference_seconds: config.file_reference_seconds,
        unused_file_seconds: config.unused_file_seconds,
        email_sender: Senders::can_mail(config),
        login_email: config.login_email,
        previews: config.previews,
        previews_allow: previews::allowed(config),
        own_hosts: own_hosts(config),
        site: config.name.clone(),
    }
}

/// Hosts of links that lead to this server, as clients write them and as the operator does.
fn own_hosts(config: &Config) -> Vec<String> {
    let named = [Some(config.link_prefix.as_str()), config.public_url.as_deref()];
    let named = named.into_iter().flatten().filter_map(Link::read).filter_map(|it| match it.place() {
        Place::Name(name) => Some(name),
        Place::Address(_) => None,
    });
    // Source: core.telegram.org/api/links.
    ["t.me", "telegram.me", "telegram.dog"].into_iter().map(str::to_owned).chain(named).collect()
}

fn api_config(config: &Config) -> api::Config {
    api::Config {
        advertise: config.advertise.clone(),
        server_name: config.name.clone(),
        country: config.country.clone(),
        link_prefix: config.link_prefix.clone(),
        flood_factor: config.flood_factor,
        support_phone: config.support_phone.clone(),
        invite_text: config.invite_text.clone(),
    }
}

/// What strangers are shown, if anything.
fn public_pages(config: &Config) -> Result<Option<Pages>, Failure> {
    let base = config.public_url.as_deref().map(|it| it.trim_end_matches('/').to_owned());
    let host = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || b".-_:[]".contains(&it));
    if let Some(base) = &base
        && !["https://", "http://"].iter().any(|it| base.strip_prefix(it).is_some_and(host))
    {
        return Err(format!("public_url {base} is not a scheme and a host such as https://chat.example.org").into());
    }
    let pages = Pages::new(pages::Config { site: config.name.clone(), base });
    Ok(config.public_pages.then_some(pages))
}

/// Limits of who asks, as the operator's factor has them.
fn limits(config: &Config) -> gateway::Limits {
    let limits = gateway::Limits::default();
    let scaled = |it: u32| (f64::from(it) * config.flood_factor).ceil() as u32;
    let (pages_per_second, pages_at_once) = (scaled(limits.pages_per_second), scaled(limits.pages_at_once));
    gateway::Limits { pages_per_second, pages_at_once, ..limits }
}

fn gateway_config(config: &Config, keys: &ServerKeys) -> Result<gateway::Config, Failure> {
    let secret = |text: &String| {
        Secret::parse(text).ok_or_else(|| format!("{text} is not a proxy secret: 32 hex digits, perhaps after dd"))
    };
    let tls = match (&config.tls_certificate, &config.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(gateway::Tls { certificate_pem: std::fs::read(certificate)?, key_pem: std::fs::read(key)? })
        }
        (None, None) => None,
        _ => return Err("tls_certificate and tls_key belong together: set both or none".into()),
    };
    let public_key_pem = keys.rsa.public_pem();
    Ok(gateway::Config {
        listen: config.listen.clone(),
        secrets: config.proxy_secrets.iter().map(secret).collect::<Result<_, _>>()?,
        tls,
        trusted_proxies: config.trusted_proxies.clone(),
        identity: Arc::new(Identity::new(crypto::rsa::ServerKey::from_pem(&keys.rsa.to_pem())?)),
        salt_secret: vault::derive(&keys.root, "chappe server salts"),
        info: ServerInfo {
            dc_id: INFO_DC,
            public_key_pem,
            name: config.name.clone(),
            description: config.description.clone(),
        },
        at_rest: memory::collect,
        limits: limits(config),
    })
}

/// The data centre that multi-server clients are told to believe in; any of 1 to 5 works.
const INFO_DC: i32 = 2;
