//! The two functions that the gateway offers to a guard, made safe to use.

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
        capacity: u32,
    ) -> i32;
}

/// The levels of `host_log`; 0 is for debugging.
#[derive(Clone, Copy)]
pub enum Level {
    Info = 1,
    Warn = 2,
    Error = 3,
}

pub fn log(level: Level, message: &str) {
    unsafe { host_log(level as u32, message.as_ptr(), message.len() as u32) }
}

/// Small on purpose, so that the second attempt is seen in a replay; 64 KiB is a usual size.
const FIRST_CAPACITY: usize = 128;
/// A larger answer counts as a failed look-up.
const MAX_CAPACITY: usize = 2 << 20;

/// Calls a tool of the guard's own server and returns its result, which may have `isError`. -2 says that the buffer is too small, and the first
/// four bytes hold the size that is needed. Every attempt is a call of the server, and a guard has 50 of them for each answer.
pub fn ask(tool: &str, args: &Value) -> Option<Value> {
    let args = args.to_string();
    let mut buffer = vec![0u8; FIRST_CAPACITY];
    for _ in 0..3 {
        let code = unsafe {
            call_backend(
                tool.as_ptr(),
                tool.len() as u32,
                args.as_ptr(),
                args.len() as u32,
                buffer.as_mut_ptr(),
                buffer.len() as u32,
            )
        };
        if code >= 0 {
            let answer = buffer
                .get(..code as usize)
                .filter(|text| crate::fits(text))?;
            return serde_json::from_slice(answer).ok();
        }
        if code != -2 {
            break;
        }
        let needed = u32::from_le_bytes([buffer[0], buffer[1], buffer[2], buffer[3]]) as usize;
        let capacity = needed.max(2 * buffer.len());
        if capacity > MAX_CAPACITY {
            break;
        }
        buffer = vec![0u8; capacity];
    }
    log(Level::Warn, &format!("the look-up {tool} {args} failed"));
    None
}
