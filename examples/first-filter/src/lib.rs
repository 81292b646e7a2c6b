//! The README's filter: drops health checks. What it does can be tested without WebAssembly, as below.

use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason};

/// Drops the records of health checks.
pub struct HealthChecks;

impl Filter for HealthChecks {
    type Config = ();
    const NAME: &'static str = "health-checks";
    const REASONS: &'static [&'static str] = &["health-check"];

    fn configure(_config: ()) -> Result<Self, ConfigErrors> {
        Ok(Self)
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        const HEALTH_CHECK: Reason = Reason::named(HealthChecks::REASONS, "health-check");
        for record in batch.records().filter(|record| record.body().starts_with(b"GET /healthz")) {
            decisions.drop(record.index(), HEALTH_CHECK);
        }
        Ok(())
    }
}

logagent_sdk::export!(HealthChecks);

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_sdk::testing::Harness;

    #[test]
    fn health_checks_are_dropped_and_nothing_else() {
        let mut harness = Harness::<HealthChecks>::new(serde_json::Value::Null).unwrap();
        let outcome = harness.process(["GET /healthz 200", "GET /orders 200"]).unwrap();
        assert_eq!(outcome.kept(), ["GET /orders 200"]);
    }
}
