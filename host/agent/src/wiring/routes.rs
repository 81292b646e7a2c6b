//! Whether a pipeline's routes and the outputs of its filters meet. Pure.

use logagent_config::{Config, Named, Pipeline, Problem};

/// Outputs of a pipeline's filters, and of what is beside them, that lead nowhere, and routes that nothing takes.
pub(super) fn route_problems(config: &Config, pipeline: &Named<Pipeline>, outputs: &[&String]) -> Vec<Problem> {
    let key = format!("pipelines.{}.routes", pipeline.name);
    let routes = || pipeline.spec.routes.iter().map(|(output, _)| output);
    let missing = outputs.iter().filter(|output| !routes().any(|route| route == **output)).map(|output| {
        let allowed = format!("sinks for {output}, which a filter of this pipeline routes to");
        config.positions.problem(&key, &format!("no route for {output}"), &allowed)
    });
    let unknown = routes().filter(|route| !outputs.contains(route)).map(|route| {
        let allowed = if outputs.is_empty() {
            "no routes: no filter of this pipeline has outputs".into()
        } else {
            format!("{outputs:?}")
        };
        config.positions.problem(&format!("{key}.{route}"), &format!("the output {route}"), &allowed)
    });
    missing.chain(unknown).collect()
}
