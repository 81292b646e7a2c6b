#![allow(missing_docs)]
use logagent_filter_trim::TrimFilter;
use logagent_sdk::{Filter, fields::Paths, testing::once};
use std::time::Instant;
fn main() {
    let bodies: Vec<String> = (0..2400).map(|i| format!(r#"{{"time":"2026-01-01T00:00:00.{i:06}Z","level":"INFO","logger":"http.server","msg":"request served","user":{{"id":{i},"email":"user{i}@example.com"}},"path":"/api/v1/things/{i}","status":200,"ms":12.5,"tags":["a","b"]}}"#)).collect();
    let total: usize = bodies.iter().map(String::len).sum();
    let cases = [
        ("remove 2", serde_json::json!({"remove": ["logger", "user.email"]}), vec!["logger", "user.email"]),
        ("remove none", serde_json::json!({"remove": ["xxx", "user.yyy"]}), vec!["xxx", "user.yyy"]),
        (
            "keep 3",
            serde_json::json!({"keep": ["time", "msg", "user.id"]}),
            vec!["time", "msg", "user.id", "*", "user.*", "$"],
        ),
        ("rename same", serde_json::json!({"rename": {"msg": "txt"}}), vec!["msg"]),
        ("add 1", serde_json::json!({"add": {"env": "prod"}}), vec!["env", "$"]),
        ("max 1024", serde_json::json!({"max_value_bytes": 1024}), vec!["$"]),
        ("max 100", serde_json::json!({"max_value_bytes": 100}), vec!["$"]),
        ("max 15", serde_json::json!({"max_value_bytes": 15}), vec!["$"]),
        ("all values **", serde_json::json!({"remove": ["**.zzz"]}), vec!["**"]),
    ];
    for (name, config, paths) in cases {
        let config: logagent_filter_trim::Config = serde_json::from_value(config).unwrap();
        let mut filter = TrimFilter::configure(config).unwrap();
        let paths = Paths::new(&paths).unwrap();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            once(bodies.clone(), |batch, decisions| {
                let mut best = [f64::MAX; 2];
                for _ in 0..40 {
                    let t = Instant::now();
                    filter.process(batch, decisions).unwrap();
                    best[0] = best[0].min(t.elapsed().as_secs_f64());
                    let t = Instant::now();
                    std::hint::black_box(paths.find(batch));
                    best[1] = best[1].min(t.elapsed().as_secs_f64());
                }
                println!(
                    "{name:15} process {:.2} GB/s  find alone {:.2} GB/s",
                    total as f64 / best[0] / 1e9,
                    total as f64 / best[1] / 1e9
                );
            })
        }));
        drop(result);
    }
}
