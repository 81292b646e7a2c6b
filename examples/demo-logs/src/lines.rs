//! One line of each kind of log.

use fastrand::Rng;

fn pick<'a>(random: &mut Rng, all: &[&'a str]) -> &'a str {
    random.choice(all.iter().copied()).unwrap_or_default()
}

/// Hour, minute, second and millisecond of a day that goes on by some milliseconds a line.
fn clock(number: u64) -> (u64, u64, u64, u64) {
    let millis = number * 7 % 86_400_000;
    (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000)
}

const SERVICES: [&str; 5] = ["checkout", "catalogue", "payments", "sessions", "shipping"];
const PATHS: [&str; 6] = ["/", "/cart", "/api/v1/orders", "/api/v1/items", "/login", "/static/app.js"];
const STATUSES: [&str; 7] = ["200", "200", "200", "201", "304", "404", "500"];

/// A service's JSON line; about half of them are DEBUG.
pub(crate) fn application(random: &mut Rng, number: u64) -> String {
    let (hour, minute, second, millis) = clock(number);
    let level = pick(random, &["DEBUG", "DEBUG", "DEBUG", "INFO", "INFO", "WARN"]);
    let (service, path) = (pick(random, &SERVICES), pick(random, &PATHS));
    let (user, micros, trace) = (random.u32(1000..100_000), random.u32(200..900_000), random.u128(..));
    format!(
        r#"{{"time":"2026-11-23T{hour:02}:{minute:02}:{second:02}.{millis:03}Z","service":"{service}","level":"{level}","message":"request handled","path":"{path}","user":{user},"micros":{micros},"trace_id":"{trace:032x}"}}"#
    )
}

/// A proxy's line, in nginx's combined format.
pub(crate) fn access(random: &mut Rng, number: u64) -> String {
    let (hour, minute, second, _) = clock(number);
    let [a, b] = [random.u8(..), random.u8(..)];
    let (path, status, bytes) = (pick(random, &PATHS), pick(random, &STATUSES), random.u32(120..40_000));
    let agent = pick(random, &["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "kube-probe/1.34"]);
    format!(
        r#"10.0.{a}.{b} - - [23/Nov/2026:{hour:02}:{minute:02}:{second:02} +0000] "GET {path} HTTP/1.1" {status} {bytes} "-" "{agent}""#
    )
}

/// A system daemon's line (RFC 3164).
pub(crate) fn syslog(random: &mut Rng, number: u64) -> String {
    let (hour, minute, second, _) = clock(number);
    let (host, pid) = (random.u8(1..20), random.u32(300..32_768));
    let message = pick(
        random,
        &["session opened for user deploy", "Started cleanup of temporary directories", "connection closed by peer"],
    );
    format!("<30>Nov 23 {hour:02}:{minute:02}:{second:02} web-{host:02} sshd[{pid}]: {message}")
}
