//! TLS with the operator's certificate.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::TlsAcceptor;

use crate::config::{StartError, Tls};

/// Reads the certificate and its key.
pub(crate) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, StartError> {
    let bad = |error: &dyn std::fmt::Display| StartError::Tls(error.to_string());
    let chain =
        CertificateDer::pem_slice_iter(&tls.certificate_pem).collect::<Result<Vec<_>, _>>().map_err(|it| bad(&it))?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key_pem).map_err(|it| bad(&it))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|it| bad(&it))?;
    let config = builder.with_no_client_auth().with_single_cert(chain, key).map_err(|it| bad(&it))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
