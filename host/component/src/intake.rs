//! How streams get from sources to lanes.

use crate::Stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::task::Waker;

/// A source's end: spreads streams over the lanes.
#[derive(Clone)]
pub struct Intake {
    lanes: Vec<Lane>,
}

#[derive(Clone)]
struct Lane {
    streams: Sender<Box<dyn Stream>>,
    waker: Waker,
    load: Arc<AtomicUsize>,
}

impl Drop for Lane {
    fn drop(&mut self) {
        // A lane that waits for streams has to see that this was perhaps the last sender.
        self.waker.wake_by_ref();
    }
}

/// A lane's end.
pub struct Inbox {
    streams: Receiver<Box<dyn Stream>>,
    load: Arc<AtomicUsize>,
}

/// An intake to the lanes that these wake, with an inbox for each, in the same order.
#[must_use]
pub fn intake(lanes: &[Waker]) -> (Intake, Vec<Inbox>) {
    let connect = |waker: &Waker| {
        let (sender, streams) = channel();
        let load = Arc::new(AtomicUsize::new(0));
        (Lane { streams: sender, waker: waker.clone(), load: load.clone() }, Inbox { streams, load })
    };
    let (lanes, inboxes) = lanes.iter().map(connect).unzip();
    (Intake { lanes }, inboxes)
}

impl Intake {
    /// Gives the stream to the lane that has the fewest. A lane that is gone takes none: the agent is stopping.
    pub fn assign(&self, stream: Box<dyn Stream>) {
        let Some(lane) = self.lanes.iter().min_by_key(|lane| lane.load.load(Ordering::Relaxed)) else { return };
        lane.load.fetch_add(1, Ordering::Relaxed);
        if lane.streams.send(stream).is_ok() {
            lane.waker.wake_by_ref();
        }
    }
}

impl Inbox {
    /// The next stream that waits. `Err` once there is none and none can come.
    ///
    /// # Errors
    /// `Closed` where every intake is gone.
    pub fn take(&self) -> Result<Option<Box<dyn Stream>>, Closed> {
        match self.streams.try_recv() {
            Ok(stream) => Ok(Some(stream)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Closed),
        }
    }

    /// Says that a stream which this lane had taken is closed.
    pub fn closed(&self) {
        self.load.fetch_sub(1, Ordering::Relaxed);
    }
}

/// No stream can come any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;
