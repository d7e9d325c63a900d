//! What the server counts, as Prometheus reads it.

use std::sync::Arc;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::Registry,
};

use crate::wiring::Server;

/// Everything counted.
#[derive(Clone)]
pub struct Metrics(Arc<Registry>);

impl Metrics {
    /// Reads the counters of a running server whenever it is asked.
    pub fn new(server: &Server) -> Self {
        let mut registry = Registry::with_prefix("chappe");
        registry
            .register_collector(Box::new(Counted { gateway: server.gateway.handle(), api: Arc::clone(&server.api) }));
        Self(Arc::new(registry))
    }

    /// The text form.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.0);
        text
    }
}

struct Counted {
    gateway: gateway::Handle,
    api: Arc<api::Api>,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

impl Collector for Counted {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (name, value) in self.gateway.stats().named() {
            if name.ends_with("_now") {
                let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
                gauge.encode(encoder.encode_descriptor(name, "gateway", None, gauge.metric_type())?)?;
            } else {
                let counter = ConstCounter::new(value);
                counter.encode(encoder.encode_descriptor(name, "gateway", None, counter.metric_type())?)?;
            }
        }
        let counter = ConstCounter::new(0_u64);
        let mut family = encoder.encode_descriptor("method_calls", "Calls by method", None, counter.metric_type())?;
        for (method, calls) in self.api.calls() {
            let counter = ConstCounter::new(calls);
            counter.encode(family.encode_family(&[("method", method)])?)?;
        }
        Ok(())
    }
}
