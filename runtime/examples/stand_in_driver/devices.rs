//! The driver itself, and its devices.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{INVALID_VALUE, SUCCESS, give, number};

const NOT_INITIALIZED: u32 = 3;
const INVALID_DEVICE: u32 = 101;

static STARTED: AtomicBool = AtomicBool::new(false);

/// `init=CODE`
#[unsafe(no_mangle)]
pub(crate) extern "C" fn cuInit(flags: c_uint) -> u32 {
    match (flags, number("init")) {
        (0, None) => {
            STARTED.store(true, Ordering::SeqCst);
            SUCCESS
        }
        (0, Some(code)) => code,
        _ => INVALID_VALUE,
    }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDriverGetVersion(version: *mut c_int) -> u32 {
    give(version, 12_040)
}

/// `count=N`: devices that there are.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDeviceGetCount(count: *mut c_int) -> u32 {
    if !STARTED.load(Ordering::SeqCst) {
        return NOT_INITIALIZED;
    }
    let devices = number("count").unwrap_or(1);
    give(count, c_int::try_from(devices).unwrap_or(0))
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDeviceGet(device: *mut c_int, ordinal: c_int) -> u32 {
    let devices = number("count").unwrap_or(1);
    match u32::try_from(ordinal) {
        Ok(ordinal) if ordinal < devices => give(device, 7 + ordinal as c_int),
        _ => INVALID_DEVICE,
    }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDeviceGetName(name: *mut c_char, length: c_int, _: c_int) -> u32 {
    const NAME: &CStr = c"stand-in, no GPU";
    let bytes = NAME.to_bytes_with_nul();
    if usize::try_from(length).is_ok_and(|length| length < bytes.len()) {
        return INVALID_VALUE;
    }
    // SAFETY: the buffer is as long as is said, and longer than the name.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), name, bytes.len()) };
    SUCCESS
}

/// `sm=75`: another architecture.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn cuDeviceGetAttribute(
    value: *mut c_int,
    which: c_int,
    _: c_int,
) -> u32 {
    let sm = number("sm").unwrap_or(80) as c_int;
    let attribute = match which {
        16 => 4,
        39 => 2048,
        75 => sm / 10,
        76 => sm % 10,
        97 => 227 << 10,
        // No pools of memory, which cudarc asks for.
        115 => 0,
        _ => return INVALID_VALUE,
    };
    give(value, attribute)
}
