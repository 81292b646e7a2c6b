//! Wrong limits, breakers, canaries and shadows. Not for a filter's other keys, which are in `sections.rs`.

use super::{PIPELINES, SINKS, SOURCES, check};

const SHARE: &str = "a share such as 5% or 0.05, above 0% and up to 100%";
const SHARE_OR_NONE: &str = "a share such as 5% or 0.05, from 0% to 100%";

/// Each filter has a component, and these keys from column 5 of line 7 on. `SHARE` stands for what a share may be.
fn check_all(cases: &[(&str, &[&str])]) {
    for (keys, expected) in cases {
        let expected: Vec<_> = expected
            .iter()
            .map(|problem| problem.replace("SHARE_OR_NONE", SHARE_OR_NONE).replace("SHARE", SHARE))
            .collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check(&format!("{SOURCES}{SINKS}{PIPELINES}filters:\n  f:\n    component: a\n    {keys}\n"), &expected);
    }
}

#[test]
fn limits_out_of_their_range_are_problems() {
    check_all(&[
        (
            "limits: { output: 1023, emits: 1048577, log_lines: 10001, cpu: 0 }",
            &[
                "7:23: filters.f.limits.output: found 1023, allowed a size such as 512KiB, from 1KiB to 256MiB",
                "7:36: filters.f.limits.emits: found 1048577, allowed a whole number, from 0 to 1048576",
                "7:56: filters.f.limits.log_lines: found 10001, allowed a whole number, from 0 to 10000",
                "7:68: filters.f.limits.cpu: found 0, allowed SHARE",
            ],
        ),
        (
            "limits: { emits: -1, log_lines: 4294967297, cpu: 120% }",
            &[
                "7:22: filters.f.limits.emits: found -1, allowed a whole number, from 0 to 1048576",
                "7:37: filters.f.limits.log_lines: found 4294967297, allowed a whole number, from 0 to 10000",
                "7:54: filters.f.limits.cpu: found \"120%\", allowed SHARE",
            ],
        ),
        ("limits: { cpu: .nan }", &["7:20: filters.f.limits.cpu: found NaN, allowed SHARE"]),
        ("limits: { cpu: half }", &["7:20: filters.f.limits.cpu: found \"half\", allowed SHARE"]),
        ("limits: { cpu: }", &["7:15: filters.f.limits.cpu: found nothing, allowed SHARE"]),
    ]);
}

#[test]
fn wrong_breakers_are_problems() {
    check_all(&[
        (
            "breaker: { failures: 0, open_for: 10ms, close: 1 }",
            &[
                "7:26: filters.f.breaker.failures: found 0, allowed a whole number, from 1 to 100000",
                "7:39: filters.f.breaker.open_for: found \"10ms\", allowed a duration such as 10ms, from 100ms to 1h",
                "7:45: filters.f.breaker.close: found an unknown key, allowed failures, open_for",
            ],
        ),
        ("breaker: off", &["7:14: filters.f.breaker: found \"off\", allowed a mapping"]),
    ]);
}

#[test]
fn wrong_canaries_are_problems() {
    check_all(&[
        ("canary: b", &["7:13: filters.f.canary: found \"b\", allowed a mapping"]),
        ("canary: {}", &["7:5: filters.f.canary.component: found nothing, allowed a path to a component (required)"]),
        (
            "canary: { component: 1, share: 0%, every: 25h, abort_if: { errors_above: 2, drops_differ_above: -1% } }",
            &[
                "7:26: filters.f.canary.component: found 1, allowed a path",
                "7:36: filters.f.canary.share: found \"0%\", allowed SHARE",
                "7:47: filters.f.canary.every: found \"25h\", allowed a duration such as 10ms, from 100ms to 24h",
                "7:78: filters.f.canary.abort_if.errors_above: found 2, allowed SHARE_OR_NONE",
                "7:101: filters.f.canary.abort_if.drops_differ_above: found \"-1%\", allowed SHARE_OR_NONE",
            ],
        ),
        (
            "canary: { component: b, abort_if: { error_above: 1 }, step: 1 }",
            &[
                "7:41: filters.f.canary.abort_if.error_above: found an unknown key, allowed errors_above, \
                 drops_differ_above (did you mean `errors_above`?)",
                "7:59: filters.f.canary.step: found an unknown key, allowed component, share, steps, every, abort_if \
                 (did you mean `steps`?)",
            ],
        ),
    ]);
}

#[test]
fn a_canarys_steps_ascend_to_all_records() {
    check_all(&[
        (
            "canary: { component: b, steps: 5% }",
            &["7:36: filters.f.canary.steps: found \"5%\", allowed a list of shares"],
        ),
        (
            "canary: { component: b, steps: [] }",
            &["7:29: filters.f.canary.steps: found an empty list, allowed at least one share"],
        ),
        (
            "canary: { component: b, steps: [5%, 5%, 4%, x, 20%] }",
            &[
                "7:41: filters.f.canary.steps[1]: found \"5%\", allowed a share above that of the step before",
                "7:45: filters.f.canary.steps[2]: found \"4%\", allowed a share above that of the step before",
                "7:49: filters.f.canary.steps[3]: found \"x\", allowed SHARE",
                "7:52: filters.f.canary.steps[4]: found \"20%\", allowed 100% as the last step",
            ],
        ),
        (
            "canary: { component: b, steps: [1, 100%] }",
            &["7:40: filters.f.canary.steps[1]: found \"100%\", allowed a share above that of the step before"],
        ),
    ]);
}

#[test]
fn wrong_shadows_are_problems() {
    check_all(&[
        (
            "shadow: { share: 2, steps: [] }",
            &[
                "7:5: filters.f.shadow.component: found nothing, allowed a path to a component (required)",
                "7:22: filters.f.shadow.share: found 2, allowed SHARE",
                "7:25: filters.f.shadow.steps: found an unknown key, allowed component, share",
            ],
        ),
        (
            "canary: { component: b }\n    shadow: { component: c }",
            &["8:5: filters.f.shadow: found a shadow beside a canary, allowed a canary or a shadow, not both"],
        ),
    ]);
}
