use super::*;
use logagent_config::Source;
use std::path::Path;

fn parse(text: &str) -> Config {
    Config::parse(Path::new("c.yaml"), text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn config(limit: &str) -> Config {
    parse(&format!(
        "memory: {{ ring_bytes: 16MiB, limit: {limit} }}\n\
         sources: {{ in: {{ type: file, include: [a] }} }}\n\
         filters: {{ f: {{ component: f.wasm, limits: {{ memory: 8MiB }} }} }}\n\
         sinks: {{ out: {{ type: blackhole }} }}\n\
         pipelines: {{ a: {{ from: [in], through: [f], to: [out] }}, b: {{ from: [in], through: [f], to: [out] }} }}\n"
    ))
}

/// The same without a filter, of a sink with this buffer.
fn buffered(limit: &str, buffer: &str) -> Config {
    parse(&format!(
        "memory: {{ ring_bytes: 16MiB, limit: {limit} }}\n\
         sources: {{ in: {{ type: file, include: [a] }} }}\n\
         sinks: {{ out: {{ type: blackhole, buffer: {{ {buffer} }} }} }}\n\
         pipelines: {{ a: {{ from: [in], to: [out] }} }}\n"
    ))
}

const PLAIN: [FilterFacts; 1] =
    [FilterFacts { uses_state: false, searches_records: false, component_bytes: [0; 2], table_bytes: 0 }];

/// Asserts that the sum is `needed` mebibytes to the byte, and answers what is said where it is one less.
fn refusal(config: impl Fn(&str) -> Config, needed: usize, filters: &[FilterFacts]) -> String {
    assert_eq!(check(&config(&format!("{needed}MiB")), 2, filters), None);
    check(&config(&format!("{}MiB", needed - 1)), 2, filters).expect("it does not fit").to_string()
}

#[test]
fn a_configuration_that_fits_to_the_byte_is_taken_and_one_that_does_not_is_refused_with_the_sum_and_what_would_fit() {
    // Two lanes: 32 + 2 × 16 + 2 × 2 + 4 × 8 + (4 + 1) × 8.
    assert_eq!(
        refusal(config, 140, &PLAIN),
        "c.yaml:1:37: memory.limit: found 139MiB, less than 140MiB: the agent 32MiB + 2 rings 32MiB + \
         1 sinks 4MiB + 4 × filter f 32MiB + a filter's next generation, beside it 40MiB, allowed at least \
         140MiB; memory.ring_bytes: 8MiB or lanes: 1 would fit"
    );
}

#[test]
fn what_would_fit_is_named_only_where_it_does() {
    let refused = |limit| check(&config(limit), 2, &PLAIN).unwrap().allowed;
    assert_eq!(refused("100MiB"), "at least 140MiB; lanes: 1 would fit");
    let neither = "at least 140MiB; neither smaller rings nor fewer lanes would do alone";
    assert_eq!(refused("64MiB"), neither);
}

#[test]
fn a_buffer_on_the_disk_has_a_ring_and_one_that_sheds_has_one_in_each_lane() {
    let disk = refusal(|limit| buffered(limit, "type: disk"), 32 + 32 + 4 + 16, &[]);
    assert!(disk.contains(" + 1 buffers' rings 16MiB, allowed at least 84MiB; "), "{disk}");
    let shed = refusal(|limit| buffered(limit, "when_full: shed, max_bytes: 8MiB"), 32 + 32 + 4 + 2 * 16, &[]);
    assert!(shed.contains(" + 2 × 1 buffers that shed 32MiB, allowed at least 100MiB; "), "{shed}");
    let by_default = refusal(|limit| buffered(limit, "when_full: shed"), 32 + 32 + 4 + 2 * 32, &[]);
    assert!(by_default.contains(" + 2 × 1 buffers that shed 64MiB, "), "{by_default}");
}

#[test]
fn a_source_that_unpacks_counts() {
    let unpacking = |limit: &str| {
        let mut config = config(limit);
        let Source::File(file) = &mut config.sources[0].spec else { unreachable!() };
        file.compression = logagent_config::Compression::Auto;
        config
    };
    let problem = refusal(unpacking, 176, &PLAIN);
    assert!(problem.contains(" + 1 sources that unpack 36MiB + "), "{problem}");
}

#[test]
fn what_filters_ask_of_the_host_counts() {
    let facts = |uses_state, searches_records, table_bytes| {
        [FilterFacts { uses_state, searches_records, table_bytes, ..PLAIN[0] }]
    };
    let state = check(&config("200MiB"), 2, &facts(true, false, 0)).unwrap().to_string();
    assert!(state.contains(" + the state map 66MiB + "), "{state}");
    // 64 MiB, a 256th of it for the copy, and 1.5 MiB of bookkeeping.
    refusal(config, 140 + 66, &facts(true, false, 0));
    let searches = refusal(config, 140 + 72, &facts(false, true, 0));
    assert!(searches.contains(" + 4 × filter f 64MiB + a filter's next generation, beside it 80MiB, "), "{searches}");
    let table = refusal(config, 140 + 6, &facts(false, false, 3 << 20));
    assert!(table.contains(" + the table of f 3MiB + a filter's next generation, beside it 43MiB, "), "{table}");
}

#[test]
fn components_count_with_what_compiling_the_largest_takes() {
    let facts = [FilterFacts { component_bytes: [1 << 20, 512 << 10], ..PLAIN[0] }];
    let problem = refusal(config, 140 + 12 + 64, &facts);
    assert!(problem.contains(" + components 12MiB + compiling the largest 64MiB + 4 × filter f "), "{problem}");
}
