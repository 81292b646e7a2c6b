//! Records that would come round again without end: a sink whose file is read by a source that leads to it, at once or by
//! way of other sinks' files. A pipeline that reads what another has written is no loop.

use logagent_config::{Config, Named, Problem, Sink, Source};
use logagent_sink::put_aside_name;
use logagent_source::Patterns;
use std::path::PathBuf;
use std::time::SystemTime;

/// A source that reads what a sink writes.
struct Link<'a> {
    sink: &'a str,
    file: PathBuf,
    source: &'a str,
}

/// All links that close a loop.
pub(super) fn problems(config: &Config) -> Vec<Problem> {
    let links = links(config);
    links.iter().filter(|link| comes_round(config, &links, link)).map(|link| problem(config, link)).collect()
}

fn links(config: &Config) -> Vec<Link<'_>> {
    let (names, files): (Vec<&str>, Vec<PathBuf>) = config.sinks.iter().flat_map(files).unzip();
    let mut links = Vec::new();
    for source in &config.sources {
        let Source::File(spec) = &source.spec else { continue };
        // Bad ones are told of where sources are made.
        let Ok(patterns) = Patterns::new(&spec.include, &spec.exclude) else { continue };
        let found = patterns.found_among(&files);
        let of_source = names.iter().zip(&files).filter(|(_, file)| found.contains(file));
        links.extend(of_source.map(|(sink, file)| Link { sink, file: file.clone(), source: &source.name }));
    }
    links
}

/// What a sink writes, and what it renames that to.
fn files(sink: &Named<Sink>) -> Vec<(&str, PathBuf)> {
    let Sink::File(file) = sink.spec.destination() else { return Vec::new() };
    // Of a FIFO or a device nothing is read.
    if std::fs::metadata(&file.path).is_ok_and(|there| !there.is_file()) {
        return Vec::new();
    }
    let put_aside = file.rotate.as_ref().map(|_| put_aside_name(&file.path, SystemTime::now()));
    [Some(file.path.clone()), put_aside].into_iter().flatten().map(|file| (&*sink.name, file)).collect()
}

/// Whether the link's source leads to the link's sink.
fn comes_round(config: &Config, links: &[Link<'_>], link: &Link<'_>) -> bool {
    let mut sources = vec![link.source];
    let mut looked_at = 0;
    while let Some(&source) = sources.get(looked_at) {
        let sinks = sinks_of(config, source);
        if sinks.contains(&link.sink) {
            return true;
        }
        for next in links.iter().filter(|next| sinks.contains(&next.sink)) {
            if !sources.contains(&next.source) {
                sources.push(next.source);
            }
        }
        looked_at += 1;
    }
    false
}

fn sinks_of<'a>(config: &'a Config, source: &str) -> Vec<&'a str> {
    let takers = config.pipelines.iter().filter(|pipeline| pipeline.spec.from.iter().any(|name| name == source));
    takers.flat_map(|pipeline| pipeline.spec.all_sinks()).map(String::as_str).collect()
}

fn problem(config: &Config, Link { sink, file, source }: &Link<'_>) -> Problem {
    let found =
        format!("{}, which sources.{source}.include matches: its records would come again for ever", file.display());
    let allowed = format!(
        "a file that this source does not read: exclude it there (sources.{source}.exclude), or write elsewhere"
    );
    config.positions.problem(&format!("sinks.{sink}.path"), &found, &allowed)
}
