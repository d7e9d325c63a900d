//! Codes as HTTP requests to the operator: `POST` with a JSON body and its HMAC in a header.
//!
//! ```text
//! X-Chappe-Signature: sha256=<hex of HMAC-SHA-256(webhook_secret, body)>
//! {"id":"…","date":1767225600,"server":"Chappe","to":"phone","address":"+33612345678","code":"12345","purpose":"sign_in"}
//! ```
//! Any answer of 200 to 299 takes the code over.

use std::{sync::Arc, time::Duration};

use api::ports::{CodePurpose, CodeTarget};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Uri, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::{Letter, NotSent, PAUSES, insist};
use crate::{cli::Failure, config::Hidden, driver};

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where codes are posted.
pub struct Webhook {
    host: String,
    port: u16,
    authority: String,
    path: String,
    secret: Zeroizing<Vec<u8>>,
    tls: Option<TlsConnector>,
    server: String,
    pub(super) pauses: Vec<Duration>,
    pub(super) timeout: Duration,
}

impl Webhook {
    pub fn new(url: &str, secret: &Hidden, server: &str) -> Result<Self, Failure> {
        let uri: Uri = url.parse().map_err(|error| format!("webhook_url does not read: {error}"))?;
        let host = uri.host().ok_or("webhook_url names no host: write https://example.org/path")?;
        let (tls, port) = match uri.scheme_str() {
            Some("https") => (Some(connector()?), 443),
            Some("http") => (None, 80),
            _ => return Err("webhook_url must begin with https:// or http://".into()),
        };
        if secret.0.is_empty() {
            return Err("webhook_secret is empty: anybody could pretend to be this server".into());
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(port),
            authority: uri.authority().map(|it| it.as_str().to_owned()).unwrap_or_default(),
            path: uri.path_and_query().map_or("/", |it| it.as_str()).to_owned(),
            secret: Zeroizing::new(secret.0.clone().into_bytes()),
            tls,
            server: server.to_owned(),
            pauses: PAUSES.to_vec(),
            timeout: TIMEOUT,
        })
    }

    /// Posts a code, up to three times.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let body = self.body(letter);
        let signature = crypto::hash::hmac_sha256(&self.secret, &[&body]);
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let attempt = || async {
            let post = self.post(body.clone(), &signature);
            tokio::time::timeout(self.timeout, post).await.map_err(|_| NotSent::Late)?
        };
        insist(&self.pauses, attempt).await
    }

    fn body(&self, letter: &Letter) -> Bytes {
        let (to, address) = match &letter.to {
            CodeTarget::Phone(digits) => ("phone", format!("+{digits}")),
            CodeTarget::Email(address) => ("email", address.clone()),
        };
        let purpose = match letter.purpose {
            CodePurpose::SignIn => "sign_in",
            CodePurpose::ChangePhone => "change_phone",
            CodePurpose::ConfirmPhone => "confirm_phone",
            CodePurpose::VerifyEmail => "verify_email",
            CodePurpose::RecoverPassword => "recover_password",
        };
        let body = serde_json::json!({
            "id": letter.id,
            "date": driver::now().secs(),
            "server": self.server,
            "to": to,
            "address": address,
            "code": letter.code,
            "purpose": purpose,
        });
        body.to_string().into()
    }

    async fn post(&self, body: Bytes, signature: &str) -> Result<(), NotSent> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| NotSent::Unreachable(error.kind()))?;
        let request = Request::post(&self.path)
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-chappe-signature", format!("sha256={signature}"))
            .body(Full::new(body))
            .map_err(|_| NotSent::Unfit)?;
        match &self.tls {
            None => exchange(stream, request).await,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone()).map_err(|_| NotSent::Unfit)?;
                let stream = tls.connect(name, stream).await.map_err(|error| NotSent::Unreachable(error.kind()))?;
                exchange(stream, request).await
            }
        }
    }
}

/// One request on a connection of its own: codes are too rare to keep one open.
#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(), NotSent>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| NotSent::Broken)?;
    let driving = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    driving.abort();
    match answer.map_err(|_| NotSent::Broken)?.status() {
        status if status.is_success() => Ok(()),
        status => Err(NotSent::Answered(status.as_u16())),
    }
}

/// Trusts whom this machine trusts, so that an operator's own authority works, too.
pub fn connector() -> Result<TlsConnector, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("this machine trusts no certificate authority: install ca-certificates".into());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
