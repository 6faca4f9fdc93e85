//! A guard for the MCP servers `server-filesystem` and `server-memory`: the exports that the gateway calls.

mod agent;
mod facts;
mod files;
mod host;
mod input;
mod label;
mod lines;
mod memory;
mod paths;
mod policy;
mod reply;
mod tools;

use host::Level;
use input::Members;
use reply::Answer;
use std::alloc::Layout;
use std::cell::RefCell;

/// What the guard knows from earlier calls. One instance serves every session of a server, one call at a time.
#[derive(Default)]
pub struct Guard {
    pub policy: Option<policy::Policy>,
    pub facts: facts::Facts,
}

thread_local! {
    static GUARD: RefCell<Guard> = RefCell::default();
}

/// The gateway asks for memory for its input and for the output.
#[no_mangle]
pub extern "C" fn alloc(size: u32) -> *mut u8 {
    match Layout::from_size_align(size.max(1) as usize, 8) {
        Ok(layout) => unsafe { std::alloc::alloc(layout) },
        Err(_) => std::ptr::null_mut(),
    }
}

/// The gateway gives back what `alloc` gave.
///
/// # Safety
/// `pointer` comes from `alloc` with the same `size`.
#[no_mangle]
pub unsafe extern "C" fn dealloc(pointer: *mut u8, size: u32) {
    if let Ok(layout) = Layout::from_size_align(size.max(1) as usize, 8) {
        if !pointer.is_null() {
            std::alloc::dealloc(pointer, layout);
        }
    }
}

/// Policy in, the agent's labels out.
///
/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_agent(input: *const u8, input_len: u32, output: *mut u8, capacity: u32) -> i32 {
    run("label_agent", (input, input_len), (output, capacity), agent::label)
}

/// Tool call in, the labels of what it touches and the kind of access out.
///
/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_resource(input: *const u8, input_len: u32, output: *mut u8, capacity: u32) -> i32 {
    run("label_resource", (input, input_len), (output, capacity), tools::label_resource)
}

/// Tool result in, labels for its items out.
///
/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_response(input: *const u8, input_len: u32, output: *mut u8, capacity: u32) -> i32 {
    run("label_response", (input, input_len), (output, capacity), tools::label_response)
}

/// -1: the input was refused, and the log says why. -2: the buffer is too small, and holds the size that is needed.
unsafe fn run(
    name: &str,
    (input, input_len): (*const u8, u32),
    (output, capacity): (*mut u8, u32),
    handle: fn(&mut Guard, &Members, &mut Answer) -> Result<(), String>,
) -> i32 {
    host::log(Level::Debug, &format!("{name}: {input_len} bytes in, room for {capacity}"));
    let bytes = std::slice::from_raw_parts(input, input_len as usize);
    let mut out = Answer::to(std::slice::from_raw_parts_mut(output, capacity as usize));
    let handled = Members::of_input(bytes, capacity as usize)
        .and_then(|input| GUARD.with(|guard| handle(&mut guard.borrow_mut(), &input, &mut out)));
    if let Err(why) = handled {
        host::log(Level::Error, &format!("{name}: {why}"));
        return -1;
    }
    if out.is_too_long() {
        host::log(
            Level::Warn,
            &format!("{name}: an answer of {} bytes is longer than the gateway takes", out.length()),
        );
        reply::withhold(&mut out);
    }
    let length = out.length();
    if length > capacity as usize {
        host::log(Level::Warn, &format!("{name}: the answer needs {length} bytes, {capacity} are there"));
        out.put_hint();
        return -2;
    }
    host::log(Level::Debug, &format!("{name}: {length} bytes out"));
    length as i32
}
