//! A guard for the MCP servers `server-filesystem` and `server-memory`: the exports that the gateway calls.

mod agent;
mod facts;
mod files;
mod host;
mod label;
mod lines;
mod memory;
mod paths;
mod policy;
mod reply;
mod tools;

use host::Level;
use serde_json::Value;
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
    handle: fn(&mut Guard, &Value) -> Result<Value, String>,
) -> i32 {
    host::log(Level::Debug, &format!("{name}: {input_len} bytes in, room for {capacity}"));
    let bytes = std::slice::from_raw_parts(input, input_len as usize);
    let answer = serde_json::from_slice::<Value>(bytes)
        .map_err(|error| format!("the input is not JSON: {error}"))
        .and_then(|value| GUARD.with(|guard| handle(&mut guard.borrow_mut(), &value)));
    let text = match answer {
        Ok(value) => value.to_string(),
        Err(why) => {
            host::log(Level::Error, &format!("{name}: {why}"));
            return -1;
        }
    };
    if text.len() > capacity as usize {
        host::log(Level::Warn, &format!("{name}: the answer needs {} bytes, {capacity} are there", text.len()));
        if capacity >= 4 {
            std::ptr::copy_nonoverlapping((text.len() as u32).to_le_bytes().as_ptr(), output, 4);
        }
        return -2;
    }
    std::ptr::copy_nonoverlapping(text.as_ptr(), output, text.len());
    host::log(Level::Debug, &format!("{name}: {} bytes out", text.len()));
    text.len() as i32
}
