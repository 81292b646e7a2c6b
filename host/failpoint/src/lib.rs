//! Points in the work of sources, sinks and checkpoints at which a test has the agent die, as by SIGKILL: what it leaves
//! there is what the next run must be able to go on with. In a release nothing of it is left: without the feature `on`,
//! passing a point does nothing. Not for faults that the agent lives through.
//!
//! Own lines in place of the crate `fail`: that one does far more (delays, panics, scripts), and was last released in 2022.

#[cfg(feature = "on")]
mod armed;

/// Which point is to be died at, and in which pass, as `output.write.before:3`.
pub const VARIABLE: &str = "LOGAGENT_DIE_AT";

macro_rules! points {
    ($($(#[$doc:meta])* $point:ident $name:literal,)+) => {
        /// A point that work passes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Point {
            $($(#[$doc])* $point,)+
        }

        impl Point {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$point,)+];

            /// What it is called.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)+
                }
            }
        }
    };
}

points! {
    /// A file's bytes are in the ring.
    SourceRead "source.read.after",
    /// Records are about to be written to an output.
    OutputWriteBefore "output.write.before",
    /// A part of them was written.
    OutputWriteMiddle "output.write.middle",
    /// They were written, and nothing was confirmed.
    OutputWriteAfter "output.write.after",
    /// An output is about to be synced.
    OutputSyncBefore "output.sync.before",
    /// It was.
    OutputSyncAfter "output.sync.after",
    /// A full output is about to be renamed.
    OutputRenameBefore "output.rename.before",
    /// It was, and another is not there yet.
    OutputRenameAfter "output.rename.after",
    /// What lies behind the checkpoints is about to be cut off an output.
    OutputCutBefore "output.cut.before",
    /// It was.
    OutputCutAfter "output.cut.after",
    /// Checkpoints are about to be written.
    CheckpointWriteBefore "checkpoint.write.before",
    /// A part of them was.
    CheckpointWriteMiddle "checkpoint.write.middle",
    /// They were written, and not synced.
    CheckpointWriteAfter "checkpoint.write.after",
    /// They were synced.
    CheckpointSyncAfter "checkpoint.sync.after",
    /// One of the files of checkpoints is about to be renamed: the last to the last but one, or the new to the last.
    CheckpointRenameBefore "checkpoint.rename.before",
    /// It was.
    CheckpointRenameAfter "checkpoint.rename.after",
    /// Their directory was synced.
    CheckpointDirectoryAfter "checkpoint.directory.after",
    /// Dead letters are about to be written.
    LetterWriteBefore "letter.write.before",
    /// They were written, and not synced.
    LetterWriteAfter "letter.write.after",
    /// They were synced, and their records' batch goes on.
    LetterSyncAfter "letter.sync.after",
    /// A buffer is about to be written.
    BufferWriteBefore "buffer.write.before",
    /// It was.
    BufferWriteAfter "buffer.write.after",
    /// It was synced, and what was written before is about to be confirmed.
    BufferSyncAfter "buffer.sync.after",
}

/// The work is at this point. Dies here where that was asked for.
#[inline]
pub fn pass(point: Point) {
    pass_having(point, || {});
}

/// The same; `act` is done before it dies, and not otherwise.
#[inline]
pub fn pass_having(point: Point, act: impl FnOnce()) {
    #[cfg(feature = "on")]
    armed::pass(point, act);
    #[cfg(not(feature = "on"))]
    let _ = (point, act);
}
