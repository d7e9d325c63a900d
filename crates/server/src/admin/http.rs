//! Metrics in Prometheus' text form, on an address of the operator's own.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode, body::Incoming, header::CONTENT_TYPE, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{cli::Failure, metrics::Metrics, vitals::Vitals, wiring::Server};

/// Serves `/metrics` and `/health`. An address that is taken is said and done without: the service
/// itself does not depend on it.
#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
pub async fn serve(address: SocketAddr, server: &Server) -> Result<Option<JoinHandle<()>>, Failure> {
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(%address, %error, "no metrics: the admin address can't be had; set admin_listen");
            return Ok(None);
        }
    };
    tracing::info!(address = %listener.local_addr()?, "metrics are served");
    let (metrics, vitals) = (Metrics::new(server), Arc::clone(&server.hall.vitals));
    Ok(Some(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (metrics, vitals) = (metrics.clone(), Arc::clone(&vitals));
            let service = service_fn(move |request| {
                let answer = answer(&metrics, &vitals, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })))
}

fn answer(metrics: &Metrics, vitals: &Vitals, request: &Request<Incoming>) -> Response<Full<bytes::Bytes>> {
    let (status, body) = match request.uri().path() {
        "/metrics" => (StatusCode::OK, metrics.text()),
        "/health" => match vitals.trouble() {
            None => (StatusCode::OK, "ok\n".to_owned()),
            Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
        },
        _ => (StatusCode::NOT_FOUND, "try /metrics or /health\n".to_owned()),
    };
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
