//! What the server counts, as Prometheus reads it.

use std::sync::{Arc, atomic::Ordering};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text::encode},
    metrics::{counter::ConstCounter, gauge::ConstGauge},
    registry::{Registry, Unit},
};

use crate::{vitals::Vitals, wiring::Server};

/// Everything counted.
#[derive(Clone)]
pub struct Metrics(Arc<Registry>);

impl Metrics {
    /// Reads the counters of a running server whenever it is asked.
    pub fn new(server: &Server) -> Self {
        let mut registry = Registry::with_prefix("chappe");
        let vitals = &server.hall.vitals;
        let seconds = "Time from handing a batch over until it is durable";
        registry.register_with_unit("commit", seconds, Unit::Seconds, vitals.commit_seconds.clone());
        registry.register("commit_commands", "Commands that shared a commit", vitals.batch_commands.clone());
        registry.register_with_unit("commit", "Bytes of a commit", Unit::Bytes, vitals.batch_bytes.clone());
        registry.register("commit_failures", "Commits that failed", vitals.failures.clone());
        registry.register_collector(Box::new(Counted {
            gateway: server.gateway.handle(),
            api: Arc::clone(&server.api),
            kv: Arc::clone(&server.hall.kv),
            vitals: Arc::clone(vitals),
        }));
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
    kv: Arc<dyn store::Kv>,
    vitals: Arc<Vitals>,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

type Encoded = Result<(), std::fmt::Error>;

impl Collector for Counted {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Encoded {
        for (name, value) in self.gateway.stats().named() {
            if name.ends_with("_now") {
                gauge(&mut encoder, name, "At the sockets, now", value)?;
            } else {
                counter(&mut encoder, name, "At the sockets, since the start", value)?;
            }
        }
        family(&mut encoder, "method_calls", "Calls by method", "method", self.api.calls())?;
        family(&mut encoder, "errors", "Errors answered, by name", "name", self.api.errors().into_iter())?;
        let of_vitals = |it: &std::sync::atomic::AtomicU64| it.load(Ordering::Relaxed);
        gauge(&mut encoder, "commands_waiting", "Commands that wait for their turn", of_vitals(&self.vitals.line))?;
        let help = "Parcels seen in the outbox at the last look";
        gauge(&mut encoder, "outbox_parcels", help, of_vitals(&self.vitals.outbox))?;
        let healthy = u64::from(self.vitals.trouble().is_none());
        gauge(&mut encoder, "healthy", "Whether the store takes writes", healthy)?;
        if let Some(written) = self.kv.written() {
            counter(&mut encoder, "store_batches", "Atomic batches written by the store", written.batches)?;
            counter(&mut encoder, "store_keys", "Rows put or deleted by the store", written.keys)?;
        }
        match self.kv.stored_bytes() {
            Some(bytes) => gauge(&mut encoder, "store_bytes", "Bytes of the store on the disk", bytes),
            None => Ok(()),
        }
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> Encoded {
    let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
    gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> Encoded {
    let counter = ConstCounter::new(value);
    counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)
}

/// Counters that differ in one label.
fn family<N: AsRef<str>>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    label: &str,
    counts: impl Iterator<Item = (N, u64)>,
) -> Encoded {
    let kind = ConstCounter::new(0_u64).metric_type();
    let mut family = encoder.encode_descriptor(name, help, None, kind)?;
    for (value, count) in counts {
        let counter = ConstCounter::new(count);
        counter.encode(family.encode_family(&[(label, value.as_ref())])?)?;
    }
    Ok(())
}
