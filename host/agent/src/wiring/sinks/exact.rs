//! A file that gets each record once: its length is kept with the checkpoints, and what a killed run wrote behind them is
//! cut off at the next start.

use anyhow::Context as _;
use logagent_checkpoint::Outputs;
use logagent_component::Sink;
use logagent_sink::{FileConfig, FileTarget};
use logagent_telemetry::SinkMeter;
use std::sync::Arc;

/// Such a file, opened.
pub(crate) struct ExactFile {
    file: FileTarget,
    outputs: Outputs,
}

impl ExactFile {
    /// Opens it, and has its length kept.
    pub(super) fn open(config: FileConfig, outputs: Option<&Outputs>, meter: Arc<SinkMeter>) -> anyhow::Result<Self> {
        let outputs = outputs.context("exactly_once needs checkpoints, and another agent keeps its own in data_dir: give this one a data_dir of its own")?;
        let mut opened = None;
        // Not while lanes write to the file by the sink that this one is to replace.
        outputs
            .change(&mut || opened = Some(Self::open_now(config.clone(), outputs, meter.clone())))
            .context("exactly_once: the file's length can't be kept")?;
        opened.expect("it was opened in between")
    }

    fn open_now(config: FileConfig, outputs: &Outputs, meter: Arc<SinkMeter>) -> anyhow::Result<Self> {
        let path = config.path.clone();
        let (own_from, kept) = (outputs.own_from(&path), outputs.kept(&path));
        let file = FileTarget::open(FileConfig { own_from, kept, ..config }, meter)?;
        outputs.follow(&path, &file.appended().context("exactly_once needs a regular file")?);
        Ok(Self { file, outputs: outputs.clone() })
    }

    pub(super) fn lane(&self) -> Box<dyn Sink> {
        self.file.lane()
    }

    /// Goes on with what is now found under the path, where nothing of the file before is still to come.
    pub(super) fn reopen(&self) -> anyhow::Result<()> {
        let mut reopened = Ok(());
        self.outputs.change(&mut || reopened = self.file.reopen())?;
        Ok(reopened?)
    }
}
