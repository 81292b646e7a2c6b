//! What is found and followed, look by look, without events and with a clock of the test's own.

use super::*;
use crate::file::ReadFrom;
use crate::testing::MiniLane;
use logagent_component::{Inbox, intake};
use std::fs::{hard_link, remove_file, rename, write};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::task::Waker;
use tempfile::TempDir;

mod away;

const SECOND: Duration = Duration::from_secs(1);
const RETIRE: Duration = Duration::from_secs(5);

struct Fixture {
    root: TempDir,
    discovery: Discovery,
    watch: Watch,
    intake: Intake,
    inbox: Inbox,
    lanes: Vec<MiniLane>,
    /// How many streams were handed over.
    streams: usize,
    now: Instant,
}

fn fixture() -> Fixture {
    fixture_of(&["*.log"], &[], ReadFrom::Beginning)
}

fn fixture_of(include: &[&str], exclude: &[&str], read_from: ReadFrom) -> Fixture {
    fixture_with(include, exclude, |config| config.read_from = read_from)
}

fn fixture_with(include: &[&str], exclude: &[&str], change: impl Fn(&mut FileSourceConfig)) -> Fixture {
    let root = tempfile::tempdir().unwrap();
    let include = include.iter().map(|pattern| root.path().join(pattern).to_string_lossy().into_owned()).collect();
    let mut config = FileSourceConfig {
        exclude: exclude.iter().map(ToString::to_string).collect(),
        max_record_bytes: 100,
        index: 3,
        ..FileSourceConfig::new("s", include)
    };
    change(&mut config);
    let owner = Owner { unpacks: config.unpack, meter: config.meter.clone(), ..Owner::default() };
    let owner = Owner { index: config.index, name: config.name.clone(), ..owner };
    let patterns = Arc::new(Patterns::new(&config.include, &config.exclude).unwrap());
    let (intake, mut inboxes) = intake(std::slice::from_ref(Waker::noop()));
    let discovery = Discovery::new(config, owner, patterns, RETIRE);
    let inbox = inboxes.pop().unwrap();
    Fixture { root, discovery, watch: Watch::deaf(), intake, inbox, lanes: Vec::new(), streams: 0, now: Instant::now() }
}

impl Fixture {
    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn append(&self, name: &str, bytes: &str) {
        let file = std::fs::File::options().append(true).create(true).open(self.path(name));
        file.unwrap().write_all(bytes.as_bytes()).unwrap();
    }

    /// What was read is delivered.
    fn confirm(&mut self) {
        for lane in &mut self.lanes {
            let position = lane.stream.position();
            lane.stream.confirm(position);
        }
    }

    /// Looks until a file that can't be found is over, if it ever is.
    fn outwait(&mut self) -> Vec<String> {
        [SECOND, RETIRE, SECOND, RETIRE, SECOND].into_iter().flat_map(|after| self.look(after)).collect()
    }

    /// How many descriptors are open.
    fn open(&self) -> usize {
        self.discovery.files.values().filter(|known| known.file.handle.is_open()).count()
    }

    fn gzip(&self, name: &str, bytes: &str) {
        let mut encoder =
            flate2::write::GzEncoder::new(std::fs::File::create(self.path(name)).unwrap(), flate2::Compression::fast());
        encoder.write_all(bytes.as_bytes()).unwrap();
        encoder.finish().unwrap();
    }

