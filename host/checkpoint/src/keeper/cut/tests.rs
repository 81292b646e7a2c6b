//! Lengths of outputs that go with the positions of inputs.

use crate::CheckpointError;
use crate::keeper::Keeper;
use logagent_component::{Appended, Checkpoint, Extent, Fingerprint, Lanes, Mark, Progress};
use std::io::{Error, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// An output, an input, and lanes that move both when they are let.
#[derive(Default)]
struct World {
    bytes: AtomicU64,
    /// What the disk has of it; `u64::MAX` where it refuses.
    synced: AtomicU64,
    offset: AtomicU64,
    is_busy: AtomicBool,
}

impl Appended for World {
    fn extent(&self) -> Result<Extent> {
        Ok(Extent { device: 1, inode: 2, born: None, bytes: self.bytes.load(Ordering::Relaxed) })
    }

    fn sync(&self) -> Result<()> {
        if self.synced.load(Ordering::Relaxed) == u64::MAX {
            return Err(Error::from_raw_os_error(5));
        }
        self.synced.store(self.bytes.load(Ordering::Relaxed), Ordering::Relaxed);
        Ok(())
    }
}

impl Mark for World {
    fn checkpoint(&self) -> Option<Checkpoint> {
        let (source, path, offset) = ("app".into(), "in".into(), self.offset.load(Ordering::Relaxed));
        Some(Checkpoint { source, path, device: 1, inode: 1, fingerprint: Fingerprint::default(), offset })
    }

    fn progress(&self) -> Progress {
        let delivered = self.offset.load(Ordering::Relaxed);
        Progress { framed: delivered, delivered }
    }
}

impl Lanes for World {
    fn while_still(&self, _: Duration, act: &mut dyn FnMut()) -> bool {
        // Written, and not confirmed yet.
        self.bytes.fetch_add(10, Ordering::Relaxed);
        if self.is_busy.load(Ordering::Relaxed) {
            return false;
        }
        self.offset.fetch_add(10, Ordering::Relaxed);
        act();
        self.bytes.fetch_add(10, Ordering::Relaxed);
        self.offset.fetch_add(10, Ordering::Relaxed);
        true
    }
}

fn path() -> &'static Path {
    Path::new("out")
}

fn follow(keeper: &Keeper, world: &Arc<World>) {
    let (outputs, file): (_, Arc<dyn Appended>) = (keeper.outputs(), world.clone());
    outputs.change(&mut || outputs.follow(path(), &file)).unwrap();
}

/// A keeper whose records move.
fn begun(directory: &TempDir, world: &Arc<World>) -> Keeper {
    let keeper = Keeper::open(directory.path(), false);
    follow(&keeper, world);
    keeper.begin(Some(world.clone()));
    keeper.checkpoints().keep(world.clone());
    keeper
}

/// What the next run finds: how much was read, and how much of the output goes with it.
fn found(directory: &TempDir) -> (Option<u64>, Option<u64>) {
    let next = Keeper::open(directory.path(), false);
    let offset = next.checkpoints().kept("app").first().map(|kept| kept.offset);
    (offset, next.outputs().kept(path()).map(|kept| kept.bytes))
}

#[test]
fn the_length_that_is_kept_is_that_of_what_was_read() {
    let (directory, world) = (tempfile::tempdir().unwrap(), Arc::new(World::default()));
    world.bytes.store(70, Ordering::Relaxed);
    let keeper = begun(&directory, &world);
    assert_eq!(found(&directory), (None, Some(70)), "what was there before stays, whatever comes");
    keeper.write().unwrap();
    assert_eq!(found(&directory), (Some(10), Some(80)));
    assert_eq!(keeper.outputs().kept(path()), None, "once records move, it is not for cutting");
    world.is_busy.store(true, Ordering::Relaxed);
    assert!(matches!(keeper.write(), Err(CheckpointError::Busy)));
    assert_eq!(found(&directory), (Some(10), Some(80)), "neither without the other");
}

#[test]
fn the_disk_has_the_output_before_it_has_its_length() {
    let (directory, world) = (tempfile::tempdir().unwrap(), Arc::new(World::default()));
    let keeper = begun(&directory, &world);
    keeper.write().unwrap();
    assert!(world.synced.load(Ordering::Relaxed) >= found(&directory).1.unwrap());
    world.synced.store(u64::MAX, Ordering::Relaxed);
    keeper.write().unwrap_err();
    assert_eq!(found(&directory), (Some(10), Some(10)));
}

#[test]
fn an_output_that_is_written_no_more_has_no_length_that_anything_is_cut_back_to() {
    let (directory, world) = (tempfile::tempdir().unwrap(), Arc::new(World::default()));
    let keeper = begun(&directory, &world);
    keeper.write().unwrap();
    drop(keeper);
    // The next run has no such sink, until it is given one.
    let keeper = Keeper::open(directory.path(), false);
    assert_eq!(keeper.outputs().kept(path()).map(|kept| kept.bytes), Some(10));
    let mark = Arc::new(World::default());
    keeper.begin(Some(mark.clone()));
    keeper.checkpoints().keep(mark);
    keeper.write().unwrap();
    assert_eq!(found(&directory).1, None);
}

#[test]
fn lengths_stay_while_a_start_opens_one_output_after_the_other() {
    let (directory, world) = (tempfile::tempdir().unwrap(), Arc::new(World::default()));
    let keeper = begun(&directory, &world);
    keeper.write().unwrap();
    drop(keeper);
    let keeper = Keeper::open(directory.path(), false);
    let another = directory.path().join("another");
    std::fs::write(&another, "").unwrap();
    keeper.outputs().own(&another).unwrap();
    assert_eq!(found(&directory), (Some(10), Some(10)));
}

/// Lanes that stand still, and look at what is on the disk before they move again.
struct Wary(TempDir);

impl Lanes for Wary {
    fn while_still(&self, _: Duration, act: &mut dyn FnMut()) -> bool {
        act();
        assert_eq!(found(&self.0).1, Some(3));
        true
    }
}

#[test]
fn another_file_takes_an_outputs_place_durably_before_anything_is_written_to_it() {
    let (directory, world) = (tempfile::tempdir().unwrap(), Arc::new(World::default()));
    let keeper = Keeper::open(directory.path(), false);
    follow(&keeper, &world);
    keeper.begin(Some(Arc::new(Wary(directory))));
    world.bytes.store(5, Ordering::Relaxed);
    keeper.outputs().change(&mut || world.bytes.store(3, Ordering::Relaxed)).unwrap();
}
