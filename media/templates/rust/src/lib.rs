//! The five functions that the gateway calls. The rules are in `labels.rs`.

mod host;
mod labels;

use host::Level;
use serde_json::Value;
use std::alloc::Layout;

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

/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_agent(
    input: *const u8,
    length: u32,
    output: *mut u8,
    capacity: u32,
) -> i32 {
    run(
        "label_agent",
        (input, length),
        (output, capacity),
        labels::agent,
    )
}

/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_resource(
    input: *const u8,
    length: u32,
    output: *mut u8,
    capacity: u32,
) -> i32 {
    run(
        "label_resource",
        (input, length),
        (output, capacity),
        labels::resource,
    )
}

/// # Safety
/// The pointers and lengths are the gateway's own buffers.
#[no_mangle]
pub unsafe extern "C" fn label_response(
    input: *const u8,
    length: u32,
    output: *mut u8,
    capacity: u32,
) -> i32 {
    run(
        "label_response",
        (input, length),
        (output, capacity),
        labels::response,
    )
}

/// Reads the input, and writes the answer or says why there is none. -1: the input was refused, and the log says why. -2: the output buffer is too
/// small, and holds the size that is needed.
unsafe fn run(
    name: &str,
    (input, length): (*const u8, u32),
    (output, capacity): (*mut u8, u32),
    answer: fn(Option<&Value>, &mut Answer) -> Result<(), String>,
) -> i32 {
    let input = std::slice::from_raw_parts(input, length as usize);
    let mut out = Answer {
        buffer: std::slice::from_raw_parts_mut(output, capacity as usize),
        length: 0,
    };
    let answered = if fits(input) {
        match serde_json::from_slice::<Value>(input) {
            Ok(value) if value.is_object() => answer(Some(&value), &mut out),
            Ok(_) => Err("the input is not a JSON object".into()),
            Err(error) => Err(format!("the input is not JSON: {error}")),
        }
    } else {
        answer(None, &mut out)
    };
    if let Err(why) = answered {
        host::log(Level::Error, &format!("{name}: {why}"));
        return -1;
    }
    let Answer { buffer, length } = out;
    if length <= buffer.len() {
        return length as i32;
    }
    host::log(
        Level::Warn,
        &format!("{name}: the answer needs {length} bytes, {capacity} are there"),
    );
    if let Some(hint) = buffer.get_mut(..4) {
        hint.copy_from_slice(&(length as u32).to_le_bytes());
    }
    -2
}

/// What a guard may use of its 32 MiB for values; the rest is the output buffer of 4 MiB and the input.
const VALUE_BYTES: usize = 24 << 20;

/// Whether the values of a JSON text fit into the memory of a guard: a map takes about 680 bytes, another value 130 bytes, and texts are copied. A guard
/// that runs out of memory traps, and the gateway never calls it again, so this is asked before the text is read.
pub fn fits(text: &[u8]) -> bool {
    let count = |byte: u8| text.iter().filter(|&&each| each == byte).count();
    3 * text.len() + 680 * count(b'{') + 130 * count(b',') <= VALUE_BYTES
}

/// The output buffer: takes what fits, and counts what does not.
pub struct Answer<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl std::fmt::Write for Answer<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        if let Some(place) = self.buffer.get_mut(self.length..end) {
            place.copy_from_slice(text.as_bytes());
        }
        self.length = end;
        Ok(())
    }
}
