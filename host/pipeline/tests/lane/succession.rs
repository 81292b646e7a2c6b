//! A graph that takes another's place while records flow.

use crate::rig::{self, Rig, Running, routing, stage, stage_that};
use logagent_component::FilterError;
use logagent_pipeline::{
    FilterSettings, FilterStage, NextFilter, NextGraph, NextPipeline, NextRival, NextSink, OnError, Sample,
    SourceStage, Trial,
};
use logagent_testkit::{Native, Policy, emit, probe, until};
use std::sync::Arc;

/// The graph of one pipeline from source 0 with these filters and sinks, the first of which takes what passes.
pub fn next(running: &Running, filters: Vec<NextFilter>, sinks: Vec<NextSink>) -> NextGraph {
    let meter = running.pipelines[0].clone();
    NextGraph {
        sources: vec![SourceStage { pipelines: vec![0], meter: running.sources[0].clone(), ..SourceStage::default() }],
        pipelines: vec![NextPipeline { name: "main".into(), filters, sinks: vec![0], meter }],
        sinks,
    }
}

/// Marks each record, so that it shows which filter had it, and counts what it was called for.
fn marking(mark: &'static str) -> Native {
    Native::new(move |seen, decisions| {
        decisions.verdicts.resize(seen.len(), 1);
        seen.bodies().for_each(|body| emit(decisions, &[body, mark.as_bytes()].concat(), b"", 0, 0));
        Ok(())
    })
    .reasons(&["marked"])
}

fn new(stage: FilterStage) -> NextFilter {
    NextFilter::New(Box::new(stage))
}

#[test]
fn each_record_is_had_by_one_generation_and_none_is_lost_or_out_of_order() {
    let (mut rig, probe) = Rig::simple(vec![stage(marking("-0"))], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    let marks = ["-1", "-2", "-3", "-4", "-5"];
    for (number, mark) in marks.into_iter().enumerate() {
        for line in 0..100 {
            feed.give_line(&format!("{}", number * 100 + line));
        }
        let old = running.change(next(&running, vec![new(stage(marking(mark)))], vec![NextSink::Kept(0)]));
        assert_eq!(old.len(), 1);
    }
    feed.give_line("500");
    feed.end();
    let counts = running.finish();
    let texts = probe.texts();
    assert_eq!((texts.len(), counts[0].delivered), (501, 501));
    let mut generation = 0;
    for (number, text) in texts.iter().enumerate() {
        let (body, mark) = text.split_once('-').unwrap();
        assert_eq!(body.parse(), Ok(number));
        let mark: usize = mark.parse().unwrap();
        assert!(mark >= generation, "{text} behind one of generation {generation}");
        generation = mark;
    }
    assert_eq!(texts.last().unwrap(), "500-5");
}

#[test]
fn an_instance_that_goes_on_keeps_what_it_remembers_under_new_settings() {
    let counting = || {
        let mut count = 0;
        Native::new(move |seen, decisions| {
            count += seen.len();
            if seen.bodies().any(|body| body == b"!") {
                return Err(FilterError::Refused("told to".into()));
            }
            emit(decisions, count.to_string().as_bytes(), b"", 0, 0);
            Ok(())
        })
    };
    let (mut rig, probe) = Rig::simple(vec![stage_that(counting(), OnError::Drop)], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give_line("a");
    until("the first record", || probe.count() == 2);
    feed.give_line("!");
    until("a drop", || running.counts(0).dropped == 1);
    let settings = FilterSettings::of(OnError::Pass);
    let kept = NextFilter::Kept { pipeline: 0, filter: 0, settings, rival: NextRival::Kept };
    assert_eq!(running.change(next(&running, vec![kept], vec![NextSink::Kept(0)])).len(), 0);
    feed.give_line("!");
    until("a record that passes", || probe.count() == 3);
    feed.give_line("b");
    feed.end();
    running.finish();
    assert_eq!(probe.texts(), ["a", "1", "!", "b", "4"]);
}

#[test]
fn a_sink_that_goes_sends_on_what_it_holds_and_is_let_go_of_then() {
    let (mut rig, old) = Rig::simple(vec![], Policy::Hold);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give_line("a");
    until("a delivery", || old.held() == 1);
    let (fresh, sink) = probe(Policy::Confirm);
    running.change(next(&running, vec![], vec![NextSink::New(sink)]));
    feed.give_line("b");
    until("a delivery to the new sink", || fresh.count() == 1);
    assert_eq!(running.counts(0).in_flight, 2, "spans come home in order");
    old.confirm_oldest();
    feed.end();
    let counts = running.finish();
    assert_eq!((old.texts().concat(), fresh.texts().concat(), counts[0].delivered), ("a".into(), "b".into(), 2));
}

#[test]
fn outputs_lead_to_the_sinks_of_the_graph_that_runs() {
    let route = || Native::judging(|_| 128).outputs(&["out"]);
    let mut rig = Rig::new();
    let (first, second) = (rig.sink(Policy::Confirm), rig.sink(Policy::Confirm));
    rig.pipeline(vec![routing(route(), &[&[0]])], &[0]);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give_line("a");
    until("the first", || first.count() == 1);
    let settings = FilterSettings { outputs: vec![rig::route(&[1])], ..FilterSettings::of(OnError::Stop) };
    let kept = NextFilter::Kept { pipeline: 0, filter: 0, settings, rival: NextRival::Kept };
    running.change(next(&running, vec![kept], vec![NextSink::Kept(0), NextSink::Kept(1)]));
    feed.give_line("b");
    feed.end();
    running.finish();
    assert_eq!((first.texts().concat(), second.texts().concat()), ("a".into(), "b".into()));
}

#[test]
fn a_trial_shows_a_filter_records_that_its_predecessor_had() {
    let sample: Arc<Sample>;
    let (mut rig, probe) = {
        let stage = stage(Native::keeping());
        sample = stage.sample.clone();
        Rig::simple(vec![stage], Policy::Confirm)
    };
    rig.ended_stream("s", &["alpha\nbeta\n\ngamma\n"]);
    rig.run();
    assert_eq!(probe.count(), 4);
    let (sender, seen) = std::sync::mpsc::channel();
    let mut watching = Native::new(move |batch, _| {
        let bodies: Vec<String> = batch.bodies().map(|body| String::from_utf8_lossy(body).into_owned()).collect();
        sender.send(bodies).unwrap();
        Ok(())
    });
    Trial::new().unwrap().run(&mut watching, &sample).unwrap();
    assert_eq!(seen.recv().unwrap(), ["alpha", "beta", "", "gamma"]);
    let mut failing = Native::new(|_, _| Err(FilterError::Trap("told to".into())));
    assert!(Trial::new().unwrap().run(&mut failing, &sample).is_err());
    assert!(Trial::new().unwrap().run(&mut failing, &Sample::default()).is_ok(), "there is nothing to try it on");
}

#[test]
fn the_streams_of_a_source_that_is_gone_end_and_what_was_read_of_them_is_delivered() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give_line("a");
    feed.give("unfinished");
    until("the first", || probe.count() == 1);
    let mut graph = next(&running, vec![], vec![NextSink::Kept(0)]);
    graph.sources[0].is_gone = true;
    graph.sources[0].pipelines.clear();
    running.change(graph);
    feed.give_line("b");
    let late = running.assign(0, "late");
    late.give_line("c");
    // Neither stream has ended by itself; the lane ends all the same once no more can come.
    let counts = running.finish();
    assert_eq!((probe.texts(), counts[0].delivered), (vec!["a".to_owned()], 1));
}
