//! A guard whose three functions trap: in a division, out of bounds of the memory, and on purpose.
#![no_std]

#[panic_handler]
fn on_panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

struct Item<T> {
    owner: T,
}

trait Weighed {
    fn weight(&self) -> i32;
}

#[inline(always)]
fn divided(number: i32, by: i32) -> i32 {
    // SAFETY: a division by zero traps in WebAssembly, which is what this guard is for.
    match by {
        0 => core::arch::wasm32::unreachable(),
        _ => number.wrapping_div(by),
    }
}

impl<T: Copy + Into<i32>> Weighed for Item<T> {
    #[inline(never)]
    fn weight(&self) -> i32 {
        let weigh = |by: i32| divided(100, by) + 1;
        weigh(self.owner.into())
    }
}

mod memory {
    #[inline(never)]
    pub fn read(address: usize) -> i32 {
        // SAFETY: none. Reading out of bounds is what this guard is for.
        unsafe { super::load(address as *const i32) }
    }
}

#[inline(always)]
unsafe fn load(place: *const i32) -> i32 {
    core::ptr::read_volatile(place)
}

#[no_mangle]
pub extern "C" fn label_agent(_input: *const u8, length: u32, _output: *mut u8, _capacity: u32) -> i32 {
    (0..length as i32).map(|index| if index > 0 { core::arch::wasm32::unreachable() } else { index }).sum()
}

#[no_mangle]
pub extern "C" fn label_resource(_input: *const u8, length: u32, _output: *mut u8, _capacity: u32) -> i32 {
    Item { owner: length as i32 - 2 }.weight()
}

#[no_mangle]
pub extern "C" fn label_response(_input: *const u8, length: u32, _output: *mut u8, _capacity: u32) -> i32 {
    memory::read(0xffff_0000 + length as usize)
}