    /// One look, after so long, and what the lane has then.
    fn look(&mut self, after: Duration) -> Vec<String> {
        self.now += after;
        self.discovery.look(&mut self.watch, &self.intake, self.now);
        while let Ok(Some(stream)) = self.inbox.take() {
            self.lanes.push(MiniLane::new(stream));
            self.streams += 1;
        }
        self.lanes.iter_mut().for_each(MiniLane::drain);
        let lines = self.lanes.iter_mut().flat_map(MiniLane::take).collect();
        self.lanes.retain(|lane| !lane.has_ended);
        lines
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_new_file_and_growth_are_found_without_events() {
    let mut fixture = fixture();
    assert_eq!(fixture.look(SECOND), NOTHING);
    fixture.append("a.log", "1\n2");
    assert_eq!(fixture.look(SECOND), ["1"]);
    fixture.append("a.log", "2\n");
    fixture.append("b.log", "3\n");
    assert_eq!(fixture.look(SECOND), ["22", "3"]);
    assert_eq!(fixture.look(SECOND), NOTHING);
}

#[test]
fn a_directory_that_is_missing_at_the_start_is_found_later() {
    let mut fixture = fixture_of(&["d/*/*.log"], &[], ReadFrom::End);
    assert_eq!(fixture.look(SECOND), NOTHING);
    std::fs::create_dir_all(fixture.path("d/e")).unwrap();
    fixture.append("d/e/a.log", "1\n");
    assert_eq!(fixture.look(SECOND), ["1"]);
}

#[test]
fn one_file_under_many_names_is_read_once() {
    let mut fixture = fixture_of(&["*.log", "a*"], &[], ReadFrom::Beginning);
    fixture.append("a.log", "1\n");
    hard_link(fixture.path("a.log"), fixture.path("hard.log")).unwrap();
    symlink(fixture.path("a.log"), fixture.path("soft.log")).unwrap();
    assert_eq!(fixture.look(SECOND), ["1"]);
    rename(fixture.path("a.log"), fixture.path("z.log")).unwrap();
    fixture.append("z.log", "2\n");
    assert_eq!((fixture.look(SECOND), fixture.lanes.len()), (vec!["2".to_owned()], 1));
}

#[test]
fn a_link_that_leads_to_another_file_now_is_a_rotation() {
    let mut fixture = fixture();
    fixture.append("1", "1\n");
    fixture.append("2", "2\n");
    symlink(fixture.path("1"), fixture.path("a.log")).unwrap();
    assert_eq!(fixture.look(SECOND), ["1"]);
    remove_file(fixture.path("a.log")).unwrap();
    symlink(fixture.path("2"), fixture.path("a.log")).unwrap();
    fixture.append("1", "more\n");
    let mut lines = fixture.look(SECOND);
    lines.sort();
    assert_eq!(lines, ["2", "more"]);
}

#[test]
fn excluded_names_and_all_that_is_no_regular_file_are_left_out() {
    let mut fixture = fixture_of(&["**/*"], &["*.gz"], ReadFrom::Beginning);
    std::fs::create_dir(fixture.path("d")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, fixture.path("fifo"), rustix::fs::Mode::RWXU).unwrap();
    fixture.append("d/a.log.gz", "1\n");
    fixture.append("d/a.log", "2\n");
    assert_eq!((fixture.look(SECOND), fixture.discovery.complaints.count()), (vec!["2".to_owned()], 0));
}

#[test]
fn reading_from_the_end_skips_only_what_is_there_at_the_start() {
    let mut fixture = fixture_of(&["*.log"], &[], ReadFrom::End);
    fixture.append("a.log", "old\n");
    assert_eq!(fixture.look(SECOND), NOTHING);
    fixture.append("a.log", "new\n");
    fixture.append("b.log", "all\n");
    assert_eq!(fixture.look(SECOND), ["new", "all"]);
}

#[test]
fn a_file_that_was_renamed_away_is_followed_until_it_is_quiet() {
    let mut fixture = fixture();
    fixture.append("a.log", "1\n");
    fixture.look(SECOND);
    rename(fixture.path("a.log"), fixture.path("a.log.1")).unwrap();
    fixture.append("a.log.1", "2\n");
    fixture.append("a.log", "3\n");
    let mut lines = fixture.look(SECOND);
    lines.sort();
    assert_eq!((lines, fixture.lanes.len()), (vec!["2".to_owned(), "3".to_owned()], 2));
    fixture.append("a.log.1", "4");
    assert_eq!(fixture.look(RETIRE), NOTHING);
    fixture.look(SECOND);
    assert_eq!(fixture.look(RETIRE - SECOND * 2), NOTHING, "it has been quiet for less than it takes");
    assert_eq!(fixture.look(SECOND * 2), ["4"], "its last line counts although no newline has come");
    assert_eq!(fixture.lanes.len(), 1);
    fixture.look(SECOND);
    assert_eq!(fixture.discovery.files.len(), 1);
}

#[test]
fn a_deleted_file_is_read_to_its_end_and_forgotten() {
    let mut fixture = fixture();
    fixture.append("a.log", "1\n");
    fixture.look(SECOND);
    fixture.append("a.log", "2\n3");
    remove_file(fixture.path("a.log")).unwrap();
    assert_eq!(fixture.look(SECOND), ["2"]);
    fixture.look(SECOND);
    assert_eq!(fixture.look(RETIRE), ["3"]);
    fixture.look(SECOND);
    assert_eq!((fixture.lanes.len(), fixture.discovery.files.len()), (0, 0));
    assert_eq!(fixture.discovery.resume.count_left(), 0, "it can't come again");
}

#[test]
fn a_file_that_comes_back_under_its_name_goes_on() {
    let mut fixture = fixture();
    fixture.append("a.log", "1\n2");
    fixture.look(SECOND);
    rename(fixture.path("a.log"), fixture.path("away")).unwrap();
    fixture.look(SECOND);
    rename(fixture.path("away"), fixture.path("a.log")).unwrap();
    fixture.look(RETIRE * 2);
    assert_eq!(fixture.look(RETIRE * 2), NOTHING);
    fixture.append("a.log", "2\n");
    assert_eq!(fixture.look(SECOND), ["22"]);
}

#[test]
fn a_stream_that_its_lane_has_dropped_goes_on_where_it_stood() {
    let mut fixture = fixture();
    fixture.append("a.log", "1\n2");
    fixture.look(SECOND);
    fixture.lanes.clear();
    fixture.append("a.log", "2\n");
    assert_eq!(fixture.look(SECOND), ["22"]);
}

#[test]
fn a_truncated_file_starts_again() {
    let mut fixture = fixture();
    fixture.append("a.log", "first\nsecond\n");
    fixture.look(SECOND);
    write(fixture.path("a.log"), "third\n").unwrap();
    assert_eq!(fixture.look(SECOND), ["third"]);
}

#[test]
fn a_file_that_can_not_be_opened_is_tried_again_and_stops_no_other() {
    let mut fixture = fixture();
    symlink(fixture.path("a.log"), fixture.path("a.log")).unwrap();
    fixture.append("b.log", "1\n");
    assert_eq!((fixture.look(SECOND), fixture.discovery.complaints.count()), (vec!["1".to_owned()], 1));
    remove_file(fixture.path("a.log")).unwrap();
    fixture.append("a.log", "2\n");
    assert_eq!((fixture.look(SECOND), fixture.discovery.complaints.count()), (vec!["2".to_owned()], 0));
}

#[test]
fn a_file_that_can_not_be_read_is_not_opened_again_at_each_look_and_stops_no_other() {
    let mut fixture = fixture();
    symlink("/proc/self/mem", fixture.path("a.log")).unwrap();
    fixture.append("b.log", "1\n");
    let lines: Vec<_> = (0..250).flat_map(|_| fixture.look(SECOND / 50)).collect();
    assert_eq!((lines, fixture.streams), (vec!["1".to_owned()], 1 + 3), "at once, after a second, and two more");
}

#[test]
fn records_say_where_they_come_from() {
    let mut fixture = fixture();
    fixture.append("a.log", "");
    fixture.look(SECOND);
    let path = fixture.path("a.log");
    let info = fixture.lanes[0].stream.info();
    let attributes = crate::attributes::map(&[("log.file.path", &path.to_string_lossy()), ("log.file.name", "a.log")]);
    assert_eq!((info.source, &*info.source_name, &info.attributes), (3, "s", &attributes));
}

fn bounded(most: usize) -> Fixture {
    fixture_with(&["*.log"], &[], |config| config.max_open_files = most)
}

#[test]
fn more_files_than_may_be_open_are_all_read_and_followed() {
    let mut fixture = bounded(3);
    let names: Vec<String> = (0..10).map(|number| format!("{number}.log")).collect();
    for round in ["first", "second"] {
        names.iter().for_each(|name| fixture.append(name, &format!("{round} {name}\n")));
        let mut lines = Vec::new();
        for _ in 0..10 {
            lines.extend(fixture.look(SECOND));
            assert!(fixture.open() <= 3);
            fixture.confirm();
        }
        lines.sort();
        assert_eq!(lines, names.iter().map(|name| format!("{round} {name}")).collect::<Vec<_>>());
    }
    assert_eq!(fixture.discovery.files.len(), 10);
}

#[test]
fn reading_from_the_end_skips_what_was_there_at_the_start_of_files_that_had_to_wait_too() {
    let mut fixture = fixture_with(&["*.log"], &[], |config| {
        (config.max_open_files, config.read_from) = (1, ReadFrom::End);
    });
    fixture.append("a.log", "old\n");
    fixture.append("b.log", "old\n");
    assert_eq!(fixture.look(SECOND), NOTHING);
    fixture.append("b.log", "new\n");
    assert_eq!(fixture.look(SECOND), ["new"]);
}

#[test]
fn the_file_that_has_not_grown_for_longest_is_closed_first() {
    let mut fixture = bounded(2);
    fixture.append("old.log", "1\n");
    fixture.append("busy.log", "1\n");
    fixture.look(SECOND);
    fixture.append("busy.log", "2\n");
    fixture.look(SECOND);
    fixture.look(SECOND);
    fixture.confirm();
    fixture.append("new.log", "1\n");
    assert_eq!(fixture.look(SECOND), ["1"]);
    let closed = fixture.discovery.files.values().filter(|known| !known.file.handle.is_open());
    assert_eq!(closed.map(|known| known.path.clone()).collect::<Vec<_>>(), [fixture.path("old.log")]);
}

#[test]
fn a_file_that_is_not_read_to_its_end_is_not_closed_and_others_wait() {
    let mut fixture = bounded(1);
    fixture.append("a.log", "1\n");
    assert_eq!(fixture.look(SECOND), ["1"]);
    fixture.append("b.log", "2\n");
    assert_eq!((fixture.look(SECOND), fixture.discovery.is_short()), (vec![], true), "nothing of a.log is confirmed");
    fixture.confirm();
    assert_eq!((fixture.look(SECOND), fixture.discovery.is_short()), (vec!["2".to_owned()], false));
}

#[test]
fn a_file_that_is_renamed_and_grows_while_it_is_closed_is_found_under_its_new_name() {
    let mut fixture = bounded(1);
    fixture.append("a.log", "1\n");
    fixture.look(SECOND);
    fixture.confirm();
    fixture.append("b.log", "2\n");
    fixture.look(SECOND);
    fixture.confirm();
    fixture.append("a.log", "3\n");
    rename(fixture.path("a.log"), fixture.path("a.log.1")).unwrap();
    let lines = [fixture.look(SECOND), fixture.look(SECOND)].concat();
    assert_eq!(lines, ["3"]);
}

#[test]
fn a_file_that_is_deleted_while_it_is_closed_is_over_and_that_is_counted() {
    let mut fixture = bounded(1);
    fixture.append("a.log", "1\n");
    fixture.look(SECOND);
    fixture.confirm();
    fixture.append("b.log", "2\n");
    fixture.look(SECOND);
    remove_file(fixture.path("a.log")).unwrap();
    fixture.look(SECOND);
    fixture.look(RETIRE);
    fixture.look(SECOND);
    assert_eq!(fixture.discovery.files.len(), 1);
    assert_eq!(fixture.discovery.owner.meter.restarted.get(), 1);
}

#[test]
fn an_inode_that_other_contents_have_got_while_it_was_closed_is_read_from_its_beginning() {
    let mut fixture = bounded(1);
    fixture.append("a.log", "first\n");
    fixture.look(SECOND);
    fixture.confirm();
    fixture.append("b.log", "2\n");
    fixture.look(SECOND);
    fixture.confirm();
    // As if it had been deleted, and its inode used again.
    write(fixture.path("a.log"), "another, and longer\n").unwrap();
    let lines = [fixture.look(SECOND), fixture.look(SECOND)].concat();
    assert_eq!(lines, ["another, and longer"]);
}

#[test]
fn ten_thousand_files_are_read_and_found_again() {
    const COUNT: usize = 10_000;
    let mut fixture = bounded(500);
    for number in 0..COUNT {
        write(fixture.path(&format!("{number}.log")), format!("{number}\n")).unwrap();
    }
    let mut lines = Vec::new();
    for _ in 0..=COUNT / 500 {
        lines.extend(fixture.look(SECOND));
        fixture.confirm();
        assert!(fixture.open() <= 500);
    }
    assert_eq!((lines.len(), fixture.lanes.len()), (COUNT, COUNT));
    fixture.append("77.log", "more\n");
    assert_eq!([fixture.look(SECOND), fixture.look(SECOND)].concat(), ["more"]);
}

fn unpacking() -> Fixture {
    fixture_with(&["*"], &[], |config| config.unpack = true)
}

#[test]
fn a_compressed_file_is_read_once_and_known_as_long_as_it_has_a_name() {
    let mut fixture = unpacking();
    fixture.gzip("a.gz", "1\n2");
    assert_eq!(fixture.look(SECOND), ["1"]);
    fixture.look(SECOND);
    assert_eq!(fixture.look(RETIRE), ["2"]);
    fixture.confirm();
    fixture.look(SECOND);
    rename(fixture.path("a.gz"), fixture.path("b.gz")).unwrap();
    assert_eq!((fixture.look(RETIRE), fixture.lanes.len(), fixture.open()), (vec![], 0, 0));
    assert_eq!(fixture.discovery.files.len(), 1);
}

#[test]
fn a_file_that_was_compressed_away_is_read_to_its_end_from_where_it_stood() {
    let mut fixture = fixture();
    fixture.append("a.log", "1\n");
    fixture.look(SECOND);
    fixture.append("a.log", "2\n");
    fixture.gzip("a.log.gz", "1\n2\n");
    remove_file(fixture.path("a.log")).unwrap();
    assert_eq!(fixture.look(SECOND), ["2"]);
}

#[test]
fn compressed_files_are_unpacked_a_few_at_a_time() {
    let mut fixture = unpacking();
    for number in 0..6 {
        fixture.gzip(&format!("{number}.gz"), &format!("{number}\n"));
    }
    fixture.discovery.looks = 1;
    let mut lines = fixture.look(SECOND);
    assert_eq!((lines.len(), fixture.discovery.is_short()), (4, true));
    fixture.look(SECOND);
    fixture.look(RETIRE);
    lines.extend(fixture.look(SECOND));
    assert_eq!((lines.len(), fixture.discovery.is_short()), (6, false));
}

#[test]
fn compressed_files_that_nobody_has_written_for_long_are_read_one_after_another_without_waiting() {
    let mut fixture = unpacking();
    for number in 0..10 {
        let name = format!("{number}.gz");
        fixture.gzip(&name, &format!("{number}\n"));
        let file = std::fs::File::options().append(true).open(fixture.path(&name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - RETIRE).unwrap();
    }
    // A look finds that what the one before has opened was read, and the next that its place is free.
    let counts = [(); 5].map(|()| fixture.look(Duration::ZERO).len());
    assert_eq!((counts, fixture.discovery.is_short()), ([4, 0, 4, 0, 2], false));
}

#[test]
fn reading_from_the_end_leaves_compressed_files_alone_that_are_there_at_the_start() {
    let mut fixture = fixture_with(&["*"], &[], |config| {
        (config.unpack, config.read_from) = (true, ReadFrom::End);
    });
    fixture.gzip("a.gz", "1\n");
    assert_eq!((fixture.look(SECOND), fixture.open()), (vec![], 0));
    fixture.gzip("b.gz", "2\n");
    assert_eq!(fixture.look(SECOND), ["2"]);
}
