//! Who writes into a window: it is mapped for reading, and the first write, be it the guest's or the host's on its
//! behalf, comes to the handler here, which notes it and makes the window writable. Not for finding the pages that
//! were written (`pages`).

mod table;

use libc::{SIGSEGV, c_int, c_void, siginfo_t};
use rustix::io::Errno;
use rustix::mm::{MprotectFlags, mprotect};
use std::ptr::with_exposed_provenance_mut;
use std::sync::{Once, OnceLock};
use table::{Entry, WINDOWS};

/// A page is there, but not for this (`asm-generic/siginfo.h`). The kernel alone says so: a signal that a process
/// sends has another code.
const SEGV_ACCERR: c_int = 2;

/// A window of which each write is noticed. Dropped before its memory is unmapped: what is mapped there next is
/// somebody else's.
pub(super) struct Guarded {
    entry: &'static Entry,
    start: usize,
    bytes: usize,
}

impl Guarded {
    /// Forbids writing to these whole pages of a window until somebody tries to.
    ///
    /// # Safety
    /// They are a window's, mapped private, and stay mapped for as long as this lives.
    pub(super) unsafe fn new(start: usize, bytes: usize) -> Result<Self, Errno> {
        install();
        let guarded = Self { entry: WINDOWS.enter(start, bytes), start, bytes };
        guarded.forbid()?;
        Ok(guarded)
    }

    /// Whether somebody has written there since it was last forbidden.
    pub(super) fn is_written(&self) -> bool {
        self.entry.is_written()
    }

    /// Forbids writing again. While no call runs: a write that comes meanwhile would go unnoticed.
    pub(super) fn forbid(&self) -> Result<(), Errno> {
        // SAFETY: the pages are a window's (`new`), which is written by calls alone, and those ask the handler.
        unsafe { mprotect(with_exposed_provenance_mut(self.start), self.bytes, MprotectFlags::READ)? };
        self.entry.forget_writes();
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.entry.leave();
    }
}

/// The action for SIGSEGV that was in place before: wasmtime's, which makes traps of the guests' faults.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();

/// Puts the handler in front of wasmtime's, which an engine has installed before there is memory for a window: it
/// would take a write to a window for a trap.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
        let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = on_fault;
        // SAFETY: both structures are valid as zeros and then filled by `sigemptyset` and by the kernel; the handler
        // has the signature that `SA_SIGINFO` asks for. The previous action is known before ours can be called.
        let is_installed = unsafe {
            let (mut previous, mut action): (libc::sigaction, libc::sigaction) = std::mem::zeroed();
            libc::sigemptyset(&raw mut action.sa_mask);
            action.sa_flags = flags;
            action.sa_sigaction = (handler as *const ()).addr();
            libc::sigaction(SIGSEGV, std::ptr::null(), &raw mut previous);
            PREVIOUS.get_or_init(|| previous);
            libc::sigaction(SIGSEGV, &raw const action, std::ptr::null_mut()) == 0
        };
        assert!(is_installed, "sigaction(2) takes a handler for SIGSEGV");
    });
}

/// Does only what may be done while any code at all is interrupted: loads, stores, and mprotect(2) without `errno`.
extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel hands over a valid structure, whose address is meant for this signal.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr().addr()) };
    let entry = if code == SEGV_ACCERR { WINDOWS.find(address) } else { None };
    if !entry.is_some_and(allow) {
        // SAFETY: as the kernel handed it over.
        unsafe { pass_on(signal, info, context) };
    }
}

/// Makes the whole window writable, so that a guest that writes all over it comes here once a call. Answers whether
/// the write may be tried again: where the window was writable before, this was none.
fn allow(entry: &Entry) -> bool {
    let (start, bytes) = entry.extent();
    let access = MprotectFlags::READ | MprotectFlags::WRITE;
    // SAFETY: an entry's pages are a window's, mapped private (`Guarded::new`), and their owner is in the call that
    // faulted: it can't unmap them now.
    !entry.note_write() && unsafe { mprotect(with_exposed_provenance_mut(start), bytes, access) }.is_ok()
}

/// # Safety
/// The arguments are what the kernel called the handler with.
unsafe fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let Some(previous) = PREVIOUS.get() else { return };
    if previous.sa_flags & libc::SA_SIGINFO == 0 {
        // The default, or a handler of another kind: put back, it has the fault when it comes again.
        // SAFETY: this is an action that was in place before.
        unsafe { libc::sigaction(signal, previous, std::ptr::null_mut()) };
        return;
    }
    // SAFETY: an action with `SA_SIGINFO` holds the address of a function of this signature (sigaction(2)).
    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) =
        unsafe { std::mem::transmute(previous.sa_sigaction) };
    handler(signal, info, context);
}

#[cfg(test)]
mod tests;
