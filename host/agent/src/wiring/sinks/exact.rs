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
    pub(super) fn open(
        config: FileConfig,
        outputs: Option<&Outputs>,
        meter: Arc<SinkMeter>,
    ) -> anyhow::Result<ExactFile> {
        let outputs = outputs.context("exactly_once needs checkpoints, and another agent keeps its own in data_dir")?;
        let path = config.path.clone();
        let (own_from, kept) = (outputs.own_from(&path), outputs.kept(&path));
        let file = FileTarget::open(FileConfig { own_from, kept, ..config }, meter)?;
        let appended = file.appended().context("exactly_once needs a regular file")?;
        outputs.own_exactly(&path, &appended).context("exactly_once: the file's length can't be kept")?;
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
