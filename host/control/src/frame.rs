//! Frames on a socket: a length of four bytes, little-endian, then so many bytes. Not for what is in them.
//!
//! A frame must have come or gone as a whole by a deadline: a timeout for each read alone would let the other side
//! hold a thread for hours, a byte at a time.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Why a frame did not come, or did not go.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// It is longer than allowed.
    #[error("a message of {bytes} bytes, where {most} are allowed")]
    TooLong { bytes: usize, most: usize },
    /// The other side closed before its end.
    #[error("the other side closed the connection within a message")]
    Cut,
    /// The other side took too long.
    #[error("no whole message within {0:?}")]
    Late(Duration),
    /// The socket failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads a frame; `None` where the other side has closed instead of beginning one.
pub(crate) fn read(stream: &UnixStream, most: usize, within: Duration) -> Result<Option<Vec<u8>>, FrameError> {
    let deadline = Deadline::after(within);
    let mut length = [0; 4];
    match fill(stream, &mut length, &deadline)? {
        0 => return Ok(None),
        4 => {}
        _ => return Err(FrameError::Cut),
    }
    let bytes = u32::from_le_bytes(length) as usize;
    if bytes > most {
        return Err(FrameError::TooLong { bytes, most });
    }
    let mut frame = vec![0; bytes];
    if fill(stream, &mut frame, &deadline)? < bytes {
        return Err(FrameError::Cut);
    }
    Ok(Some(frame))
}

/// Writes a frame.
pub(crate) fn write(stream: &UnixStream, frame: &[u8], most: usize, within: Duration) -> Result<(), FrameError> {
    let too_long = || FrameError::TooLong { bytes: frame.len(), most };
    let length = u32::try_from(frame.len()).map_err(|_| too_long())?;
    if frame.len() > most {
        return Err(too_long());
    }
    let deadline = Deadline::after(within);
    empty(stream, &length.to_le_bytes(), &deadline)?;
    empty(stream, frame, &deadline)
}

struct Deadline {
    within: Duration,
    at: Instant,
}

impl Deadline {
    fn after(within: Duration) -> Self {
        Self { within, at: Instant::now() + within }
    }

    /// What is left of it; never zero, which a socket would take for no timeout.
    fn left(&self) -> Result<Duration, FrameError> {
        match self.at.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(FrameError::Late(self.within)),
            left => Ok(left),
        }
    }

    /// What a failed read or write means; `Ok` where it is to be tried again.
    fn judge(&self, error: io::Error) -> Result<(), FrameError> {
        match error.kind() {
            ErrorKind::Interrupted => Ok(()),
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(FrameError::Late(self.within)),
            _ => Err(error.into()),
        }
    }
}

/// Reads until the buffer is full or the other side has closed; answers how many bytes came.
fn fill(mut stream: &UnixStream, buffer: &mut [u8], deadline: &Deadline) -> Result<usize, FrameError> {
    let mut filled = 0;
    while filled < buffer.len() {
        stream.set_read_timeout(Some(deadline.left()?))?;
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) => deadline.judge(error)?,
        }
    }
    Ok(filled)
}

fn empty(mut stream: &UnixStream, mut bytes: &[u8], deadline: &Deadline) -> Result<(), FrameError> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(deadline.left()?))?;
        match stream.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) => deadline.judge(error)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    /// For what must come in time.
    const LONG: Duration = Duration::from_secs(3600);

    fn sent(bytes: &[u8]) -> UnixStream {
        let (mut there, here) = UnixStream::pair().unwrap();
        there.write_all(bytes).unwrap();
        here
    }

    #[test]
    fn a_frame_comes_as_it_went() {
        let (there, here) = UnixStream::pair().unwrap();
        for frame in [&b""[..], b"a", &[7; 1000]] {
            write(&there, frame, 1000, LONG).unwrap();
            assert_eq!(read(&here, 1000, LONG).unwrap().unwrap(), frame);
        }
        drop(there);
        assert!(read(&here, 1000, LONG).unwrap().is_none());
    }

    #[test]
    fn what_is_no_whole_frame_is_told_apart() {
        assert!(matches!(read(&sent(b"\x02\0"), 9, LONG), Err(FrameError::Cut)));
        assert!(matches!(read(&sent(b"\x02\0\0\0a"), 9, LONG), Err(FrameError::Cut)));
        let too_long = read(&sent(b"\xff\xff\xff\xff"), 9, LONG);
        assert!(matches!(too_long, Err(FrameError::TooLong { bytes: 0xffff_ffff, most: 9 })));
    }

    #[test]
    fn neither_a_reader_nor_a_writer_waits_past_its_deadline() {
        let (there, here) = UnixStream::pair().unwrap();
        assert!(matches!(read(&here, 9, SOON), Err(FrameError::Late(SOON))));
        // More than any socket's buffer takes.
        let frame = vec![0; 16 << 20];
        assert!(matches!(write(&there, &frame, frame.len(), SOON), Err(FrameError::Late(SOON))));
    }

    #[test]
    fn a_writer_that_goes_on_byte_by_byte_is_late_all_the_same() {
        let (mut there, here) = UnixStream::pair().unwrap();
        there.write_all(&1_000_000_u32.to_le_bytes()).unwrap();
        let writer = std::thread::spawn(move || {
            while there.write_all(b"a").is_ok() {
                std::thread::sleep(SOON / 10);
            }
        });
        assert!(matches!(read(&here, 1_000_000, SOON), Err(FrameError::Late(SOON))));
        drop(here);
        writer.join().unwrap();
    }
}
