//! `--progress`: a line of counts while running, a table at the end. For people; scripts take `--report`.

use crate::report;
use crate::speech::remark;
use logagent_config::{Config, Sink};
use logagent_telemetry::{Meters, Report};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_millis(250);

/// The thread that shows the line.
pub(crate) struct Progress {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    pub(crate) fn start(meters: Arc<Meters>, started: Instant) -> Self {
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                show(&line(&report::now(&meters, started)));
            }
        });
        Self { end, thread }
    }

    /// Ends the line and shows the table. `starting` is what passed before the lanes ran.
    pub(crate) fn finish(self, report: &Report, config: &Config, starting: Duration) {
        drop(self.end);
        // A panic in a line of counts is no reason to keep the table back.
        let _ = self.thread.join();
        show(&line(report));
        remark(&format!("\n{}", table(report, config, starting.as_secs_f64())));
    }
}

/// One line that replaces the last on a terminal, and follows it elsewhere.
fn show(line: &str) {
    let (start, end) = if std::io::stderr().is_terminal() { ("\r\x1b[K", "") } else { ("", "\n") };
    let mut stderr = std::io::stderr().lock();
    // Nobody is left to tell where stderr is gone.
    let _ = write!(stderr, "{start}{line}{end}").and_then(|()| stderr.flush());
}

fn line(report: &Report) -> String {
    let total = &report.total;
    format!(
        "{:6.1} s  received {} ({})  delivered {}  dropped {}  in flight {}",
        report.seconds,
        total.received,
        megabytes(total.bytes_received),
        total.delivered,
        total.dropped,
        total.in_flight
    )
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", as_megabytes(bytes))
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn as_megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn table(report: &Report, config: &Config, starting: f64) -> String {
    let total = &report.total;
    let busy = report.stages.read + report.stages.frame + report.stages.filter + report.stages.write;
    let running = report.seconds - starting;
    let mut rows = vec![
        ("records in".into(), format!("{} ({})", total.received, megabytes(total.bytes_received))),
        ("records out".into(), format!("{} ({})", total.delivered, megabytes(total.bytes_delivered))),
        ("dropped".into(), format!("{} ({})", total.dropped, reasons(report))),
        ("started in".into(), format!("{starting:.3} s (a component's first start compiles it)")),
        ("throughput".into(), format!("{:.0} MB/s, {running:.3} s", as_megabytes(total.bytes_received) / running)),
        ("lanes' time".into(), format!("{busy:.3} s")),
    ];
    let stages = [
        ("  read", report.stages.read),
        ("  frame", report.stages.frame),
        ("  filter", report.stages.filter),
        ("  write", report.stages.write),
    ];
    rows.extend(stages.map(|(name, seconds)| (name.to_owned(), format!("{seconds:.3} s"))));
    rows.extend(outputs(config).map(|(name, place)| (format!("output {name}"), place)));
    rows.iter().map(|(name, value)| format!("{name:<14}{value}\n")).collect()
}

fn reasons(report: &Report) -> String {
    let dropped = report.filters.iter().flat_map(|(filter, counts)| {
        counts.dropped.iter().map(move |(reason, count)| format!("{filter}, {reason}: {count}"))
    });
    let shed = (report.total.shed > 0).then(|| format!("sinks that were behind: {}", report.total.shed));
    let all: Vec<String> = dropped.chain(shed).collect();
    if all.is_empty() { "by no filter".into() } else { all.join("; ") }
}

fn outputs(config: &Config) -> impl Iterator<Item = (&str, String)> {
    config.sinks.iter().map(|sink| {
        let place = place(sink.spec.destination());
        let is_buffered = matches!(sink.spec, Sink::Buffered(..) | Sink::Shedding(..));
        (sink.name.as_str(), if is_buffered { format!("{place}, through a buffer") } else { place })
    })
}

fn place(sink: &Sink) -> String {
    match sink {
        Sink::File(file) => file.path.display().to_string(),
        Sink::Stdout(_) => "stdout".into(),
        Sink::Blackhole => "nowhere (blackhole)".into(),
        Sink::Buffered(sink, _) | Sink::Shedding(sink, _) => place(sink),
    }
}
