//! The core of a session as a page calls it: a request goes in as bytes, and so comes its answer.
//!
//! The page asks for room with [`alloc`], writes its request there and hands it over with [`call`] or [`sound`], which
//! say how long the answer is. It lies at [`answer`] until the next request.

use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use softback::page::Page;

/// The one core of this instance, and its last answer.
static CORE: Mutex<Core> = Mutex::new(Core {
    page: Page::new(),
    answer: Vec::new(),
});

struct Core {
    page: Page,
    answer: Vec<u8>,
}

/// There is one thread only, so nobody else ever holds it.
fn core() -> MutexGuard<'static, Core> {
    CORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Room for a request of `length` bytes. It is given back by handing the request over.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
    let room = vec![0_u8; length].into_boxed_slice();
    Box::into_raw(room).cast()
}

/// Answers the request, as JSON; how long the answer is, in bytes.
///
/// # Safety
/// `at` comes from [`alloc`] for this very `length`, and is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(at: *mut u8, length: usize) -> usize {
    // SAFETY: the page keeps to what is asked of it above.
    let request = unsafe { taken(at, length) };
    let mut core = core();
    core.answer = core.page.call(&request);
    core.answer.len()
}

/// The samples of the cue that the request names; how long they are, in bytes.
///
/// # Safety
/// As for [`call`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sound(at: *mut u8, length: usize) -> usize {
    // SAFETY: the page keeps to what is asked of it above.
    let request = unsafe { taken(at, length) };
    let mut core = core();
    core.answer = Page::sound(&request);
    core.answer.len()
}

/// Where the last answer lies.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    core().answer.as_ptr()
}

/// # Safety
/// As for [`call`].
unsafe fn taken(at: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: this is what `alloc` made of the box.
    unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(at, length)) }
}
