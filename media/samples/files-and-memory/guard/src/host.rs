//! The two functions that the gateway offers to a guard, made safe to use.

use crate::input::fits;
use serde_json::Value;

#[link(wasm_import_module = "env")]
extern "C" {
    fn host_log(level: u32, message: *const u8, message_len: u32);
    fn call_backend(
        tool: *const u8,
        tool_len: u32,
        args: *const u8,
        args_len: u32,
        result: *mut u8,
        result_capacity: u32,
    ) -> i32;
}

/// The levels of `host_log`. The gateway's log always shows the last two, the first two only on request.
#[derive(Clone, Copy)]
pub enum Level {
    Debug = 0,
    Info = 1,
    Warn = 2,
    Error = 3,
}

pub fn log(level: Level, message: &str) {
    unsafe { host_log(level as u32, message.as_ptr(), message.len() as u32) }
}

/// Most answers are a few hundred bytes; a larger one costs a second call.
const FIRST_CAPACITY: usize = 1024;
/// A larger answer counts as one that failed: the memory of a guard is 32 MiB.
const MAX_CAPACITY: usize = 2 << 20;
/// What the values of an answer may take.
const ANSWER_BYTES: usize = 6 << 20;

/// Calls a tool of the guard's own server. An answer with `isError` is an answer; `Err` is a call that failed.
pub fn ask(tool: &str, args: &Value) -> Result<Value, String> {
    let args = args.to_string();
    let mut capacity = FIRST_CAPACITY;
    for _ in 0..2 {
        let mut buffer = vec![0u8; capacity];
        let code = unsafe {
            call_backend(
                tool.as_ptr(),
                tool.len() as u32,
                args.as_ptr(),
                args.len() as u32,
                buffer.as_mut_ptr(),
                capacity as u32,
            )
        };
        if code == -2 {
            let hint = u32::from_le_bytes([buffer[0], buffer[1], buffer[2], buffer[3]]) as usize;
            log(Level::Debug, &format!("{tool} {args}: the answer has {hint} bytes, asking again"));
            capacity = hint.max(2 * capacity);
            if capacity > MAX_CAPACITY {
                return Err(format!("{tool} {args}: an answer of {hint} bytes is too large"));
            }
            continue;
        }
        if code < 0 {
            return Err(format!("{tool} {args} failed with {code}"));
        }
        if !fits(&buffer[..code as usize], ANSWER_BYTES) {
            return Err(format!("{tool} {args}: an answer of {code} bytes is too large"));
        }
        return serde_json::from_slice(&buffer[..code as usize])
            .map_err(|error| format!("{tool} {args} gave no JSON: {error}"));
    }
    Err(format!("{tool} {args}: the answer grew while it was read"))
}

/// The text of an MCP result: all text items, one after another, as the gateway reads them.
pub fn result_text(result: &Value) -> String {
    let items = result["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter(|item| item["type"] == "text").filter_map(|item| item["text"].as_str()).collect()
}

pub fn is_error(result: &Value) -> bool {
    result["isError"] == true
}
