//! Deliveries on their way into the files: written at once where that can be, else kept in order; and confirmed once
//! they have reached what is asked for.

use super::append::Appended;
use super::{Store, Waiting, Writer, unix_nano};
use crate::pack::Packer;
use logagent_component::{Delivery, Fsync};
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Why deliveries wait.
#[derive(Debug)]
pub(crate) enum Stuck {
    /// For room.
    Full,
    /// For a disk that takes them.
    Disk(io::Error),
}

impl Store {
    /// Takes a delivery: into the files, or into the list of those that wait.
    pub(crate) fn take(&self, packer: &mut Packer, delivery: Delivery) {
        if delivery.records() == 0 {
            return delivery.confirm();
        }
        let packed = packer.pack(&delivery, 0, unix_nano());
        let mut writer = self.writer();
        let mut waiting = Waiting { delivery, from: 0 };
        if writer.waiting.is_empty() && self.write(&mut writer, packer, packed, &mut waiting).is_ok() {
            return self.written(writer, waiting.delivery);
        }
        writer.waiting.push_back(waiting);
        drop(writer);
        self.keeper.raise();
    }

    /// Writes what waits, as far as that can be.
    ///
    /// # Errors
    /// Why the oldest that is left waits.
    pub(crate) fn retry(&self, packer: &mut Packer) -> Result<(), Stuck> {
        loop {
            let mut writer = self.writer();
            let Some(mut waiting) = writer.waiting.pop_front() else { return Ok(()) };
            let packed = packer.pack(&waiting.delivery, waiting.from, unix_nano());
            if let Err(stuck) = self.write(&mut writer, packer, packed, &mut waiting) {
                writer.waiting.push_front(waiting);
                return Err(stuck);
            }
            self.written(writer, waiting.delivery);
        }
    }

    /// Writes all of a delivery, of which the next `packed` records are packed.
    fn write(
        &self,
        writer: &mut Writer,
        packer: &mut Packer,
        mut packed: usize,
        waiting: &mut Waiting,
    ) -> Result<(), Stuck> {
        let records = waiting.delivery.records();
        loop {
            match self.append(writer, packer, &waiting.delivery).map_err(Stuck::Disk)? {
                Appended::Full => return Err(Stuck::Full),
                Appended::Refused => {
                    self.books().refuse((records - waiting.from) as u64);
                    return Ok(());
                }
                Appended::Written => waiting.from += packed,
            }
            if waiting.from == records {
                return Ok(());
            }
            packed = packer.pack(&waiting.delivery, waiting.from, unix_nano());
        }
    }

    /// A delivery is in the files: confirms it, or has the keeper do so.
    fn written(&self, mut writer: std::sync::MutexGuard<'_, Writer>, delivery: Delivery) {
        if self.settings().fsync == Fsync::Never {
            drop(writer);
            delivery.confirm();
        } else {
            let is_first = writer.unsynced.is_empty();
            writer.unsynced.push(delivery);
            drop(writer);
            if is_first {
                self.keeper.raise();
            }
        }
        self.wake_drain();
    }

    /// Whether something waits for the disk to have it.
    pub(crate) fn is_unsynced(&self) -> bool {
        let writer = self.writer();
        !writer.unsynced.is_empty() || !writer.dirty.is_empty()
    }

    /// Brings what was written to the disk, and confirms it. Lanes go on writing meanwhile. Where the disk refuses, all
    /// that is not confirmed is written once more, to another segment: the system forgets what it could not write, and
    /// would answer the next time that all is well.
    pub(crate) fn sync(&self) -> io::Result<()> {
        let (mut unsynced, files, is_directory_dirty) = self.writer().take_unsynced();
        match self.sync_all(&files, is_directory_dirty) {
            Ok(()) => {
                unsynced.drain(..).for_each(Delivery::confirm);
                Ok(())
            }
            Err(error) => {
                self.write_again(unsynced);
                Err(error)
            }
        }
    }

    fn sync_all(&self, files: &[Arc<File>], is_directory_dirty: bool) -> io::Result<()> {
        files.iter().try_for_each(|file| self.disk.sync(file))?;
        if is_directory_dirty { self.directory_file.sync_all() } else { Ok(()) }
    }

    fn write_again(&self, unsynced: Vec<Delivery>) {
        let mut writer = self.writer();
        self.close(&mut writer);
        // Nothing of these is trusted, so nobody need ask for them again.
        writer.dirty.clear();
        writer.is_directory_dirty = true;
        for delivery in unsynced.into_iter().rev() {
            writer.waiting.push_front(Waiting { delivery, from: 0 });
        }
        self.keeper.raise();
    }
}

impl Writer {
    fn take_unsynced(&mut self) -> (Vec<Delivery>, Vec<Arc<File>>, bool) {
        let mut files: Vec<Arc<File>> = self.dirty.drain(..).map(|(_, file)| file).collect();
        if let Some(active) = &mut self.active
            && std::mem::take(&mut active.is_dirty)
        {
            files.push(active.file.clone());
        }
        (std::mem::take(&mut self.unsynced), files, std::mem::take(&mut self.is_directory_dirty))
    }
}
